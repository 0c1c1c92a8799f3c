/** A phone number as E.164 where it can be read as one; numbers without a country are of the United States. Otherwise as it was written. */
export const e164 = (written: string): string => {
  const digits = written.replaceAll(/\D/g, '')
  if (written.trim().startsWith('+')) return `+${digits}`
  if (digits.length === 10) return `+1${digits}`
  return digits.length === 11 && digits.startsWith('1') ? `+${digits}` : written.trim()
}

/** Methods of RFC 8176 of which one alone means that more than one factor was asked for. */
const MULTIPLE = new Set(['mfa', 'mca'])
const KNOWLEDGE = new Set(['pwd', 'pin', 'kba'])
const POSSESSION = new Set(['otp', 'hwk', 'swk', 'sms', 'tel', 'sc', 'pop'])
const INHERENCE = new Set(['face', 'fpt', 'iris', 'retina', 'vbm'])

export interface Assurance {
  amr?: readonly string[] | undefined
  acr?: string | undefined
}

/** Whether what the provider says of a sign-in (`amr`, RFC 8176; `acr`, as agreed with it) amounts to two factors of different kinds. */
export const provedTwoFactors = ({ amr = [], acr }: Assurance, acrValues: readonly string[]): boolean => {
  if (acr !== undefined && acrValues.includes(acr)) return true
  if (amr.some((method) => MULTIPLE.has(method))) return true
  const kinds = [KNOWLEDGE, POSSESSION, INHERENCE].filter((kind) => amr.some((method) => kind.has(method)))
  return kinds.length >= 2
}

/** In most states; where it is later (content/representatives.json says which), the practice asks its counsel. */
export const ADULT_YEARS = 18

/** Whole years between a birth date and a day, both YYYY-MM-DD. */
export const ageInYears = (birthDate: string, day: string): number => {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}
/** A person under 18 signs nothing here: a parent or guardian signs at the practice. @hipaa 164.502(g)(3) unemancipated minors */
export const isMinor = (birthDate: string, now: string): boolean =>
  ageInYears(birthDate, now.slice(0, 10)) < ADULT_YEARS

/** The first day on which she is an adult, YYYY-MM-DD; born on 29 February: on 1 March of a year without one. */
export const adultOn = (birthDate: string): string => {
  const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number)
  return new Date(Date.UTC(year + ADULT_YEARS, month - 1, day)).toISOString().slice(0, 10)
}

export const DAYS_COMPARED = 30
const FEWEST_DAYS = 5
const FEWEST_PATIENTS = 20
/** For whoever is too new to have a normal of her own. */
const NEWCOMERS_MOST = 60
const DEVIATIONS = 3

export interface Usual {
  mean: number
  /** More than this is unusual. */
  most: number
}

/** How many patients a day are normal for somebody, by the days on which she worked before. */
export const usualOf = (patientsADay: readonly number[]): Usual => {
  const days = patientsADay.slice(-DAYS_COMPARED)
  const mean = days.length === 0 ? 0 : days.reduce((sum, n) => sum + n, 0) / days.length
  if (days.length < FEWEST_DAYS) return { mean, most: NEWCOMERS_MOST }
  const variance = days.reduce((sum, n) => sum + (n - mean) ** 2, 0) / days.length
  return { mean, most: Math.max(FEWEST_PATIENTS - 1, mean + DEVIATIONS * Math.sqrt(variance)) }
}

/** Far above her own normal: more than the mean and three standard deviations, and at least twenty. */
export const isUnusual = (patients: number, patientsADay: readonly number[]): boolean => patients > usualOf(patientsADay).most

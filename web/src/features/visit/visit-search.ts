import { isLanguage, type Language } from '../../i18n.ts'
import type { StepId } from './visit-data.ts'

/** Where in her forms she is: a name and a number, nothing that she said. Reloading or going back finds the place again. */
export interface VisitSearch {
  step?: StepId | 'finish' | undefined
  /** which question, from 0 */
  at?: number | undefined
  /** a consent whose copy is shown */
  copy?: string | undefined
  lang?: Language | undefined
}

const steps: readonly string[] = ['health', 'treatment', 'clinical-photography', 'marketing-photos', 'finish']
const isStep = (value: unknown): value is NonNullable<VisitSearch['step']> =>
  typeof value === 'string' && steps.includes(value)

export const parseVisitSearch = (search: Record<string, unknown>): VisitSearch => ({
  ...(isStep(search['step']) && { step: search['step'] }),
  ...(Number.isInteger(search['at']) && { at: Number(search['at']) }),
  ...(typeof search['copy'] === 'string' && { copy: search['copy'] }),
  ...(isLanguage(search['lang']) && { lang: search['lang'] }),
})

/** `instead`: the page before stays behind "back", not this one. */
export type GoTo = (where: VisitSearch, how?: 'instead') => void

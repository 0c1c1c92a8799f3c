import { healthForm, healthFormOf } from './content.ts'
import type { Answers, IntakeAlert } from './schema.ts'

const RANK: Record<IntakeAlert['severity'], number> = { stop: 0, caution: 1, note: 2 }

/**
 * What a provider must see before a treatment, from the answers of a health questionnaire: the worst first. Which answer raises what is
 * data (content/forms/health-questionnaire.json).
 *
 * @param answers as in `form_response.answers`
 * @param version as in `form_response.formVersion`; when left out or not known any more, the current form's mapping
 */
export const alertsOf = (answers: Answers, version?: string): IntakeAlert[] => {
  const form = (version ? healthFormOf(version) : undefined) ?? healthForm.versions.at(-1)
  const raised = (form?.alerts ?? []).filter(({ question, answer }) => {
    const given = answers[question]
    return Array.isArray(given) ? given.some((code) => code === answer) : given === answer
  })
  return raised
    .map(({ question, kind, severity, text, detail }) => {
      const more = detail ? answers[detail] : undefined
      return {
        kind,
        severity,
        text: typeof more === 'string' && more.trim() !== '' ? `${text}: ${more.trim()}` : text,
        linkId: question,
      }
    })
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}

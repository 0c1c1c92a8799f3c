import { useQuery } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import type { Language } from '../../i18n.ts'
import type { Answer, Answers } from '../../ui/questionnaire.ts'
import type { Signature } from '../../ui/signature-pad.tsx'

/** What the visit pages ask of the server. All of it lives in memory and is gone with the tab. */

export const loadState = () => data(api.GET('/api/visit'))
export const loadForm = () => data(api.GET('/api/visit/form'))
export const loadTexts = () => data(api.GET('/api/visit/consents'))

export type VisitState = Awaited<ReturnType<typeof loadState>>
export type VisitForm = Awaited<ReturnType<typeof loadForm>>
export type ConsentTexts = Awaited<ReturnType<typeof loadTexts>>
export type ConsentKind = ConsentTexts['texts'][number]['kind']
export type ConsentLine = ConsentTexts['decisions'][number]
export type StepId = VisitState['steps'][number]['id']

export const stateKey = ['visit', 'state']
export const formKey = ['visit', 'form']
export const textsKey = ['visit', 'texts']

export const useTexts = () => useQuery({ queryKey: textsKey, queryFn: loadTexts, staleTime: Infinity })

/** Answers as they are sent: without those that were taken back. */
const given = (answers: Answers): Record<string, Exclude<Answer, readonly string[]> | string[]> =>
  Object.fromEntries(
    Object.entries(answers).flatMap(([linkId, answer]) =>
      answer === undefined ? [] : [[linkId, typeof answer === 'object' ? [...answer] : answer]],
    ),
  )

export const saveAnswers = async (language: Language, answers: Answers): Promise<void> => {
  await data(api.PUT('/api/visit/form', { body: { language, answers: given(answers) } }))
}
export const submitAnswers = (language: Language, answers: Answers) =>
  data(api.POST('/api/visit/form/submit', { body: { language, answers: given(answers) } }))

const sent = (signature: Signature) =>
  signature.method === 'typed' ? signature : { ...signature, strokes: signature.strokes.map((points) => [...points]) }

export interface Decided {
  text: ConsentTexts['texts'][number]
  language: Language
  decision: 'accepted' | 'declined'
  signature?: Signature
  uses?: readonly ('website' | 'social-media' | 'print')[]
}
export const decide = ({ text, language, decision, signature, uses = [] }: Decided) =>
  data(
    api.POST('/api/visit/consents', {
      body: {
        kind: text.kind,
        version: text.version,
        hash: text.hash[language],
        language,
        decision,
        uses: [...uses],
        ...(signature && { signature: sent(signature) }),
      },
    }),
  )

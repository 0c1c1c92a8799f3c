import { z } from 'zod'
import { does, type DemoPractice } from './demo-hands.ts'
import { answersOf, type DemoPerson } from './demo-people.ts'

const Sent = z.object({ url: z.string() })
const Steps = z.object({ steps: z.array(z.object({ id: z.string(), state: z.enum(['open', 'started', 'done']) })) })
const Texts = z.object({ texts: z.array(z.object({ kind: z.string(), version: z.string(), hash: z.object({ en: z.string() }) })) })

type Method = 'GET' | 'POST' | 'PUT'
const language = 'en'

/** The patient, who has scanned the code at the desk and told her birth date: all she does is a request of hers. */
const byLink = async ({ app, desk }: DemoPractice, { patientId, appointmentId, birthDate }: { patientId: string; appointmentId: string; birthDate: string }) => {
  const { url } = await does(app, desk, 'forms.send-link', { patientId, appointmentId, sentBy: 'hand-over' }, Sent)
  const token = new URL(url, 'http://localhost').hash.slice(1)
  const send = async (method: Method, path: string, payload?: object, cookie?: string) => {
    const answer = await app.server.inject({ method, url: path, ...(payload ? { payload } : {}), ...(cookie ? { headers: { cookie } } : {}) })
    if (answer.statusCode !== 200) throw new Error(`demo: ${method} ${path} was answered by ${answer.statusCode}`)
    return answer
  }
  const opened = await send('POST', '/api/visit/open', { token, birthDate })
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? ''
  return async <T>(method: Method, path: string, answer: z.ZodType<T>, payload?: object) => answer.parse((await send(method, path, payload, cookie)).json())
}

/** Fills in what is still open of her forms, as the desk hands her the tablet. */
export const fillForms = async (practice: DemoPractice, of: { patientId: string; appointmentId: string; person: DemoPerson }) => {
  const { person: { givenName, familyName, birthDate, publicUses, forms }, person } = of
  const request = await byLink(practice, { ...of, birthDate })
  const answers = answersOf(person)
  if (forms === 'begun') {
    const { allergies, pregnancy } = answers
    await request('PUT', '/api/visit/form', z.unknown(), { language, answers: { allergies, pregnancy } })
    return
  }
  const open = new Set((await request('GET', '/api/visit', Steps)).steps.filter(({ state }) => state !== 'done').map(({ id }) => id))
  if (open.has('health')) await request('POST', '/api/visit/form/submit', z.unknown(), { language, answers })
  const { texts } = await request('GET', '/api/visit/consents', Texts)
  const signature = { method: 'typed', text: `${givenName} ${familyName}` }
  for (const { kind, version, hash } of texts.filter((t) => open.has(t.kind))) {
    const isMarketing = kind === 'marketing-photos'
    const decided =
      isMarketing && publicUses.length === 0 ? { decision: 'declined' } : { decision: 'accepted', signature, ...(isMarketing ? { uses: publicUses } : {}) }
    await request('POST', '/api/visit/consents', z.unknown(), { kind, version, hash: hash.en, language, ...decided })
  }
  await request('POST', '/api/visit/finish', z.unknown(), {})
}

import { generate } from 'otplib'

/** One whole visit over HTTP, as a browser would make it: every step of it can be given marked words. */

export interface Login {
  role: string
  name: string
  email: string
  password: string
  totpSecret: string
}
type Json = Record<string, unknown>
/** What JSON.parse gives: a test looks into it freely. */
type Parsed = ReturnType<typeof JSON.parse>

/** Somebody with a cookie, or without. Throws with the server's sentence when a step is refused. */
export const person = (url: string, cookie = '') => {
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Parsed; cookie: string; bytes: Buffer }> => {
    const isBytes = Buffer.isBuffer(body)
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }) },
      ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, body: isJson ? JSON.parse(bytes.toString()) : undefined, cookie: String(answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', bytes }
  }
  const must = async (method: string, path: string, body?: unknown) => {
    const answer = await send(method, path, body)
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.bytes.toString()}`)
    return answer
  }
  return {
    send,
    get: async (path: string) => (await must('GET', path)).body,
    post: async (path: string, body: unknown = {}) => (await must('POST', path, body)).body,
    put: async (path: string, body: unknown) => (await must('PUT', path, body)).body,
    patch: async (path: string, body: unknown) => (await must('PATCH', path, body)).body,
    must,
  }
}
export type Person = ReturnType<typeof person>

export const signedIn = async (url: string, { email, password, totpSecret }: Login): Promise<Person> => {
  const { cookie } = await person(url).must('POST', '/api/session', { email, password, code: await generate({ secret: totpSecret }) })
  return person(url, cookie)
}

export const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (let i = 0; i < 600; i++) {
    const found = await ask()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not happen within 30 s')
}

export interface VisitWords {
  givenName: string
  familyName: string
  birthDate: string
  email: string
  phone: string
  /** Goes into every free text. */
  text: (field: string) => string
  photo: Buffer
}
export interface Team {
  desk: Person
  provider: Person
  providerName: string
  owner: Person
}

const ANSWERS = {
  'pregnancy': 'no', 'neuromuscular': ['none'], 'skin': ['none'], 'implants': ['none'], 'isotretinoin': 'no', 'recent': ['none'],
  'prior': ['none'], 'faints': false, 'blood-thinners': ['aspirin'], 'severe-reaction': false,
}

/** Books, fills in and signs, arrives, is treated and photographed, pays. */
export const liveVisit = async (url: string, { desk, provider, providerName, owner }: Team, words: VisitWords) => {
  const { givenName, familyName, birthDate, email, phone, text } = words
  const visitor = person(url)
  const catalogue = await visitor.get('/api/public/catalogue')
  const with_ = catalogue.providers.find((p: Json) => p['name'] === providerName)
  const service = catalogue.services.find((s: Json) => (s['providerIds'] as string[]).includes(with_.id))
  const locationId = catalogue.locations[0].id
  const slots = await visitor.get(`/api/public/slots?serviceId=${service.id}&locationId=${locationId}&providerId=${with_.id}`)
  const startsAt = slots.days.flatMap((d: { times: string[] }) => d.times)[0]
  await visitor.post('/api/public/bookings', { serviceId: service.id, locationId, providerId: with_.id, startsAt, givenName, familyName, birthDate, email, phone, language: 'en' })

  const [{ id: patientId }] = await desk.post('/api/patients/find', { q: `${familyName} ${birthDate}` })
  const [{ id: appointmentId }] = (await desk.get(`/api/patients/${patientId}/visits`)).filter((v: Json) => v['state'] === 'booked')
  await desk.patch(`/api/patients/${patientId}`, { address: text('address'), calledName: text('calledName'), sexAtBirth: 'female' })

  const message = await until(async () => {
    const { messages } = await owner.get('/api/outbox')
    return messages.find((m: Json) => m['patientId'] === patientId)
  })
  const { body } = await owner.get(`/api/outbox/${message.id}?patientId=${patientId}`)
  const token = /\/visit#(\S+)/.exec(body)?.[1]
  const opened = await visitor.must('POST', '/api/visit/open', { token, birthDate })
  const patient = person(url, opened.cookie)
  const answers = {
    ...ANSWERS, 'allergies': ['other'], 'allergies-other': text('allergy'), 'conditions': ['autoimmune'], 'conditions-autoimmune': text('condition'),
    'medicines': true, 'medicines-list': text('medicine'), 'emergency-name': text('emergencyName'), 'emergency-phone': phone, 'anything-else': text('anything'),
  }
  await patient.put('/api/visit/form', { language: 'en', answers })
  await patient.post('/api/visit/form/submit', { language: 'en', answers })
  const { texts } = await patient.get('/api/visit/consents')
  for (const { kind, version, hash } of texts) {
    const declined = kind === 'marketing-photos'
    await patient.post('/api/visit/consents', { kind, version, hash: hash.en, language: 'en', decision: declined ? 'declined' : 'accepted', ...(declined ? {} : { signature: { method: 'typed', text: `${givenName} ${familyName}` } }) })
  }
  await patient.post('/api/visit/finish')

  await desk.post(`/api/appointments/${appointmentId}/check-in`, { patientId })
  await provider.post(`/api/appointments/${appointmentId}/start`, { patientId })
  const { id: photoId } = (await provider.must('POST', `/api/patients/${patientId}/photos?view=front&appointmentId=${appointmentId}`, words.photo)).body
  await until(async () => {
    const photos = await provider.get(`/api/patients/${patientId}/photos`)
    return photos.find((p: Json) => p['id'] === photoId && p['state'] === 'ready')
  })
  await provider.patch(`/api/patients/${patientId}/photos/${photoId}`, { caption: text('caption') })
  const draft = await provider.post(`/api/patients/${patientId}/notes`, { appointmentId })
  const saved = await provider.put(`/api/patients/${patientId}/notes/${draft.noteId}`, {
    revision: draft.revision,
    body: { complaint: text('complaint'), assessment: text('assessment'), plan: text('plan'), aftercare: text('aftercare'), sections: [{ title: text('title'), text: text('section') }] },
    injections: [{ id: 'p1', view: 'front', x: 0.5, y: 0.3, zone: 'glabella', product: 'Botox Cosmetic', unit: 'units', units: 20, lot: text('lot'), technique: text('technique') }],
  })
  await provider.post(`/api/patients/${patientId}/notes/${draft.noteId}/sign`, { revision: saved.revision })
  await provider.post(`/api/patients/${patientId}/notes/${draft.noteId}/addenda`, { body: text('addendum') })

  await desk.send('GET', `/api/patients/${patientId}/notes`)
  await desk.post('/api/access-requests', { action: 'note.list', reason: text('reason') })
  const sale = await desk.post('/api/checkouts', { patientId, appointmentId })
  await desk.put(`/api/checkouts/${sale.id}/lines`, { patientId, lines: [{ description: text('saleLine'), quantity: 1, unitCents: 42_000, discountCents: 2_000 }] })
  await desk.post(`/api/checkouts/${sale.id}/pay`, { patientId, payments: [{ method: 'external-terminal', amountCents: 40_000, reference: text('slip') }] })
  return { patientId, appointmentId, photoId, noteId: draft.noteId as string, saleId: sale.id as string }
}

import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CarrierRefused } from '#kernel/dispatch.ts'
import { smtpCarrier } from './mail.ts'

/** A real SMTP server of the test's own: it takes, refuses for good, or refuses for now, by the address. */
const received: string[] = []
const answer = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code })
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? answer(550, 'no such mailbox') : address.startsWith('later') ? answer(451, 'try later') : null),
  onData: (stream, _session, done) => {
    let text = ''
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    stream.on('end', () => {
      received.push(text)
      done()
    })
  },
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.server.address()
  url = `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

const message = { subject: 'Your visit', body: 'You are booked.', reference: 'out_1' }
const carrier = () => smtpCarrier({ url, from: 'practice@example.test' })

it('hands a message to the mail server as plain text, with its reference', async () => {
  await carrier().send({ ...message, to: 'ana@example.test' })
  expect(received.at(-1)).toMatch(/^From: practice@example.test/m)
  expect(received.at(-1)).toMatch(/^X-Nacre-Reference: out_1/m)
  expect(received.at(-1)).toContain('You are booked.')
})

it('gives up on what is refused for good, and only on that', async () => {
  await expect(carrier().send({ ...message, to: 'nobody@example.test' })).rejects.toBeInstanceOf(CarrierRefused)
  const later = await carrier().send({ ...message, to: 'later@example.test' }).catch((error: unknown) => error)
  expect(later).toBeInstanceOf(Error)
  expect(later).not.toBeInstanceOf(CarrierRefused)
  const unreachable = await smtpCarrier({ url: 'smtp://127.0.0.1:1', from: 'a@example.test' }).send({ ...message, to: 'ana@example.test' }).catch((error: unknown) => error)
  expect(unreachable).not.toBeInstanceOf(CarrierRefused)
  expect(String(unreachable)).not.toContain('ana@example.test')
})

it('sends to one address only: a list, a name before it or a line break reaches nobody', async () => {
  const before = received.length
  for (const to of ['ana@example.test, eve@example.test', 'ana@example.test;eve@example.test', 'Ana <eve@example.test>', 'ana@example.test\r\nBcc: eve@example.test', '', 'ana'])
    await expect(carrier().send({ ...message, to }), to).rejects.toBeInstanceOf(CarrierRefused)
  await carrier().send({ ...message, to: 'ana@example.test', subject: 'Your visit\r\nBcc: eve@example.test' })
  expect(received).toHaveLength(before + 1)
  expect(received.at(-1)).not.toMatch(/^Bcc:/m)
})

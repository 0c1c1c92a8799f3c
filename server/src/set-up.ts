import { randomInt } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { invalid, Problem } from '#kernel/errors.ts'
import { newId } from '#kernel/id.ts'
import type { Perform } from '#kernel/perform.ts'
import { operator } from '#kernel/roles.ts'
import { createUser, newTotpSecret, totpStep, totpUri } from '#modules/identity'
import { createPractice } from '#modules/practices'
import { location } from '#schema/practices'

const CODE_DIGITS = 8
const MOST_TRIES = 10

const SetUp = z.object({
  code: z.string().trim(),
  practiceName: z.string().trim().min(1).max(120),
  practicePhone: z.string().trim().max(40).default(''),
  location: location.fields.omit({ id: true }),
  name: z.string().trim().min(1).max(120),
  email: z.email().max(254),
  password: z.string().min(12, 'must have at least 12 characters').max(200),
  totpSecret: z.string().min(16).max(64),
  totpCode: z.string().trim(),
})

/**
 * The first visit: practice, first location, first administrator with both factors, recovery codes, key back-up. Asks for a code that only
 * the terminal shows, so that whoever finds the page first does not own the practice. Gone as soon as there is a practice.
 */
export const setUp = (hands: { perform: () => Perform; practiceIds: () => Promise<string[]>; keyBackup: () => string; announce: (code: string) => void }) => {
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0')
  let tries = 0
  const isNeeded = async () => (await hands.practiceIds()).length === 0
  const done = () => new Problem(410, 'Set up already', 'This Nacre is set up. Sign in.')

  return {
    async announceIfNeeded() {
      if (await isNeeded()) hands.announce(code)
    },
    extend(app: FastifyInstance) {
      app.get('/api/set-up', async (_req, reply) => reply.send({ needed: await isNeeded() }))
      app.post('/api/set-up/second-factor', { config: { rateLimit: { max: 20, timeWindow: 60_000 } } }, async (req, reply) => {
        if (!(await isNeeded())) throw done()
        const parsed = z.object({ email: z.email() }).safeParse(req.body)
        if (!parsed.success) throw invalid([{ path: 'email', message: 'is not an e-mail address' }])
        const { email } = parsed.data
        const totpSecret = newTotpSecret()
        return reply.send({ totpSecret, uri: totpUri(totpSecret, email, 'Nacre') })
      })
      app.post('/api/set-up', { config: { rateLimit: { max: 20, timeWindow: 60_000 } } }, async (req, reply) => {
        if (!(await isNeeded())) throw done()
        const parsed = SetUp.safeParse(req.body)
        if (!parsed.success) throw invalid(parsed.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message })))
        const given = parsed.data
        if (++tries > MOST_TRIES) throw new Problem(429, 'Too many tries', 'Too many wrong set-up codes. Restart the server for a new one.')
        if (given.code.replaceAll(/\D/g, '') !== code) throw invalid([{ path: 'code', message: 'is not the code that the terminal shows' }])
        tries = 0
        if ((await totpStep(given.totpSecret, given.totpCode.replaceAll(' ', ''), Date.now(), 0)) === undefined)
          throw invalid([{ path: 'totpCode', message: 'is not right; wait for the next one, and check that this phone and the server agree on the time' }])
        const actor = operator(newId('prc'), 'set-up', ['practice.create', 'user.first'])
        const perform = hands.perform()
        const { locationId } = await perform(createPractice, actor, { practice: { name: given.practiceName, phone: given.practicePhone }, location: given.location })
        const { recoveryCodes } = await perform(createUser, actor, {
          name: given.name, email: given.email, password: given.password, totpSecret: given.totpSecret, credential: '', roles: ['owner'], locationIds: [locationId], isProvider: false,
        })
        return reply.send({ recoveryCodes, keyBackup: hands.keyBackup() })
      })
    },
  }
}

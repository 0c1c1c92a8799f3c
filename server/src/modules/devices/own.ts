import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { conflict } from '#kernel/errors.ts'
import { UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { rolesOfPractice } from '#modules/identity'
import { noteFacts } from './facts.ts'
import { atItsDevice } from './limits.ts'
import { postureOf } from './posture.ts'
import { agreed } from './register.ts'
import { AGREEMENT, kindTitle, policyOf, RULES } from './rules.ts'
import { device, deviceFact, DeviceId, devicePin, osqueryNode, OwnDevice } from './schema.ts'

const nobody = () => '-'
const { tries: MOST_TRIES, fullSignInEveryDays } = RULES.pin

/** How the device at which one sits stands: for the notice on every page, and for the page that helps to fix it. */
export const ownDevice = action({
  name: 'device.own',
  does: 'see how the device at which one sits stands',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: roleAlone,
  trail: 'refusals',
  input: z.object({}),
  output: OwnDevice,
  run: async (tx) => {
    const policy = await policyOf(tx)
    const roles = await rolesOfPractice(tx)
    const basedOn = tx.actor.roles.map((name) => roles.get(name)?.basedOn ?? name)
    const personalAllowed = [...tx.actor.roles, ...basedOn].some((role) => policy.personalRoles.includes(role))
    const about = { policy: policy.unenrolled, personalAllowed, agreement: AGREEMENT }
    const { deviceId } = tx.actor
    if (!deviceId) return { state: 'unenrolled', ...about }
    const found = await tx.get(device, { id: DeviceId.parse(deviceId) }, ['name'])
    const [facts, pin, node] = [
      await tx.list(deviceFact, { deviceId: found.id }),
      await tx.find(devicePin, { deviceId: found.id, userId: UserId.parse(tx.actor.id) }, []),
      await tx.has(osqueryNode, { deviceId: found.id, endedAt: null }),
    ]
    const { id, name, kind, ownership, shared, platform } = found
    return {
      state: 'enrolled', ...about,
      device: {
        id, name, kind, kindTitle: kindTitle(kind), ownership, shared, platform, posture: postureOf(found, facts, policy, tx.now), hasPin: pin !== undefined,
        pinLocked: pin !== undefined && (pin.tries >= MOST_TRIES || pin.provenAt <= afterDays(tx.now, -fullSignInEveryDays)),
        agreementDue: ownership === 'personal' && found.agreementVersion !== AGREEMENT.version, reports: node,
      },
    }
  },
})

const Said = z.string().trim().min(1).max(60)
/** What a browser honestly tells of where it runs. It can tell nothing of encryption, and is asked nothing of it. */
export const reportBrowser = action({
  name: 'device.report-browser',
  does: 'tell which browser and platform the own device has',
  purpose: 'operations',
  phi: 'none',
  patient: nobody,
  allow: atItsDevice,
  trail: 'refusals',
  input: z.object({ platform: Said, browser: Said, touch: z.enum(['yes', 'no']) }),
  output: z.object({}),
  run: async (tx, said) => {
    const facts = [{ name: 'platform', value: said.platform }, { name: 'browser', value: said.browser }, { name: 'touch', value: said.touch }] as const
    await noteFacts(tx, DeviceId.parse(tx.actor.deviceId), 'browser', facts)
    return {}
  },
})

/** After a fix: the agent on the device is asked everything the next time it comes, seconds later, and not in an hour. */
export const checkAgain = action({
  name: 'device.check-again',
  does: 'have the agent on the own device report at once',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: atItsDevice,
  trail: 'refusals',
  input: z.object({}),
  output: z.object({ asked: z.boolean() }),
  run: async (tx) => {
    const nodes = await tx.list(osqueryNode, { deviceId: DeviceId.parse(tx.actor.deviceId), endedAt: null }, { open: [] })
    for (const { id } of nodes) await tx.change(osqueryNode, { id }, { askedAt: tx.now })
    return { asked: nodes.length > 0 }
  },
})

export const signAgreement = action({
  name: 'device.agree',
  does: 'sign the agreement about using a device of one’s own',
  purpose: 'operations',
  phi: 'none',
  wayOut: true,
  patient: nobody,
  allow: atItsDevice,
  input: z.object({ agreementVersion: z.string() }),
  output: z.object({}),
  run: async (tx, { agreementVersion }) => {
    const found = await tx.lock(device, { id: DeviceId.parse(tx.actor.deviceId) })
    if (found.ownership !== 'personal') throw conflict('This device is the practice’s: it needs no agreement.')
    await tx.change(device, { id: found.id }, agreed(tx, agreementVersion))
    return {}
  },
})

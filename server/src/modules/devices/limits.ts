import type { Limit } from '#kernel/policy.ts'
import { when } from '#kernel/policy.ts'
import type { FactLine } from './schema.ts'

/** The rule by which the web app knows that it is to renew its proof and ask again. */
export const PROOF_RULE = 'device-proof'

export const notProven: Limit = {
  bars: 'identity', rule: PROOF_RULE, citation: 'Person or entity authentication, 45 CFR 164.312(d)',
  why: 'This session belongs to an enrolled device, and the request did not come with that device’s proof.',
  whoCanFix: 'You, at the device where you signed in', fix: { label: 'Sign in here', href: '/sign-in' },
}
export const unenrolled = (bars: 'identity' | 'none'): Limit => ({
  bars, rule: 'device-enrolled', citation: 'Workstation use, 45 CFR 164.310(b)',
  why:
    bars === 'none'
      ? 'Your practice uses Nacre only on enrolled devices, and this one is not enrolled.'
      : 'Your practice opens patients’ records only on enrolled devices, and this one is not enrolled.',
  whoCanFix: 'You can ask here; the owner or the compliance officer approves', fix: { label: 'Enrol this device', href: '/devices/enrol' },
})
export const gone: Limit = {
  bars: 'none', rule: 'device-ended', citation: 'Device and media controls, 45 CFR 164.310(d)(1)',
  why: 'This device was taken out of use or reported lost.', whoCanFix: 'The owner or the compliance officer', fix: { label: 'Enrol this device', href: '/devices/enrol' },
}
export const notHers: Limit = {
  bars: 'identity', rule: 'device-person', citation: 'Workstation security, 45 CFR 164.310(c)',
  why: 'This device is enrolled for other people of the practice.', whoCanFix: 'The owner, who says who uses which device', fix: { label: 'See the devices', href: '/devices' },
}
export const personalNotAllowed: Limit = {
  bars: 'identity', rule: 'device-personal', citation: 'Workstation use, 45 CFR 164.310(b)',
  why: 'Your practice does not let your role use a device of your own for patients’ records.', whoCanFix: 'The owner, who decides which roles may',
  fix: { label: 'See the devices', href: '/devices' },
}
export const notAgreed: Limit = {
  bars: 'identity', rule: 'device-agreement', citation: 'Workstation use, 45 CFR 164.310(b)',
  why: 'The agreement about using your own device is not signed in its present version.', whoCanFix: 'You: read it and sign it',
  fix: { label: 'Read and sign', href: '/devices/fix' },
}
const list = (lines: readonly FactLine[]) => lines.map((l) => l.title.toLowerCase()).join(', ')
export const badlyKept = (lines: readonly FactLine[]): Limit => ({
  bars: 'identity', rule: 'device-posture', citation: 'Workstation security, 45 CFR 164.310(c)',
  why: `This device is not kept as the practice asks: ${list(lines.filter((l) => l.state === 'bad'))}.`,
  whoCanFix: 'You, in a few steps at this device, or whoever looks after it', fix: { label: 'Fix this device', href: '/devices/fix' },
})
export const notKnown = (lines: readonly FactLine[]): Limit => ({
  bars: 'identity', rule: 'device-posture-unknown', citation: 'Workstation security, 45 CFR 164.310(c)',
  why: `Nobody has reported lately how this device is kept: ${list(lines.filter((l) => l.state === 'unknown' || l.state === 'stale'))}.`,
  whoCanFix: 'Whoever looks after the practice’s devices', fix: { label: 'See what is missing', href: '/devices/fix' },
})

/** At an enrolled device, and with its proof: for what changes what opens it. */
export const atItsDevice = when(
  'at-device',
  'at an enrolled device',
  ({ actor }) => actor.deviceId !== undefined && !actor.limits?.some(({ rule }) => rule === PROOF_RULE || rule === gone.rule),
  () => ({
    why: 'This can only be done at an enrolled device.', whoCanFix: 'You can enrol this one; the owner or the compliance officer approves',
    citation: 'Person or entity authentication, 45 CFR 164.312(d)', fix: { label: 'Enrol this device', href: '/devices/enrol' },
  }),
)

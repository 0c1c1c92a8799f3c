import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { contentGuard } from '#kernel/content-guard.ts'
import { compose } from '#kernel/dispatch.ts'
import { PracticeId } from '#kernel/id.ts'
import { job } from '#kernel/job.ts'
import { roleAlone } from '#kernel/policy.ts'
import { location, practice } from '#schema/practices'
import { user } from './schema.ts'
import { NoticeId, signInNotice } from './sign-in-schema.ts'

const OneNotice = z.object({ noticeId: NoticeId })
const TEMPLATES = { 'new-device': 'sign-in-new-device', 'passkey-copied': 'sign-in-passkey-stopped', 'account-locked': 'sign-in-account-locked' } as const

const whenOf = (at: string, timeZone: string) => {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', { ...options, timeZone }).format(new Date(at))
  return { day: format({ weekday: 'long', month: 'long', day: 'numeric' }), time: format({ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }).replaceAll(/[\u00a0\u202f]/gu, ' ') }
}

/** Tells a person by e-mail that something happened to a sign-in. Says when and on what kind of device; never whose, nor what the practice does. */
export const composeNotice = action({
  name: 'notice.send',
  does: 'tell a person of the team by e-mail about a sign-in',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  allow: roleAlone,
  input: OneNotice,
  output: z.object({}),
  run: async (tx, { noticeId }) => {
    // Run again after a crash, it finds that it was sent.
    const notice = await tx.lock(signInNotice, { id: noticeId }, ['device'])
    if (notice.sentAt) return {}
    const { email, active } = await tx.get(user, { id: notice.userId }, ['email'])
    if (!active) return {}
    const { name, baseUrl } = await tx.get(practice, { id: PracticeId.parse(tx.practiceId) }, [])
    const [place] = await tx.list(location, {}, { orderBy: 'name', limit: 1 })
    await compose(tx, {
      channel: 'email', template: TEMPLATES[notice.kind], to: email, language: 'en', ownTerms: [],
      fields: {
        practice: contentGuard(name).length > 0 ? 'our practice' : name, device: notice.device ?? 'Unknown device',
        ...whenOf(notice.at, place?.timeZone ?? 'UTC'), link: `${baseUrl}/account`,
      },
    })
    await tx.change(signInNotice, { id: noticeId }, { sentAt: tx.now })
    return {}
  },
})

export const sendNotice = job({
  name: 'notice.send',
  grants: ['notice.send'],
  input: OneNotice,
  run: async ({ perform, actor }, input) => {
    await perform(composeNotice, actor, input)
  },
})

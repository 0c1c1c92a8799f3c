import { contentGuard } from '#kernel/content-guard.ts'
import { compose } from '#kernel/dispatch.ts'
import { PracticeId } from '#kernel/id.ts'
import type { Tx } from '#kernel/tx.ts'
import { practice, service } from '#schema/practices'

export const ownPractice = (tx: Tx) => tx.get(practice, { id: PracticeId.parse(tx.practiceId) })

/** A practice may be called after what it treats: in a mailbox that would tell it, so the message says "your practice". */
const neutral = (name: string) => (contentGuard(name).length > 0 ? 'your practice' : name)

/** A message to somebody of the team: a link at most, nothing of anybody else. */
export const mailTeam = async (tx: Tx, template: 'invitation' | 'recovery-link' | 'recovery-notice', to: string, link: string) => {
  const { name } = await ownPractice(tx)
  const ownTerms = (await tx.list(service, {})).map((s) => s.name)
  await compose(tx, { channel: 'email', template, to, language: 'en', ownTerms, fields: { practice: neutral(name), link } })
}

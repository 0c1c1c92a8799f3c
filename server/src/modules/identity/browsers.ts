import type { Origin } from '#kernel/origin.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { newToken } from './new-token.ts'
import { sendNotice } from './notice-jobs.ts'
import { deviceName } from './origin-words.ts'
import type { user } from './schema.ts'
import { knownBrowser, signInNotice } from './sign-in-schema.ts'

/**
 * Knows the browser again in which somebody signs in, by the mark that it was given then. In one that she never used, she is told of it by
 * e-mail and at her other devices; her very first sign-in has nothing to be compared with.
 */
export const recogniseBrowser = async (tx: Tx, who: Pick<Value<typeof user>, 'id'>, origin: Origin) => {
  const device = deviceName(origin.agent)
  const seen = origin.mark ? await tx.find(knownBrowser, { userId: who.id, mark: origin.mark }, []) : undefined
  if (seen) {
    await tx.change(knownBrowser, { id: seen.id }, { lastAt: tx.now })
    return { browserId: seen.id, mark: origin.mark, device }
  }
  const isFirst = !(await tx.has(knownBrowser, { userId: who.id }))
  // Another person's mark of the same browser is kept; one that we did not make is not taken over.
  const mark = origin.mark && (await tx.has(knownBrowser, { mark: origin.mark })) ? origin.mark : newToken()
  const { id: browserId } = await tx.add(knownBrowser, { userId: who.id, mark, device, firstAt: tx.now, lastAt: tx.now })
  if (!isFirst) {
    const { id } = await tx.add(signInNotice, { userId: who.id, kind: 'new-device', aboutId: who.id, browserId, device, network: origin.network, at: tx.now })
    await tx.enqueue(sendNotice, { noticeId: id })
  }
  return { browserId, mark, device }
}

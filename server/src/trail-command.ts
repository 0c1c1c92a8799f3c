import type { App } from './app.ts'

type Say = (line: string) => void

/** `nacre trail export <folder>`: events, heads and key, for anybody who has Node and verify/nacre-verify.mjs. */
export const exportTrail = async (app: App, folder: string, say: Say): Promise<number> => {
  const { events, heads } = await app.exportTrail(await app.onlyPractice(), folder)
  say(`Wrote ${events} events and ${heads} signed heads to ${folder}.`)
  say(`Verify them anywhere, without Nacre:  node verify/nacre-verify.mjs ${folder} --heads ${folder}/published-heads.ndjson`)
  say('Better still: compare with a copy of the published heads that you keep elsewhere.')
  return 0
}

/** `nacre trail verify`: the same check as the button on the audit page. */
export const verifyTrail = async (app: App, say: Say): Promise<number> => {
  const { verified, events, heads, root, firstBad, problems } = await app.verifyTrail(await app.onlyPractice())
  say(verified ? `VERIFIED: ${events} events, ${heads} signed heads, root ${root}` : `NOT VERIFIED${firstBad === undefined ? '' : ` at position ${firstBad}`}`)
  for (const problem of problems) say(`  ${problem}`)
  return verified ? 0 : 1
}

import type { App } from './app.ts'
import { Problem } from '#kernel/errors.ts'
import { operator } from '#kernel/roles.ts'
import { recoverByOperator } from '#modules/identity'

/** A practice with one owner has nobody to confirm her: whoever sits at the server, with its files and keys, does. On record as such. */
export const recoverOwner = async (app: App, email: string, say: (line: string) => void): Promise<number> => {
  try {
    const { link, expiresAt } = await app.perform(recoverByOperator, operator(await app.onlyPractice(), 'recover', ['recovery.by-operator']), { email })
    say(`Open this within half an hour (until ${expiresAt}); it works once:\n${link}`)
    return 0
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    say(error.message)
    return 1
  }
}

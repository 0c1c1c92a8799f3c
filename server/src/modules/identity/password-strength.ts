import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'

// Imported only when a password is chosen: its word lists (49,000 breached passwords among them) are large.
const estimator = new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary: { ...common, ...english } })

/**
 * @hipaa 164.308(a)(5)(ii)(D) password management
 *
 * Score 0 to 4, with what is wrong in a sentence. `about`: words that an attacker would try first, such as the person's name.
 */
export const strengthOf = (password: string, about: string[]) => estimator.check(password, about)

const breached = new Set(common['passwords-common'])
/** On the list of breached passwords that comes with the estimator: looked up here, without telling anybody. */
export const isBreached = (password: string): boolean => breached.has(password.toLowerCase())

import { all, any } from '#kernel/policy.ts'
import { brokeGlass, directs, onCareTeam } from '#modules/access'
import { saidWhy } from '#modules/patients'
import { treats } from '#modules/scheduling'

/**
 * Whoever treats her, answers for those who do, or takes part in her care; of a marked patient, having said why. Or who opened emergency
 * access: she has said why already. @hipaa 164.502(b), 164.514(d) minimum necessary
 */
export const mayReadHistory = any(all(any(treats, directs, onCareTeam), saidWhy), brokeGlass)

import { any } from '#kernel/policy.ts'
import { brokeGlass, directs, onCareTeam } from '#modules/access'
import { treats } from '#modules/scheduling'

/** Whoever treats her, answers for those who do, takes part in her care, or opened emergency access. @hipaa 164.502(b), 164.514(d) minimum necessary */
export const mayReadHistory = any(treats, directs, onCareTeam, brokeGlass)

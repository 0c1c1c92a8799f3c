import './controls.ts'

export { createUser } from './people.ts'
export { rolesOfPractice } from './roles.ts'
export { routes } from './routes.ts'
export { endSessionsOf } from './end-sessions.ts'
export { secondFactorOf } from './second-factor.ts'
export { beginSession, resolveSession, touchEveryMs, touchSession } from './sessions.ts'
export { hashPassword, newTotpSecret, passwordMatches, totpStep, totpUri } from './sign-in.ts'

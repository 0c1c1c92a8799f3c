import './controls.ts'

export { routes } from './routes.ts'
export { createUser, resolveSession, touchEveryMs, touchSession } from './service.ts'
export { newTotpSecret, totpStep, totpUri } from './sign-in.ts'

export { mayReadHistory } from './policy.ts'
export { routes } from './routes.ts'

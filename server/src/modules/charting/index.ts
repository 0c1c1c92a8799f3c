export { routes } from './routes.ts'
export { directs, mayReadChart } from './policy.ts'
export { openChart } from './chart.ts'

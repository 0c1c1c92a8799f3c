import './controls.ts'
import './jobs.ts'

export { routes } from './routes.ts'

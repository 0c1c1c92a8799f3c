import './campaign-clock.ts'
import './controls.ts'

export { routes } from './routes.ts'

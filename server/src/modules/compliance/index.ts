import './controls.ts'

export { routes } from './routes.ts'

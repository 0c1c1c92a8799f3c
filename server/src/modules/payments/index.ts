import './controls.ts'

export { routes } from './routes.ts'
export { changeLines, openCheckout, payCheckout } from './service.ts'

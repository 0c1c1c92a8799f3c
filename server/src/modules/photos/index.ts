export { routes } from './routes.ts'
export { viewPhoto } from './service.ts'

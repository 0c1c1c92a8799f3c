export { routes } from './routes.ts'
export { beginSso, signInBySso, takeSso } from './service.ts'

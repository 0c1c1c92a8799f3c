export { routes } from './routes.ts'
export { addLocation, changeHours, changeService, createPractice, setBaseUrl } from './service.ts'

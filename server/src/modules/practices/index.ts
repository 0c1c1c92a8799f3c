export { routes } from './routes.ts'
export { addLocation, changeHours, changeService, createPractice } from './service.ts'

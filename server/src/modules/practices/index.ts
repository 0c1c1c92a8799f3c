export { routes } from './routes.ts'
export { addLocation, changeHours, changeService, createPractice, practiceCard, setBaseUrl } from './service.ts'

export { routes } from './routes.ts'
export { neutralName } from './neutral-name.ts'
export { addLocation, changeHours, changeService, createPractice, practiceCard, setBaseUrl } from './service.ts'

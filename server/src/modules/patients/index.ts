export { routes } from './routes.ts'
export { createPatient, findPatients } from './service.ts'

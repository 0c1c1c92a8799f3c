export { routes } from './routes.ts'
export { cardOfPatient, createPatient, findPatients } from './service.ts'

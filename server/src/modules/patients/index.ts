export { openedOn, saidWhy } from './policy.ts'
export { routes } from './routes.ts'
export { adultOn, ageInYears, isMinor } from './age.ts'
export { cardOfPatient, createPatient, findPatients } from './service.ts'

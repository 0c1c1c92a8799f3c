export { routes } from './routes.ts'
export { mayReadChart } from './policy.ts'
export { openChart } from './chart.ts'
export { addLot, saveNote, signNote, startNote } from './service.ts'

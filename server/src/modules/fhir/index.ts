export { readMedication } from './read-medication.ts'
export { KINDS, whyNot } from './kinds.ts'
export { addBatch, fileReport, leaveOut, problemsIn, reportLines, type FileReport } from './report.ts'
export { importPatients, importRecords } from './service.ts'

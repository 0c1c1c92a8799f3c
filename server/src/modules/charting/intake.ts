import type { z } from 'zod'
import type { Tx } from '#kernel/tx.ts'
import type { PatientId } from '#schema/patients'
import type { Alert, ChartConsent } from './schema.ts'

type Of = z.infer<typeof PatientId>
// INTERIM until the forms module is there
export const intakeAlertsOf = async (_tx: Tx, _patientId: Of): Promise<Alert[]> => []
export const consentsOf = async (_tx: Tx, _patientId: Of): Promise<z.infer<typeof ChartConsent>[]> => []

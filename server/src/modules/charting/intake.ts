import type { z } from 'zod'
import type { Tx } from '#kernel/tx.ts'
import { alertsOf } from '#modules/forms'
import { consent, ConsentKind, formResponse } from '#schema/forms'
import type { PatientId } from '#schema/patients'
import type { Alert, ChartConsent } from './schema.ts'

type Of = z.infer<typeof PatientId>

export interface Intake {
  /** When she last submitted the health questionnaire; undefined: never, and nothing is known. */
  submittedAt?: string
  alerts: Alert[]
}

export const fromIntake = ({ kind, severity, text }: Pick<Alert, 'kind' | 'severity' | 'text'>): Alert => ({
  kind,
  severity,
  text,
  detail: '',
  source: 'intake',
})

export const intakeOf = async (tx: Tx, patientId: Of): Promise<Intake> => {
  const [latest] = await tx.list(
    formResponse,
    { patientId, state: 'submitted' },
    { orderBy: 'submittedAt', descending: true, limit: 1, open: ['answers'] },
  )
  if (!latest) return { alerts: [] }
  const alerts = alertsOf(latest.answers, latest.formVersion).map(fromIntake)
  return { ...(latest.submittedAt ? { submittedAt: latest.submittedAt } : {}), alerts }
}

/** For each kind of consent, whether it holds now; the newest decision counts. */
export const consentsOf = async (tx: Tx, patientId: Of): Promise<z.infer<typeof ChartConsent>[]> => {
  const decisions = await tx.list(consent, { patientId }, { open: [], orderBy: 'signedAt', descending: true })
  return ConsentKind.options.map((kind) => {
    const newest = decisions.find((d) => d.kind === kind)
    if (!newest) return { kind, state: 'missing' }
    const { signedAt, revokedAt, expiresAt, decision } = newest
    const state = revokedAt
      ? 'revoked'
      : expiresAt <= tx.now
        ? 'expired'
        : decision === 'accepted'
          ? 'holds'
          : 'declined'
    return { kind, state, signedAt }
  })
}

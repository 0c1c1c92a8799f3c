import type { Pool } from 'pg'
import type { KeyStore, PracticeKeyKind } from '#kernel/keyring.ts'

const VERSION = 1

/** Wrapped keys in the vault database. */
export const vaultStore = (pool: Pool): KeyStore => {
  const store: KeyStore = {
    async practiceKey(practiceId, kind) {
      const { rows } = await pool.query<{ wrapped: Buffer }>(
        'select wrapped from practice_key where practice_id = $1 and kind = $2 order by version desc limit 1', [practiceId, kind])
      return rows[0]?.wrapped
    },
    async keepPracticeKey(practiceId: string, kind: PracticeKeyKind, wrapped: Buffer) {
      await pool.query(
        'insert into practice_key (practice_id, kind, version, wrapped) values ($1, $2, $3, $4) on conflict do nothing',
        [practiceId, kind, VERSION, wrapped])
      const kept = await store.practiceKey(practiceId, kind)
      if (!kept) throw new Error('the vault did not keep a practice key')
      return kept
    },
    async patientKeys(practiceId, patientIds) {
      const { rows } = await pool.query<{ patient_id: string; wrapped: Buffer }>({
        name: 'patient keys', text: 'select patient_id, wrapped from patient_key where practice_id = $1 and patient_id = any ($2)', values: [practiceId, patientIds] })
      return new Map(rows.map((r) => [r.patient_id, r.wrapped]))
    },
    async keepPatientKeys(practiceId, keys) {
      await pool.query({
        name: 'keep patient keys',
        text: 'insert into patient_key (practice_id, patient_id, version, wrapped) select $1, unnest($2::text[]), $3, unnest($4::bytea[])',
        values: [practiceId, [...keys.keys()], VERSION, [...keys.values()]] })
    },
    async destroyPatientKey(practiceId, patientId) {
      await pool.query('delete from patient_key where practice_id = $1 and patient_id = $2', [practiceId, patientId])
    },
  }
  return store
}

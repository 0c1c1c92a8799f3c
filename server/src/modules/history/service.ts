import type { z } from 'zod'
import { action } from '#kernel/action.ts'
import { mayReadHistory } from './policy.ts'
import { READERS } from './readers.ts'
import { document, DocumentToRead, HistoryPage, OfDocument, OfHistory } from './schema.ts'

export const listHistory = action({
  name: 'history.list',
  does: "see a patient's medical history: allergies, conditions, medications, immunizations, procedures, encounters, documents",
  purpose: 'treatment',
  phi: 'clinical',
  patient: ({ patientId }: z.infer<typeof OfHistory>) => patientId,
  allow: mayReadHistory,
  input: OfHistory,
  output: HistoryPage,
  run: (tx, { patientId, kind, skip }) => READERS[kind](tx, patientId, skip),
})

export const readDocument = action({
  name: 'history.document',
  does: "read a document of a patient's medical history",
  purpose: 'treatment',
  phi: 'clinical',
  patient: ({ patientId }: z.infer<typeof OfDocument>) => patientId,
  allow: mayReadHistory,
  input: OfDocument,
  output: DocumentToRead,
  run: (tx, { patientId, documentId }) =>
    tx.get(document, { id: documentId, patientId }, ['code', 'title', 'occurred', 'authors', 'contentType', 'text', 'content', 'url']),
})

import { compose } from '#kernel/dispatch.ts'
import { PracticeId } from '#kernel/id.ts'
import type { Tx } from '#kernel/tx.ts'
import { neutralName } from '#modules/practices'
import { practice, service } from '#schema/practices'
import type { PatientId } from '#schema/patients'
import type { z } from 'zod'
import type { Contact } from './contact.ts'
import type { Language } from './schema.ts'

export const ownPractice = (tx: Tx) => tx.get(practice, { id: PracticeId.parse(tx.practiceId) })
const services = async (tx: Tx) => (await tx.list(service, {})).map((s) => s.name)

export interface To extends Contact {
  language: Language
  /** Left out when several people share the address: nothing says for whom of them it is. */
  patientId?: z.infer<typeof PatientId>
}

type Template = 'sign-in-code' | 'sign-in-text' | 'address-code' | 'sign-in-changed'

/** Into the outbox: never a word of health, never a name. */
export const write = async (tx: Tx, { address, channel, language, patientId }: To, template: Template, fields: Record<string, string>) => {
  const { name, phone } = await ownPractice(tx)
  await compose(tx, {
    channel, template, to: address, language, ownTerms: await services(tx),
    fields: { ...fields, phone, practice: neutralName(name, language) },
    ...(patientId ? { patientId } : {}),
  })
}

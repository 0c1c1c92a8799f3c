import { z } from 'zod'
import { PatientId } from '#kernel/id.ts'

/** One message as the list shows it: where it is on its way, never what it says or to whom. */
export const OutboxQuery = z.object({ state: z.enum(['waiting', 'sending', 'sent', 'held', 'failed']).optional(), before: z.iso.datetime().optional() })
export const WhosePatient = PatientId.optional()
export const NewVendor = z.object({ name: z.string().trim().min(1, 'Write the company’s name.').max(120), channel: z.enum(['email', 'text']) })

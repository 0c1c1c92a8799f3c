import { canonical } from '#kernel/canonical.ts'
import type { Injection, NoteBody } from './schema.ts'

/** What a signature stands for: these words and points, of this patient and visit, by this author at this time. */
export interface SignedContent {
  noteId: string
  patientId: string
  appointmentId?: string | undefined
  authorId: string
  signedAt: string
  body: NoteBody
  injections: readonly Injection[]
}

const encoder = new TextEncoder()

/** One way of writing an instant: the database leaves out zeros at the end of a fraction. */
const instant = (at: string) => new Date(at).toISOString()

/** SHA-256, hexadecimal, of the canonical JSON (RFC 8785) of what was signed. */
export const hashOf = async (content: object): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(canonical(JSON.parse(JSON.stringify(content)))))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const hashOfSigned = ({
  noteId,
  patientId,
  appointmentId,
  authorId,
  signedAt,
  body,
  injections,
}: SignedContent): Promise<string> =>
  hashOf({ noteId, patientId, appointmentId, authorId, signedAt: instant(signedAt), body, injections })

export interface AddedContent {
  noteId: string
  patientId: string
  authorId: string
  addedAt: string
  body: string
}
export const hashOfAdded = ({ noteId, patientId, authorId, addedAt, body }: AddedContent): Promise<string> =>
  hashOf({ noteId, patientId, authorId, addedAt: instant(addedAt), body })

import { z } from 'zod'
import { document, MOST_DOCUMENT, Moment } from '#schema/history'
import { CodeableConcept, codedOf, displays, encounterOf, occurredOf, Period, Reference, ResourceId, sourceOf } from './datatypes.ts'
import { draftOf, ENTERED_IN_ERROR, read, type Mapped } from './outcome.ts'
import { about, type OfSubject } from './subject.ts'

const Attachment = z.object({ contentType: z.string().optional(), data: z.string().optional(), url: z.string().optional(), title: z.string().optional() })
const DocumentReference = z.object({
  id: ResourceId,
  status: z.string().max(60),
  docStatus: z.string().optional(),
  type: CodeableConcept.optional(),
  category: z.array(CodeableConcept).optional(),
  subject: Reference.optional(),
  date: Moment.optional(),
  description: z.string().optional(),
  author: z.array(Reference).optional(),
  content: z.array(z.object({ attachment: Attachment })),
  context: z.object({ encounter: z.array(Reference).optional(), period: Period.optional() }).optional(),
})

const Draft = document.fields.omit({ id: true, patientId: true, recordedAt: true }).required({ source: true })
export type DocumentDraft = z.infer<typeof Draft>

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
const TEXT = /^text\/|^application\/(xml|json)\b|\+(xml|json)\b/
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The words of a text, or the bytes of anything else; where only an address is given, that. None when there is nothing. */
const bodyOf = ({ contentType = 'application/octet-stream', data, url }: z.infer<typeof Attachment>): Mapped<Pick<DocumentDraft, 'text' | 'content' | 'url' | 'contentType'>> => {
  if (data === undefined) return url ? { draft: { contentType, url } } : { bad: 'content.attachment has neither data nor url' }
  const tidy = data.replaceAll(/\s/g, '')
  if (tidy.length % 4 !== 0 || !BASE64.test(tidy)) return { bad: 'content.attachment.data is not base64' }
  const bytes = Buffer.from(tidy, 'base64')
  if (bytes.length > MOST_DOCUMENT) return { skip: 'is larger than 1 MB, the most that is taken into the history' }
  if (!TEXT.test(contentType)) return { draft: { contentType, content: tidy } }
  try {
    return { draft: { contentType, text: utf8.decode(bytes) } }
  } catch {
    // Text in another encoding is kept byte for byte rather than guessed at.
    return { draft: { contentType, content: tidy } }
  }
}

/** https://hl7.org/fhir/R4/documentreference.html → document. The first content is taken: FHIR says the others are the same in other formats. */
export const mapDocument = (raw: unknown): Mapped<OfSubject<DocumentDraft>> =>
  read(DocumentReference, raw, (r) => {
    if (r.status === 'entered-in-error' || r.docStatus === 'entered-in-error') return ENTERED_IN_ERROR
    const attachment = r.content[0]?.attachment
    if (!attachment) return { bad: 'content is missing' }
    const body = bodyOf(attachment)
    if (!('draft' in body)) return body
    const title = attachment.title ?? r.description
    return about(r.subject, 'subject', () =>
      draftOf(Draft, {
        source: sourceOf('DocumentReference', r.id),
        code: codedOf(r.type) ?? codedOf(r.category?.[0]) ?? { text: 'Document' },
        occurred: occurredOf(r.date ?? r.context?.period?.start),
        encounter: encounterOf(r.context?.encounter?.[0]),
        status: r.status,
        title,
        authors: displays(r.author ?? []),
        ...body.draft,
      }),
    )
  })

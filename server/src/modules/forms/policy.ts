import { after, oneOf } from '#kernel/statement.ts'
import { exists, given, type Rule } from '#kernel/policy.ts'
import { consent, type ConsentKind } from './schema.ts'

const WORDS: Record<ConsentKind, string> = {
  treatment: 'being treated',
  'clinical-photography': 'photos for her record',
  'marketing-photos': 'showing her photos in public',
}

/**
 * The patient accepted the current kind of text, has not taken it back, and it has not run out: asked anew at each use.
 * @hipaa 164.508(b)(2) defective authorizations: expired, revoked
 */
export const consentedTo = (kind: ConsentKind): Rule =>
  given(
    `consented-to-${kind}`,
    `the patient has consented to ${WORDS[kind]}, and that holds`,
    exists(consent, ({ patient, now }) => ({
      patientId: oneOf([patient]),
      kind,
      decision: 'accepted' as const,
      revokedAt: null,
      expiresAt: after(now),
    })),
    ({ patient }) => ({
      why: `There is no consent of this patient to ${WORDS[kind]} that holds: it was not signed, was taken back, or has run out.`,
      whoCanFix: 'The patient, on her forms; the front desk can send or show them to her',
      fix: { label: 'Send the forms', href: `/patients/${patient}` },
    }),
  )

import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { afterDays } from '#kernel/clock.ts'
import { conflict, Denied, invalid } from '#kernel/errors.ts'
import { PatientId } from '#kernel/id.ts'
import { isSelf, roleAlone, type Actor } from '#kernel/policy.ts'
import type { Value } from '#kernel/record.ts'
import type { Tx } from '#kernel/tx.ts'
import { patient } from '#schema/patients'
import { consentContents, consentOf, consentOn } from './content.ts'
import { hashOf, plainText, textFor } from './consent-text.ts'
import { consentRevoked } from './events.ts'
import { isMinor } from '#modules/patients'
import { capacityOf } from '#modules/portal'
import { ownPractice } from './links.ts'
import { stands } from './progress.ts'
import {
  consent,
  ConsentId,
  ConsentKind,
  ConsentText,
  Decision,
  Language,
  LocalText,
  PublicUse,
  Signature,
  type ConsentVersion,
  SignedAs,
  type RevokedHow,
} from './schema.ts'
import { earlierIsHidden, isShown, ownWay } from './way.ts'

const own = (_input: unknown, actor: Actor) => actor.patientId ?? '-'
const today = (tx: Tx) => tx.now.slice(0, 10)

/** What a decision says without its signature. */
const ConsentLine = consent.fields
  .pick({
    id: true,
    kind: true,
    decision: true,
    textVersion: true,
    language: true,
    uses: true,
    method: true,
    signedAt: true,
    expiresAt: true,
    revokedAt: true,
    revokedHow: true,
  })
  .extend({ title: z.string(), holds: z.boolean() })

const lineOf = (row: Value<typeof consent>, now: string): z.infer<typeof ConsentLine> => ({
  ...row,
  title: consentOf(row.kind, row.textVersion)?.en.title ?? row.kind,
  holds: row.decision === 'accepted' && stands(row, now),
})
const linesOf = async (tx: Tx, patientId: z.infer<typeof PatientId>) =>
  (await tx.list(consent, { patientId }, { open: [], orderBy: 'signedAt', descending: true })).map((row) =>
    lineOf(row, tx.now),
  )

/** Of her own, what she may see here. */
const ownLines = async (tx: Tx) => {
  const way = await ownWay(tx)
  const all = await tx.list(consent, { patientId: way.patientId }, { open: [], orderBy: 'signedAt', descending: true })
  return all.filter((row) => isShown(way, row.signedBy)).map((row) => lineOf(row, tx.now))
}

const hashes = async (version: ConsentVersion, practiceName: string) => ({
  en: await hashOf(plainText(version, 'en', practiceName)),
  es: await hashOf(plainText(version, 'es', practiceName)),
})

/** The texts that are in force today, in both languages, and what she decided before. */
export const consentTexts = action({
  name: 'consent.texts',
  does: 'read the texts that she is asked to decide on, and her own decisions',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  input: z.object({}),
  output: z.object({
    texts: z.array(
      z.object({
        kind: ConsentKind,
        version: z.string(),
        hash: LocalText,
        en: ConsentText,
        es: ConsentText,
        uses: z.array(z.object({ code: PublicUse, label: LocalText })),
      }),
    ),
    decisions: z.array(ConsentLine),
  }),
  run: async (tx) => {
    const { name } = await ownPractice(tx)
    const current = consentContents.map(({ kind }) => ({ kind, version: consentOn(kind, today(tx)) }))
    return {
      texts: await Promise.all(
        current.map(async ({ kind, version }) => ({
          kind,
          version: version.version,
          hash: await hashes(version, name),
          en: textFor(version, 'en', name),
          es: textFor(version, 'es', name),
          uses: version.uses,
        })),
      ),
      decisions: await ownLines(tx),
    }
  },
})

const Signing = z.object({
  kind: ConsentKind,
  decision: Decision,
  language: Language,
  version: z.string(),
  /** Of the text that was on her screen: what she signs is what she read. */
  hash: z.string(),
  signature: Signature.optional(),
  uses: z.array(PublicUse).default([]),
})

const check = ({ kind, decision, signature, uses }: z.infer<typeof Signing>) => {
  if (decision === 'declined') return
  if (!signature) throw invalid([{ path: 'signature', message: 'is missing' }])
  if (kind === 'marketing-photos' && uses.length === 0)
    throw invalid([{ path: 'uses', message: 'names no place where photos may be shown' }])
  if (kind !== 'marketing-photos' && uses.length > 0)
    throw invalid([{ path: 'uses', message: 'belongs to the authorization for showing photos only' }])
}

/** A newer decision ends the one before it, whichever it was. */
const endStanding = async (tx: Tx, patientId: z.infer<typeof PatientId>, kind: ConsentKind) => {
  const standing = await tx.find(consent, { patientId, kind, revokedAt: null }, [])
  if (!standing) return
  await tx.change(consent, { id: standing.id, patientId }, { revokedAt: tx.now, revokedHow: 'superseded' })
  if (standing.decision === 'accepted') await tx.emit(consentRevoked, { consentId: standing.id, patientId })
}

const MINOR = {
  rule: 'adult-signs',
  why: 'A person under 18 cannot sign this alone: a parent or guardian signs (45 CFR 164.502(g)(3) and state law).',
  whoCanFix: 'A parent or guardian whom the front desk has recorded, after signing in',
  fix: { label: 'Sign in as a parent', href: '/me' },
}
const NEVER_PUBLISHED = {
  rule: 'minor-never-published',
  citation: 'Policy of this software; state law',
  why: 'Photos of a person under 18 are never shown in public, whoever agrees to it.',
  whoCanFix: 'Nobody: she may decide herself once she is of age',
}

/** Accept with a signature, or decline. @hipaa 164.508(c)(1)(vi) signature and date */
export const signConsent = action({
  name: 'consent.sign',
  does: 'sign or decline a consent of her own',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  clashes: { consent_one_stands: 'This was signed on another device at the same moment. Look again.' },
  input: Signing,
  output: ConsentLine,
  run: async (tx, input) => {
    check(input)
    const { kind, decision, language, signature } = input
    const patientId = PatientId.parse(tx.actor.patientId)
    const who = await tx.get(patient, { id: patientId }, ['givenName', 'familyName', 'birthDate'])
    const capacity = await capacityOf(tx, patientId, who.birthDate, 'forms')
    const minor = isMinor(who.birthDate, tx.now)
    if (minor && !capacity) throw new Denied(MINOR)
    if (minor && kind === 'marketing-photos' && decision === 'accepted') throw new Denied(NEVER_PUBLISHED)
    const { name: practiceName } = await ownPractice(tx)
    const version = consentOn(kind, today(tx))
    const textHash = await hashOf(plainText(version, language, practiceName))
    if (version.version !== input.version || textHash !== input.hash)
      throw conflict('The text was changed while you read it. Nothing was signed; read it again, please.')
    await endStanding(tx, patientId, kind)
    const isAccepted = decision === 'accepted'
    const signerName = signature?.method === 'typed' ? signature.text : (capacity?.name ?? `${who.givenName} ${who.familyName}`)
    const row = await tx.add(consent, {
      patientId,
      kind,
      decision,
      textVersion: version.version,
      textHash,
      language,
      uses: isAccepted ? [...new Set(input.uses)] : [],
      method: isAccepted && signature ? signature.method : 'none',
      ...(isAccepted && signature ? { signature: { signature, signerName, practiceName } } : {}),
      signedBy: tx.actor.id,
      ...(capacity ? { signedAs: capacity } : {}),
      signedAt: tx.now,
      expiresAt: afterDays(tx.now, version.validForDays),
    })
    return lineOf(row, tx.now)
  },
})

const OwnConsent = z.object({ consentId: ConsentId })
const PatientsConsent = OwnConsent.extend({ patientId: PatientId })
const whose = ({ patientId }: { patientId: z.infer<typeof PatientId> }) => patientId
/** Consents have no place of their own: whose they are must be visible to whoever asks. */
const visible = (tx: Tx, patientId: z.infer<typeof PatientId>) => tx.get(patient, { id: patientId }, [])

const ConsentCopy = z.object({
  line: ConsentLine,
  practiceName: z.string(),
  text: ConsentText.optional(),
  uses: z.array(LocalText),
  textHash: z.string(),
  /** The text has the hash that was signed. */
  textMatches: z.boolean(),
  signerName: z.string().optional(),
  signature: Signature.optional(),
  /** Somebody else signed for her: who, and by what right. */
  signedAs: SignedAs.pick({ name: true, basis: true, authority: true }).optional(),
})

const copyOf = async (
  tx: Tx,
  { consentId, patientId }: z.infer<typeof PatientsConsent>,
): Promise<z.infer<typeof ConsentCopy>> => {
  const row = await tx.get(consent, { id: consentId, patientId }, ['signature', 'signedAs'])
  const { kind, textVersion, language, textHash, signature: signed, signedAs } = row
  const practiceName = signed?.practiceName ?? (await ownPractice(tx)).name
  const version = consentOf(kind, textVersion)
  return {
    line: lineOf(row, tx.now),
    practiceName,
    textHash,
    text: version && textFor(version, language, practiceName),
    textMatches: version !== undefined && (await hashOf(plainText(version, language, practiceName))) === textHash,
    uses: (version?.uses ?? []).filter((u) => row.uses.includes(u.code)).map((u) => u.label),
    signerName: signed?.signerName,
    signature: signed?.signature,
    ...(signedAs ? { signedAs: { name: signedAs.name, basis: signedAs.basis, authority: signedAs.authority } } : {}),
  }
}

/** A consent of hers that she may see here. Nothing of it is opened yet. */
const ownConsent = async (tx: Tx, consentId: z.infer<typeof ConsentId>) => {
  const way = await ownWay(tx)
  const { id, signedBy } = await tx.get(consent, { id: consentId, patientId: way.patientId }, [])
  if (!isShown(way, signedBy)) throw earlierIsHidden()
  return { consentId: id, patientId: way.patientId }
}

/** What she signed, as it was shown, to save or to print. @hipaa 164.508(c)(4) copy to the individual */
export const copyOfConsent = action({
  name: 'consent.copy',
  does: 'get a copy of a consent that she signed',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  input: OwnConsent,
  output: ConsentCopy,
  run: async (tx, { consentId }) => copyOf(tx, await ownConsent(tx, consentId)),
})

export const readConsent = action({
  name: 'consent.read',
  does: 'read a signed consent of a patient with its signature',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: roleAlone,
  input: PatientsConsent,
  output: ConsentCopy,
  run: async (tx, which) => {
    await visible(tx, which.patientId)
    return copyOf(tx, which)
  },
})

const revoke = async (
  tx: Tx,
  { consentId, patientId }: z.infer<typeof PatientsConsent>,
  revokedHow: z.infer<typeof RevokedHow>,
) => {
  const row = await tx.lock(consent, { id: consentId, patientId })
  if (row.revokedAt) throw conflict('This was taken back already.')
  if (row.decision === 'declined') throw conflict('This was declined; there is nothing to take back.')
  const revoked = { revokedAt: tx.now, revokedHow }
  await tx.change(consent, { id: row.id, patientId }, revoked)
  await tx.emit(consentRevoked, { consentId: row.id, patientId })
  return lineOf({ ...row, ...revoked }, tx.now)
}

/** From this moment on nothing may rest on it. */
export const revokeConsent = action({
  name: 'consent.revoke',
  does: 'take a consent of her own back',
  purpose: 'patient-request',
  phi: 'clinical',
  patient: own,
  allow: isSelf,
  input: OwnConsent,
  output: ConsentLine,
  run: async (tx, { consentId }) => revoke(tx, await ownConsent(tx, consentId), tx.actor.kind === 'link' ? 'by-link' : 'signed-in'),
})

/** The letter or e-mail goes into the file; it needs no sight of what was signed. */
export const enterRevocation = action({
  name: 'consent.enter-revocation',
  does: "enter a patient's written revocation of a consent",
  purpose: 'patient-request',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: PatientsConsent,
  output: ConsentLine,
  run: async (tx, which) => {
    await visible(tx, which.patientId)
    return revoke(tx, which, 'written-request')
  },
})

export const listConsents = action({
  name: 'consent.list',
  does: 'see what a patient consented to, declined or took back',
  purpose: 'treatment',
  phi: 'clinical',
  patient: whose,
  allow: roleAlone,
  input: z.object({ patientId: PatientId }),
  output: z.array(ConsentLine),
  run: async (tx, { patientId }) => {
    await visible(tx, patientId)
    return linesOf(tx, patientId)
  },
})

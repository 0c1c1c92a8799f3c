import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { z } from 'zod'
import { action } from '#kernel/action.ts'
import { words } from '#kernel/blind.ts'
import { afterMinutes } from '#kernel/clock.ts'
import { conflict, invalid } from '#kernel/errors.ts'
import { LocationId, UserId } from '#kernel/id.ts'
import { roleAlone } from '#kernel/policy.ts'
import { after, oneOf } from '#kernel/statement.ts'
import { OfPatient, patient } from '#schema/patients'
import { location } from '#schema/practices'
import { locationPass, Reason, reviewTask } from './schema.ts'
import { settingsOf } from './settings.ts'

const whose = ({ patientId }: z.infer<typeof OfPatient>) => patientId
const MOST_ALIKE = 20

const Elsewhere = z.object({
  birthDate: z.iso.date(),
  familyName: z.string().trim().min(2).max(80).optional(),
  phone: z.string().trim().min(7).max(40).optional(),
})

const initials = (...names: readonly string[]) => names.map((name) => `${name.charAt(0)}.`).join(' ')
const sameName = (a: string, b: string) => words(a).join(' ') === words(b).join(' ')

/**
 * How somebody finds a patient of another location at all. Not a search: she has to know what the patient says of herself, in full, and
 * learns no more than that there is such a patient, her initials and where she comes. Each try is on record.
 * @hipaa 164.502(b) minimum necessary
 */
export const findElsewhere = action({
  name: 'patient.find-elsewhere',
  does: 'learn whether a person is a patient at another location, by birth date and full family name or phone',
  purpose: 'operations',
  phi: 'identity',
  patient: () => '*',
  reach: 'practice',
  allow: roleAlone,
  input: Elsewhere,
  output: z.array(z.object({ patientId: OfPatient.shape.patientId, initials: z.string(), locations: z.array(z.string()) })),
  run: async (tx, { birthDate, familyName, phone }) => {
    const number = phone === undefined ? undefined : parsePhoneNumberFromString(phone, 'US')?.number
    if (familyName === undefined && number === undefined)
      throw invalid([{ path: 'familyName', message: 'Enter the full family name, or the whole phone number, with the birth date.' }])
    const typed = familyName ?? number ?? ''
    const alike = await tx.search(patient, `${typed} ${birthDate}`, { open: ['givenName', 'familyName', 'phone', 'birthDate'], only: ['locationIds'], limit: MOST_ALIKE })
    const found = alike.filter((p) => p.birthDate === birthDate && (familyName === undefined || sameName(p.familyName, familyName)) && (number === undefined || p.phone === number))
    const { places } = tx.actor
    const elsewhere = found.filter(({ locationIds }) => places !== '*' && !locationIds.some((id) => places.includes(id)))
    const named = new Map((await tx.list(location, {})).map(({ id, name }) => [id, name]))
    return elsewhere.map(({ id, givenName, familyName: family, locationIds }) => ({
      patientId: id, initials: initials(givenName, family), locations: locationIds.flatMap((at) => named.get(at) ?? []),
    }))
  },
})

/** From now on and for the day, this patient is to this person as if she came to a location where she works; somebody reviews the reason. */
export const reachPatient = action({
  name: 'patient.reach',
  does: 'reach a patient of another location for the day, with a reason',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  reach: 'practice',
  changesStanding: true,
  allow: roleAlone,
  input: OfPatient.extend({ reason: Reason }),
  output: z.object({ until: z.string() }),
  run: async (tx, { patientId, reason }) => {
    const { locationIds } = await tx.get(patient, { id: patientId }, [])
    const { places } = tx.actor
    if (places === '*' || locationIds.some((at) => places.includes(at))) throw conflict('She comes to a location where you work: you find her as always.')
    const userId = UserId.parse(tx.actor.id)
    const open = await tx.find(locationPass, { userId, subject: patientId, kind: 'reach', until: after(tx.now), endedAt: null })
    if (open) return { until: open.until }
    const until = afterMinutes(tx.now, (await settingsOf(tx)).reachHours * 60)
    const pass = await tx.add(locationPass, { userId, subject: patientId, kind: 'reach', about: '', since: tx.now, until })
    await tx.add(reviewTask, { kind: 'cross-location', about: pass.id, patientId, whoId: userId, reason, openedAt: tx.now })
    return { until }
  },
})

/** She comes to that location, too, from now on. Possible from a location that has her already, or after reaching her. */
export const shareLocation = action({
  name: 'patient.share-location',
  does: 'add a location to a patient for good',
  purpose: 'operations',
  phi: 'identity',
  patient: whose,
  allow: roleAlone,
  input: OfPatient.extend({ locationId: LocationId }),
  output: z.object({ locationIds: z.array(LocationId) }),
  run: async (tx, { patientId, locationId }) => {
    const { locationIds } = await tx.get(patient, { id: patientId }, [])
    await tx.get(location, { id: oneOf([locationId]) })
    if (locationIds.includes(locationId)) return { locationIds }
    const shared = [...locationIds, locationId]
    await tx.change(patient, { id: patientId }, { locationIds: shared })
    return { locationIds: shared }
  },
})

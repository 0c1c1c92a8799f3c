import { route } from '#kernel/route.ts'
import { askCode } from './ask.ts'
import { endEverywhere, endPortal, ownRepresentatives, portalChoices, portalChoose, portalHome, portalSession, portalVisits } from './me.ts'
import { askContact, confirmContact, ownContact, tryContact } from './own-contact.ts'
import { addPasskey, askPasskey, beginPasskey, listPasskeys, removePasskey, signInByPasskey } from './passkeys.ts'
import {
  confirmForMinor, confirmRepresentation, endRepresentation, listRepresentations, proposeRepresentation, waitingRepresentations,
} from './representations.ts'
import { countCode, countLink, signInByCode, signInByLink } from './sign-in.ts'

const enter = { door: 'public', setsCookie: 'nacre-patient', rate: { max: 30, perSeconds: 60 } } as const
const hers = { door: 'patient' } as const

export const routes = [
  route('POST /api/me/code', askCode, { door: 'public', rate: { max: 20, perSeconds: 60 } }),
  route('POST /api/me/session', signInByCode, { ...enter, first: countCode }),
  route('POST /api/me/session/link', signInByLink, { ...enter, first: countLink }),
  route('POST /api/me/session/passkey/options', askPasskey, { door: 'public', rate: { max: 30, perSeconds: 60 } }),
  route('POST /api/me/session/passkey', signInByPasskey, enter),

  route('GET /api/me/session', portalSession, hers),
  route('DELETE /api/me/session', endPortal, { ...hers, clearsCookie: 'nacre-patient' }),
  route('DELETE /api/me/sessions', endEverywhere, { ...hers, clearsCookie: 'nacre-patient' }),
  route('GET /api/me/choices', portalChoices, hers),
  route('POST /api/me/choose', portalChoose, hers),
  route('GET /api/me', portalHome, hers),
  route('GET /api/me/visits', portalVisits, hers),
  route('GET /api/me/representatives', ownRepresentatives, hers),
  route('GET /api/me/contact', ownContact, hers),
  route('POST /api/me/contact', askContact, hers),
  route('POST /api/me/contact/confirm', confirmContact, { ...hers, first: tryContact, rate: { max: 30, perSeconds: 60 } }),
  route('GET /api/me/passkeys', listPasskeys, hers),
  route('POST /api/me/passkeys/options', beginPasskey, hers),
  route('POST /api/me/passkeys', addPasskey, hers),
  route('DELETE /api/me/passkeys/:passkeyId', removePasskey, hers),

  route('GET /api/representations/waiting', waitingRepresentations),
  route('GET /api/patients/:patientId/representations', listRepresentations),
  route('POST /api/patients/:patientId/representations', proposeRepresentation),
  route('POST /api/patients/:patientId/representations/:representationId/confirm', confirmRepresentation),
  route('POST /api/patients/:patientId/representations/:representationId/confirm-minor', confirmForMinor),
  route('POST /api/patients/:patientId/representations/:representationId/end', endRepresentation),
]

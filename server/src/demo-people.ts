/** People who do not exist, so that a new user finds a day at work. */

export type FormsPlan = 'filled in' | 'begun' | 'only sent'
/** How far a visit is when the newcomer looks. */
export type Stage = 'booked' | 'checked in' | 'in treatment' | 'paid'
type Answers = Record<string, string | boolean | string[]>

export interface DemoPerson {
  givenName: string
  familyName: string
  birthDate: string
  sexAtBirth: 'female' | 'male'
  /** Column of the provider, by the order of the team; time of the location's day; name of the service. */
  today: { column: number; time: string; service: string; stage: Stage }
  forms: FormsPlan
  /** What is answered otherwise than by the others. */
  answers: Answers
  /** Where her photos may be shown in public. None: she declined. */
  publicUses: ('website' | 'social-media' | 'print')[]
}

const person = (name: string, birthDate: string, today: DemoPerson['today'], more: Partial<DemoPerson> = {}): DemoPerson => {
  const [givenName = '', familyName = ''] = name.split(' ')
  return { givenName, familyName, birthDate, sexAtBirth: 'female', today, forms: 'filled in', answers: {}, publicUses: [], ...more }
}
const at = (column: number, time: string, service: string, stage: Stage = 'booked') => ({ column, time, service, stage })

const NEUROTOXIN = 'Neurotoxin treatment'

export const ELENA = person('Elena Vasquez', '1984-03-02', at(0, '09:00', NEUROTOXIN, 'in treatment'), {
  answers: {
    'blood-thinners': ['aspirin'], 'medicines': true, 'medicines-list': 'Levothyroxine 50 mcg, aspirin 81 mg',
    'prior': ['toxin'], 'prior-when': 'Forehead and around the eyes, here', 'prior-reaction': false,
  },
  publicUses: ['website'],
})
export const GRACE = person('Grace Oyelaran', '1981-11-19', at(0, '10:00', NEUROTOXIN, 'checked in'), {
  answers: { 'skin': ['cold-sores', 'keloids'], 'prior': ['toxin'], 'prior-when': 'Between the brows, here', 'prior-reaction': false },
})
export const HANNAH = person('Hannah Lindgren', '1978-07-30', at(0, '11:00', 'Dermal filler'), {
  answers: { 'allergies': ['lidocaine'], 'severe-reaction': true, 'anything-else': 'The reaction was at the dentist, in 2015.' },
})
export const ZOE = person('Zoë Ångström', '1969-10-11', at(2, '09:00', 'Dermal filler', 'paid'), {
  answers: { 'blood-thinners': ['supplements'], 'prior': ['filler'], 'prior-when': 'Lips, two years ago', 'prior-reaction': false },
  publicUses: ['social-media', 'print'],
})

export const PEOPLE: readonly DemoPerson[] = [
  ELENA,
  GRACE,
  HANNAH,
  person('Priya Raman', '1988-01-14', at(0, '14:00', NEUROTOXIN), { answers: { pregnancy: 'pregnant' } }),
  person('Chloé Dubois', '1995-09-05', at(1, '09:30', 'Laser hair removal', 'checked in'), { answers: { skin: ['photosensitivity'], recent: ['sun'] } }),
  person('Marcus Bell', '1972-12-21', at(1, '10:30', 'Chemical peel'), {
    sexAtBirth: 'male',
    answers: {
      'pregnancy': 'not-applicable', 'blood-thinners': ['warfarin'], 'conditions': ['heart', 'blood-pressure'],
      'medicines': true, 'medicines-list': 'Warfarin 5 mg, metoprolol 50 mg',
    },
  }),
  person('Yuki Tanaka', '1990-05-08', at(1, '13:00', 'Consultation'), { forms: 'only sent' }),
  ZOE,
  person('Ines Carvalho', '1983-06-17', at(2, '11:30', NEUROTOXIN), { publicUses: ['website', 'social-media'] }),
  person('Talia Rosen', '1999-02-26', at(2, '15:00', 'Follow-up'), { forms: 'only sent' }),
  person('Bianca Moretti', '1976-08-03', at(3, '10:00', 'Consultation'), { forms: 'begun' }),
  person('Naomi Adeyemi', '1993-04-22', at(3, '13:30', NEUROTOXIN), { answers: { faints: true } }),
]

const nothing: Answers = {
  'allergies': ['none'], 'pregnancy': 'no', 'blood-thinners': ['none'], 'neuromuscular': ['none'], 'conditions': ['none'], 'skin': ['none'],
  'implants': ['none'], 'isotretinoin': 'no', 'recent': ['none'], 'medicines': false, 'prior': ['none'], 'faints': false,
}
/** All that the health questionnaire asks. */
export const answersOf = ({ familyName, answers }: DemoPerson): Answers => ({
  ...nothing, 'emergency-name': `Sam ${familyName}`, 'emergency-phone': '+12125550188', 'emergency-relation': 'Family', ...answers,
})

/** Kept for use in fiction: 555-01xx is nobody's. */
const FICTION = 100
/** How to reach the one who stands at this place of the list. */
export const reachable = ({ familyName }: DemoPerson, place: number) => ({
  phone: `+1212555${String(FICTION + place).padStart(4, '0')}`,
  email: `${familyName.normalize('NFD').replaceAll(/\W/g, '').toLowerCase()}@example.test`,
})

import type { App } from './app.ts'
import { operator } from '#kernel/roles.ts'
import { createPatient } from '#modules/patients'

/** People who do not exist, so that a new user finds a day at work. */
const PEOPLE = [
  ['Elena', 'Vasquez', '1984-03-02'], ['Grace', 'Oyelaran', '1991-11-19'], ['Hannah', 'Lindgren', '1978-07-30'], ['Priya', 'Raman', '1988-01-14'],
  ['Chloé', 'Dubois', '1995-09-05'], ['Marcus', 'Bell', '1972-12-21'], ['Yuki', 'Tanaka', '1990-05-08'], ['Zoë', 'Ångström', '1969-10-11'],
  ['Ines', 'Carvalho', '1983-06-17'], ['Talia', 'Rosen', '1999-02-26'], ['Bianca', 'Moretti', '1976-08-03'], ['Naomi', 'Adeyemi', '1993-04-22'],
] as const

export const fillDemo = async (app: App, { practiceId, locationId }: { practiceId: string; locationId: string; providerIds: string[] }) => {
  const actor = operator(practiceId, 'demo', ['patient.create'])
  for (const [i, [givenName, familyName, birthDate]] of PEOPLE.entries())
    await app.perform(createPatient, actor, {
      givenName, familyName, birthDate, locationId, phone: `+1212555${String(2000 + i * 37)}`, email: `${familyName.normalize('NFD').replaceAll(/\W/g, '').toLowerCase()}@example.test`,
    })
}

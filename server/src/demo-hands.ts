import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { App } from './app.ts'
import { ACTIONS } from '#kernel/action.ts'
import type { Actor } from '#kernel/policy.ts'
import { grantsOf, operator } from '#kernel/roles.ts'

/** The demo practice with the hands that work in it. Everything is done by its people, through the product's own actions. */
export interface DemoPractice {
  app: App
  locationId: string
  timeZone: string
  /** The location's day. */
  today: Temporal.PlainDate
  desk: Actor
  owner: Actor
  /** In the order of the team. */
  providers: readonly Actor[]
  serviceIds: ReadonlyMap<string, string>
}

/** Does one thing as one person; `answer` is what is needed of what comes back. */
export const does = async <T>(app: App, actor: Actor, name: string, input: unknown, answer: z.ZodType<T>): Promise<T> => {
  const action = ACTIONS.get(name)
  if (!action) throw new Error(`no action is named ${name}`)
  return answer.parse(await app.perform(action, actor, input))
}
export const Anything = z.unknown()
export const Made = z.object({ id: z.string() })

const Team = z.array(z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()), isProvider: z.boolean() }))
const Services = z.array(Made.extend({ name: z.string() }))
const Card = z.object({ locations: z.array(Made.extend({ timeZone: z.string() })) })

/** Who works in a practice that is there. Undefined when the newcomer has changed it beyond recognition. */
export const demoPractice = async (app: App, practiceId: string, teamNames: readonly string[]): Promise<DemoPractice | undefined> => {
  const looking = operator(practiceId, 'demo', ['practice.card', 'user.list', 'service.list'])
  const { locations: [place] } = await does(app, looking, 'practice.card', {}, Card)
  const team = await does(app, looking, 'user.list', {}, Team)
  const services = await does(app, looking, 'service.list', {}, Services)
  if (!place) return undefined
  const actorOf = ({ id, roles }: { id: string; roles: string[] }): Actor => ({ kind: 'staff', id, practiceId, roles, grants: grantsOf(roles), places: [place.id] })
  const inRole = (role: string) => team.filter((t) => t.roles.includes(role)).map(actorOf)
  const [desk] = inRole('front-desk')
  const [owner] = inRole('owner')
  if (!desk || !owner) return undefined
  const providers = teamNames.flatMap((name) => team.filter((t) => t.isProvider && t.name === name).map(actorOf))
  return {
    app, locationId: place.id, timeZone: place.timeZone, today: Temporal.Now.plainDateISO(place.timeZone), desk, owner, providers,
    serviceIds: new Map(services.map(({ name, id }) => [name, id])),
  }
}

/** An instant, of a clock at the location. */
export const instantAt = ({ timeZone }: Pick<DemoPractice, 'timeZone'>, day: Temporal.PlainDate, time: string): string =>
  day.toZonedDateTime({ timeZone, plainTime: time }).toInstant().toString({ smallestUnit: 'millisecond' })

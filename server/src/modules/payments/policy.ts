import { z } from 'zod'
import { LocationId } from '#kernel/id.ts'
import { when } from '#kernel/policy.ts'

const AtLocation = z.object({ locationId: LocationId })

/** Asks about a place where she works. Row security would show her an empty till; the refusal says why. */
export const worksAtTill = when(
  'works-here',
  'works at that location',
  ({ actor, input }) => {
    const at = AtLocation.safeParse(input)
    return at.success && (actor.places === '*' || actor.places.includes(at.data.locationId))
  },
  () => ({ why: 'You do not work at this location.', whoCanFix: 'The practice owner, who decides who works where', fix: { label: 'See the team', href: '/team' } }),
)

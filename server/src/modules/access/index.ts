import './controls.ts'
import './jobs.ts'

export { ATTESTATIONS } from './content.ts'
export { foundUnjustified } from './events.ts'
export { brokeGlass, directs, emergency, onCareTeam } from './policy.ts'
export { openGlass } from './glass.ts'
export { recordFact, signAttestation } from './standing.ts'
export { routes } from './routes.ts'

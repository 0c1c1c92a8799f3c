import { route } from '#kernel/route.ts'
import { viewPosture } from './service.ts'

export const routes = [route('GET /api/posture', viewPosture)]

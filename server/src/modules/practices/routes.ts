import { route } from '#kernel/route.ts'
import { addLocation, changeHours, changeService, changeSettings, listHours, listServices, practiceCard } from './service.ts'

export const routes = [
  route('GET /api/practice', practiceCard),
  route('PATCH /api/practice', changeSettings),
  route('POST /api/locations', addLocation),
  route('GET /api/services', listServices),
  route('POST /api/services', changeService),
  route('GET /api/hours', listHours),
  route('PUT /api/hours/:userId', changeHours),
]

import { request, type Parse } from './api.ts'
import type { PalettePatient } from './ui/command-palette.tsx'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function readPatient(value: unknown): PalettePatient[] {
  if (!isObject(value)) return []
  const { id, name, birthDate, nextVisitAt } = value
  if (typeof id !== 'string' || typeof name !== 'string' || typeof birthDate !== 'string') return []
  return [{ id, name, birthDate, ...(typeof nextVisitAt === 'string' && { nextVisitAt }) }]
}

const parsePatients: Parse<PalettePatient[]> = (value) => {
  const list: unknown = isObject(value) ? value.patients : []
  return Array.isArray(list) ? list.flatMap(readPatient) : []
}

/** POST, because what is typed is a name or a birth date and may not stand in a URL. */
export const searchPatients = (query: string, signal: AbortSignal): Promise<PalettePatient[]> =>
  request('POST', '/api/patients/search', parsePatients, { body: { query, limit: 8 }, signal })

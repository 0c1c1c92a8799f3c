import { api, data } from './client'
import type { PalettePatient } from './ui/command-palette.tsx'

/** Those expected today at this location first. POST, because what is typed is a name or a birth date and may not stand in a URL. */
export const searchPatients = (locationId: string, typed: string, signal: AbortSignal): Promise<PalettePatient[]> =>
  data(api.POST('/api/desk/find', { body: { q: typed, locationId }, signal }))

import { isLanguage, type Language } from '../../i18n.ts'

/** Where she is. `attempt` is an opaque id: a phone that reloads the page after the look into the mailbox finds the place again. */
export interface MeSearch {
  attempt?: string | undefined
  copy?: string | undefined
  lang?: Language | undefined
}

export const parseMeSearch = (search: Record<string, unknown>): MeSearch => ({
  ...(typeof search['attempt'] === 'string' && /^sia_\w{26}$/.test(search['attempt']) && { attempt: search['attempt'] }),
  ...(typeof search['copy'] === 'string' && { copy: search['copy'] }),
  ...(isLanguage(search['lang']) && { lang: search['lang'] }),
})

export type GoTo = (where: MeSearch, how?: 'instead') => void

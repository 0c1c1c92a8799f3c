import type { Mapped } from './outcome.ts'
import type { BatchResult, Entry } from './schema.ts'

/** Maps the lines of a batch: sound ones by their source, the first of each; the others with the reason why they are left out. */
export const sift = <D>(entries: readonly Entry[], map: (raw: unknown) => Mapped<D>, sourceOf: (draft: D) => string) => {
  const fresh = new Map<string, { line: number; draft: D }>()
  const leftOut: BatchResult['leftOut'] = []
  let repeated = 0
  for (const { line, resource } of entries) {
    const made = map(resource)
    if ('skip' in made) leftOut.push({ line, how: 'skipped', reason: made.skip })
    else if ('bad' in made) leftOut.push({ line, how: 'bad', reason: made.bad })
    else if (fresh.has(sourceOf(made.draft))) repeated++
    else fresh.set(sourceOf(made.draft), { line, draft: made.draft })
  }
  return { fresh, leftOut, repeated }
}

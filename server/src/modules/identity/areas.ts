import { z } from 'zod'
import content from '../../../../content/action-areas.json' with { type: 'json' }
import { ACTIONS } from '#kernel/action.ts'

/** An action as a person reads it who decides about it. */
export const ActionLine = z.object({ name: z.string(), area: z.string(), does: z.string(), phi: z.enum(['none', 'identity', 'clinical']) })

const sentenceCase = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).replaceAll('-', ' ')
const areaOf = (name: string) => {
  const [word = ''] = name.split('.')
  return content.areas.find(({ words }) => words.includes(word))?.title ?? sentenceCase(word)
}
export const lineOf = (name: string): z.infer<typeof ActionLine> => {
  const { does = name, phi = 'none' } = ACTIONS.get(name) ?? {}
  return { name, area: areaOf(name), does, phi }
}

const order = (area: string) => {
  const at = content.areas.findIndex(({ title }) => title === area)
  return at < 0 ? content.areas.length : at
}
export const byArea = <T extends { area: string; does: string }>(lines: readonly T[]): T[] =>
  lines.toSorted((a, b) => order(a.area) - order(b.area) || a.area.localeCompare(b.area) || a.does.localeCompare(b.does))

import { expect, it } from 'vitest'
import { tokens, type Token } from './theme.ts'

/** WCAG 2.2 relative luminance and contrast. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const grounds: Token[] = ['bg', 'surface', 'sunken', 'hover']
const onGrounds: Token[] = ['ink', 'inkSoft', 'dimmed', 'actionText']
const statusOnSurface: Token[] = ['ok', 'warn', 'danger', 'info', 'accent']
const pairs: [Token, Token][] = [
  ...onGrounds.flatMap((text) => grounds.map((ground): [Token, Token] => [text, ground])),
  ...statusOnSurface.flatMap((text) => (['bg', 'surface'] as const).map((ground): [Token, Token] => [text, ground])),
  ['onAction', 'action'],
  ['onAction', 'actionHover'],
  ['onActionTint', 'actionTint'],
  ['onActionTint', 'actionTintHover'],
  ['accent', 'accentTint'],
  ['ok', 'okTint'],
  ['warn', 'warnTint'],
  ['danger', 'dangerTint'],
  ['info', 'infoTint'],
  ['inkSoft', 'actionTint'],
  ['inkSoft', 'accentTint'],
  ['inkSoft', 'warnTint'],
  ['inkSoft', 'dangerTint'],
  ['onStage', 'stage'],
  ['onStageSoft', 'stage'],
  ['onStage', 'stageLine'],
]

it.each(['light', 'dark'] as const)(
  'in the %s scheme every text can be read on every ground it stands on',
  (scheme) => {
    const colors = tokens[scheme]
    const poor = pairs.filter(([text, ground]) => contrast(colors[text], colors[ground]) < 4.5)
    expect(poor).toEqual([])
  },
)

it.each(['light', 'dark'] as const)('in the %s scheme edges of fields and the focus ring stand out', (scheme) => {
  const colors = tokens[scheme]
  const edges: Token[] = ['lineStrong', 'focus']
  const poor = edges.flatMap((edge) => grounds.filter((ground) => contrast(colors[edge], colors[ground]) < 3))
  expect(poor).toEqual([])
})

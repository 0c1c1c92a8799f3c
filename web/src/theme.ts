import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/**
 * The look of Nacre, in one file. `tokens` is the only place where a colour is written; light and dark come from the
 * same names, and every stylesheet uses them as `var(--n-<name>)`.
 *
 * Every text/background pair below keeps WCAG 2.2 AA (4.5:1 for text, 3:1 for `lineStrong` and `focus`), in both schemes;
 * `theme.test.ts` computes it.
 */
const light = {
  /** pearl: the page */
  bg: '#f6f5f2',
  /** what lies on the page: cards, fields, menus */
  surface: '#ffffff',
  /** a step below the page: table heads, closed hours */
  sunken: '#eeece8',
  hover: '#f1efeb',
  line: '#e1ded8',
  /** the edge of a button, whose text already says that it is one */
  lineMid: '#cbc8c1',
  /** the edge of a field */
  lineStrong: '#85837c',
  ink: '#16211f',
  inkSoft: '#42504d',
  dimmed: '#586461',
  action: '#0c5e59',
  actionHover: '#094b47',
  onAction: '#ffffff',
  actionText: '#0c5e59',
  actionTint: '#e1eeec',
  actionTintHover: '#d3e6e3',
  onActionTint: '#094b47',
  accent: '#9d5239',
  accentTint: '#f7e8e1',
  ok: '#1c6642',
  okTint: '#e2f1e8',
  warn: '#7a4d00',
  warnTint: '#fbeed2',
  danger: '#a81f18',
  dangerTint: '#fbe5e2',
  info: '#275391',
  infoTint: '#e4ecf8',
  focus: '#0c5e59',
  /** surround of photographs: neutral, so that skin keeps its colour */
  stage: '#1d1f1f',
  stageLine: '#3a3d3d',
  onStage: '#f3f2f0',
  onStageSoft: '#b9bbb9',
  veil: 'rgb(22 33 31 / 42%)',
} as const

export type Token = keyof typeof light

const dark: Record<Token, string> = {
  bg: '#111817',
  surface: '#19221f',
  sunken: '#0d1312',
  hover: '#202b28',
  line: '#2c3835',
  lineMid: '#46544f',
  lineStrong: '#7b8a86',
  ink: '#e9edeb',
  inkSoft: '#bec8c5',
  dimmed: '#9aa8a4',
  action: '#1d766f',
  actionHover: '#18645e',
  onAction: '#ffffff',
  actionText: '#74cac1',
  actionTint: '#16332f',
  actionTintHover: '#1c403b',
  onActionTint: '#94dad2',
  accent: '#e3a78f',
  accentTint: '#3a271f',
  ok: '#82cea2',
  okTint: '#173125',
  warn: '#e9bb63',
  warnTint: '#362b14',
  danger: '#f4a097',
  dangerTint: '#3f1f1b',
  info: '#9bbdf0',
  infoTint: '#1b2c45',
  focus: '#74cac1',
  stage: '#0a0c0c',
  stageLine: '#343939',
  onStage: '#f3f2f0',
  onStageSoft: '#b9bbb9',
  veil: 'rgb(4 8 8 / 62%)',
}

export const tokens = { light, dark }

const teal: MantineColorsTuple = [
  '#eef6f5',
  '#dcecea',
  '#b5d8d4',
  '#8ac2bc',
  '#5daaa3',
  '#34918a',
  '#167770',
  '#0c5e59',
  '#094b47',
  '#063633',
]
const copper: MantineColorsTuple = [
  '#fbf3ef',
  '#f5e4dc',
  '#eac9bb',
  '#dfac97',
  '#cf8d73',
  '#bd6f53',
  '#a65a3f',
  '#9d5239',
  '#733b28',
  '#572b1d',
]
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f3f0',
  '#eae8e4',
  '#dcdad5',
  '#c4c2bc',
  '#a3a19b',
  '#7c7b76',
  '#5b5b57',
  '#3f403d',
  '#2a2b29',
]
const ink: MantineColorsTuple = [
  '#e9edeb',
  '#c9d0ce',
  '#a9b3b1',
  '#83908c',
  '#4c5956',
  '#36423f',
  '#26312e',
  '#19221f',
  '#131b19',
  '#0d1312',
]

/** Which tokens carry each of Mantine's colour names: [text, tint]. */
const statusColors = {
  teal: ['onActionTint', 'actionTint'],
  copper: ['accent', 'accentTint'],
  green: ['ok', 'okTint'],
  yellow: ['warn', 'warnTint'],
  orange: ['warn', 'warnTint'],
  red: ['danger', 'dangerTint'],
  blue: ['info', 'infoTint'],
  gray: ['inkSoft', 'sunken'],
} as const satisfies Record<string, readonly [Token, Token]>

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function schemeVariables(scheme: Record<Token, string>): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(scheme)) variables[`--n-${kebab(name)}`] = value
  for (const [name, [text, tint]] of Object.entries(statusColors)) {
    const mantine = `--mantine-color-${name}`
    variables[`${mantine}-text`] = scheme[text]
    variables[`${mantine}-light`] = scheme[tint]
    variables[`${mantine}-light-hover`] = name === 'teal' ? scheme.actionTintHover : scheme[tint]
    variables[`${mantine}-light-color`] = scheme[text]
    variables[`${mantine}-outline`] = scheme[text]
    variables[`${mantine}-outline-hover`] = scheme[tint]
  }
  return {
    ...variables,
    '--mantine-color-body': scheme.bg,
    '--mantine-color-text': scheme.ink,
    '--mantine-color-bright': scheme.ink,
    '--mantine-color-dimmed': scheme.dimmed,
    '--mantine-color-placeholder': scheme.dimmed,
    '--mantine-color-anchor': scheme.actionText,
    '--mantine-color-error': scheme.danger,
    '--mantine-color-success': scheme.ok,
    '--mantine-color-default': scheme.surface,
    '--mantine-color-default-hover': scheme.hover,
    '--mantine-color-default-color': scheme.ink,
    '--mantine-color-default-border': scheme.lineMid,
    '--mantine-color-disabled': scheme.sunken,
    '--mantine-color-disabled-color': scheme.dimmed,
    '--mantine-color-disabled-border': scheme.line,
    '--mantine-color-teal-filled': scheme.action,
    '--mantine-color-teal-filled-hover': scheme.actionHover,
    '--mantine-primary-color-filled': scheme.action,
    '--mantine-primary-color-filled-hover': scheme.actionHover,
    '--mantine-primary-color-light': scheme.actionTint,
    '--mantine-primary-color-light-hover': scheme.actionTintHover,
    '--mantine-primary-color-light-color': scheme.onActionTint,
    '--mantine-primary-color-contrast': scheme.onAction,
    '--mantine-color-red-filled': scheme === dark ? '#b33a31' : scheme.danger,
    '--mantine-color-red-filled-hover': scheme === dark ? '#c2463c' : '#8d1812',
  }
}

/** Give this to MantineProvider together with `theme`. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: schemeVariables(light),
  dark: schemeVariables(dark),
})

const sans = "'Figtree Variable', system-ui, -apple-system, 'Segoe UI', sans-serif"

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  colors: { teal, copper, gray, dark: ink },
  black: light.ink,
  fontFamily: sans,
  headings: {
    fontFamily: sans,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.2' },
      h2: { fontSize: '1.375rem', lineHeight: '1.25' },
      h3: { fontSize: '1.125rem', lineHeight: '1.35' },
      h4: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '0.25rem', sm: '0.375rem', md: '0.5rem', lg: '0.75rem', xl: '1rem' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  shadows: {
    xs: 'none',
    sm: '0 1px 2px rgb(22 33 31 / 6%)',
    md: '0 4px 16px rgb(22 33 31 / 10%)',
    lg: '0 8px 32px rgb(22 33 31 / 14%)',
    xl: '0 16px 48px rgb(22 33 31 / 18%)',
  },
  components: {
    Paper: { defaultProps: { withBorder: true, shadow: undefined } },
    Card: { defaultProps: { withBorder: true, shadow: undefined } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { color: 'var(--n-veil)', backgroundOpacity: 1 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    // In place, so that a menu stays inside its landmark; without the focus holder, which no menu may contain.
    Menu: { defaultProps: { shadow: 'lg', radius: 'md', withinPortal: false, withInitialFocusPlaceholder: false } },
    Combobox: { defaultProps: { withinPortal: false, shadow: 'lg' } },
    Badge: { defaultProps: { radius: 'sm', variant: 'light', tt: 'none' } },
    Anchor: { defaultProps: { underline: 'always' } },
  },
})

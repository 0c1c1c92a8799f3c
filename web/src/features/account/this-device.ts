const DEVICES: [RegExp, string][] = [
  [/iPad|Macintosh(?=.*Mobile)/, 'iPad'],
  [/iPhone/, 'iPhone'],
  [/Android/, 'Android device'],
  [/Macintosh/, 'Mac'],
  [/Windows/, 'Windows computer'],
  [/CrOS/, 'Chromebook'],
  [/Linux/, 'Linux computer'],
]

/** A first name for a passkey: "iPad". */
export const thisDevice = (): string => DEVICES.find(([agent]) => agent.test(navigator.userAgent))?.[1] ?? 'This device'

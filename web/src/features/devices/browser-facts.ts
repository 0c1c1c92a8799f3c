import Bowser from 'bowser'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'

export type Platform = 'windows' | 'macos' | 'ios' | 'ipados' | 'android' | 'linux' | 'chromeos' | 'other'
const NAMES: Record<string, Platform> = { Windows: 'windows', macOS: 'macos', iOS: 'ios', Android: 'android', Linux: 'linux', 'Chrome OS': 'chromeos' }

const hasTouch = () => navigator.maxTouchPoints > 1
/** An iPad says that it is a Mac; a Mac has no touch screen. */
export const platformFrom = (osName: string | undefined, touch: boolean): Platform => {
  const named = NAMES[osName ?? ''] ?? 'other'
  return named === 'macos' && touch ? 'ipados' : named
}
const seen = () => Bowser.parse(navigator.userAgent)
export const ownPlatform = (): Platform => platformFrom(seen().os.name, hasTouch())
/** A name that the person knows her device by, to begin with. */
export const suggestedName = (): string => {
  const { browser, os } = seen()
  return `${ownPlatform() === 'ipados' ? 'iPad' : (os.name ?? 'Computer')}, ${browser.name ?? 'browser'}`
}

/** Tells the register what a browser honestly can: the platform, its own version, whether it is touched. Never how the disk is kept. */
export const reportBrowser = async (): Promise<void> => {
  const { browser } = seen()
  const body = { platform: ownPlatform(), browser: `${browser.name ?? 'Unknown'} ${browser.version ?? ''}`.trim(), touch: hasTouch() ? 'yes' : 'no' } as const
  await data(api.POST('/api/device/browser', { body, headers: { 'Nacre-Background': '1' } })).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error
  })
}

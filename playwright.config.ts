import { defineConfig } from '@playwright/test'
import { findBrowser } from './e2e/support/browser.ts'

const { executablePath, env } = findBrowser()

/** Fingers, a dense screen, and pages laid out as on a device in the hand. */
const touch = { deviceScaleFactor: 2, hasTouch: true, isMobile: true }

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['./e2e/support/tally.ts']],
  use: {
    trace: 'retain-on-failure',
    locale: 'en-US',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      env,
      args: [
        '--use-fake-device-for-media-stream', // a camera that shows a test picture
        '--use-fake-ui-for-media-stream',
        '--font-render-hinting=none', // the same pixels on every machine
      ],
    },
  },
  projects: [
    { name: 'desktop', grepInvert: /@tablet|@phone/, use: { viewport: { width: 1440, height: 900 } } },
    { name: 'tablet', grep: /@tablet/, use: { viewport: { width: 1180, height: 820 }, ...touch } },
    { name: 'phone', grep: /@phone/, use: { viewport: { width: 390, height: 844 }, ...touch } },
  ],
})

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './support/nacre.ts'

/** The pictures of the README. They are taken at each run; with PICTURES=keep they replace those in docs/pictures. */
const take = async (page: Page, name: string, outputPath: (name: string) => string) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.waitForLoadState('networkidle')
  const folder = process.env.PICTURES === 'keep' ? 'docs/pictures' : outputPath('.')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, animations: 'disabled' })
  expect(statSync(path).size).toBeGreaterThan(20_000)
}

test('the pictures of the README show the day, the chart and the trail as they are', async ({ page, browser, nacre, signInAs }, info) => {
  const outputPath = (name: string) => info.outputPath(name)
  test.slow()
  await signInAs('front-desk')
  await page.goto('/calendar')
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
  await take(page, 'calendar', outputPath)
  const [{ id }] = await (await page.request.post('/api/patients/find', { data: { q: 'elena vasq' } })).json()
  await page.goto(`/patients/${id}?tab=notes`)
  await expect(page.getByText('does not include this').first()).toBeVisible()

  const room = await browser.newContext({ baseURL: nacre.url, viewport: { width: 1180, height: 820 } })
  await nacre.signIn(room, 'provider')
  const provider = await room.newPage()
  await provider.goto(`/patients/${id}/chart`)
  await expect(provider.getByRole('heading', { name: 'Elena Vasquez' })).toBeVisible()
  await take(provider, 'chart', outputPath)
  await room.close()

  const office = await browser.newContext({ baseURL: nacre.url, viewport: { width: 1440, height: 900 } })
  await nacre.signIn(office, 'owner')
  const owner = await office.newPage()
  await owner.goto(`/trail?patient=${id}`)
  await expect(owner.getByText(/does not include it/).first()).toBeVisible()
  await owner.getByRole('button', { name: 'Verify now' }).click()
  await expect(owner.getByText(/^Verified/).first()).toBeVisible({ timeout: 30_000 })
  await take(owner, 'trail', outputPath)
  await office.close()
})

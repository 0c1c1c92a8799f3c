import type { BrowserContext, Page } from '@playwright/test'
import { expect, RunningNacre, test } from './support/nacre.ts'

/** A Nacre of its own: sessions that are bound to a device here must not be used by other tests. */
let nacre: RunningNacre
test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  nacre = await RunningNacre.start('demo')
})
test.afterAll(() => nacre.stop())

const DESK_PIN = '418306'
const PROVIDER_PIN = '730529'
let desk: BrowserContext
let page: Page

const setPin = async (pin: string) => {
  await page.goto('/devices/fix')
  await page.getByRole('textbox', { name: /PIN/ }).fill(pin)
  await page.getByRole('button', { name: 'Set PIN' }).click()
  await expect(page.getByText('Your PIN is set.')).toBeVisible()
}

test('a device is enrolled by two people: one asks at it, another approves the code that it shows', async ({ browser, expectAccessible }) => {
  test.slow()
  desk = await browser.newContext({ baseURL: nacre.url, viewport: { width: 1180, height: 820 } })
  await nacre.signIn(desk, 'front-desk')
  page = await desk.newPage()
  await page.goto('/calendar')
  await expect(page.getByText('This device is not enrolled.')).toBeVisible()
  await page.getByRole('link', { name: 'Enrol this device' }).click()
  await page.getByLabel('What do you call it?').fill('Room 2 tablet')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Ask for approval' }).click()
  await expect(page.getByRole('heading', { name: 'Show this code' })).toBeVisible()
  const code = (await page.locator('.n-enrol__code').textContent())?.replaceAll(/\D/g, '') ?? ''
  expect(code).toMatch(/^\d{6}$/)

  const office = await browser.newContext({ baseURL: nacre.url, viewport: { width: 1440, height: 900 } })
  await nacre.signIn(office, 'owner')
  const owner = await office.newPage()
  await owner.goto('/devices')
  await owner.getByRole('button', { name: /Room 2 tablet/ }).click()
  await expect(owner.getByText(`${code.slice(0, 3)} ${code.slice(3)}`)).toBeVisible()
  await owner.getByLabel('The code that the device shows').fill(code === '111111' ? '222222' : '111111')
  await owner.getByRole('button', { name: 'Approve' }).click()
  await expect(owner.getByText('This is not the code that the device shows.').first()).toBeVisible()
  await owner.getByLabel('The code that the device shows').fill(code)
  await owner.getByRole('button', { name: 'Approve' }).click()
  await expect(owner.getByText('Not all known')).toBeVisible()

  await expect(page.getByText('This device is enrolled')).toBeVisible({ timeout: 15_000 })
  await owner.getByRole('button', { name: /Room 2 tablet/ }).click()
  await expect(owner.getByRole('heading', { name: 'Record what you saw' })).toBeVisible()
  await expectAccessible(owner)
  await owner.goto('/devices?tab=rules')
  await expect(owner.getByRole('heading', { name: 'What each kind of device must be' })).toBeVisible()
  await expectAccessible(owner)
  await owner.goto('/devices?tab=reports')
  await expect(owner.getByRole('heading', { name: 'A list from a console' })).toBeVisible()
  await expectAccessible(owner)
  await office.close()
})

test('a session cookie that was stolen from the device opens nothing of a patient', async ({ browser }) => {
  await page.goto('/calendar')
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
  const [session] = (await desk.cookies()).filter(({ name }) => name === 'nacre')
  expect(session).toBeDefined()
  const thief = await browser.newContext({ baseURL: nacre.url })
  await thief.addCookies([{ name: 'nacre', value: session?.value ?? '', url: nacre.url }])
  const stolen = await thief.newPage()
  await stolen.goto('/calendar')
  await expect(stolen.getByText('did not come with that device’s proof').first()).toBeVisible()
  await expect(stolen.getByText('Elena Vasquez')).toHaveCount(0)
  const found = await thief.request.post(`${nacre.url}/api/patients/find`, { data: { q: 'elena vasq' } })
  expect(found.status()).toBe(403)
  await thief.close()
  // At the device, a proof that has run out is renewed without anybody noticing.
  await desk.clearCookies({ name: 'nacre-proof' })
  await page.getByRole('button', { name: /^Elena Vasquez,/ }).first().click()
  await page.reload()
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
})

test('persons change in two taps by their own PIN, and the one before is signed out', async ({ expectAccessible }) => {
  test.slow()
  await setPin(DESK_PIN)
  await expectAccessible(page)
  await nacre.signIn(desk, 'provider')
  await page.goto('/my-day')
  await setPin(PROVIDER_PIN)
  const before = (await desk.cookies()).find(({ name }) => name === 'nacre')?.value

  await page.goto('/my-day')
  await page.getByRole('button', { name: /lock/i }).first().click()
  const tile = page.getByRole('button', { name: /Dana Reyes/ })
  await expect(tile).toBeVisible()
  await tile.click()
  await page.getByRole('textbox', { name: 'PIN' }).fill('999000')
  await page.getByRole('button', { name: 'It is me' }).click()
  await expect(page.getByText('That is not your PIN.').first()).toBeVisible()
  await expectAccessible(page)
  for (const digit of DESK_PIN) await page.getByRole('button', { name: digit, exact: true }).click()
  await page.getByRole('button', { name: 'It is me' }).click()
  await expect(page).toHaveURL(/\/calendar/)
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
  const now = (await desk.cookies()).find(({ name }) => name === 'nacre')?.value
  expect(now).not.toBe(before)
  expect((await (await page.request.get('/api/session')).json()).user.name).toBe('Dana Reyes')
  const old = await fetch(`${nacre.url}/api/session`, { headers: { cookie: `nacre=${before}` } })
  expect(old.status).toBe(401)
})

test('a shared device locks itself after five idle minutes, and the same person is back on her page by PIN', async () => {
  await page.goto('/calendar')
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
  expect((await (await page.request.get('/api/session')).json()).practice.idleMinutes).toBe(5)
  await page.clock.install()
  await page.goto('/calendar')
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
  await page.clock.fastForward('05:01')
  await expect(page.getByRole('heading', { name: 'Locked' })).toBeVisible()
  expect((await page.request.post('/api/patients/find', { data: { q: 'elena' } })).status()).toBe(401)
  await page.getByRole('button', { name: /Dana Reyes/ }).click()
  await page.getByRole('textbox', { name: 'PIN' }).fill(DESK_PIN)
  await page.getByRole('button', { name: 'It is me' }).click()
  await expect(page.getByRole('heading', { name: 'Locked' })).toBeHidden()
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
})

test('a lost device is ended with one tap, wherever it is', async ({ browser }) => {
  const office = await browser.newContext({ baseURL: nacre.url })
  await nacre.signIn(office, 'owner')
  const owner = await office.newPage()
  await owner.goto('/devices')
  await owner.getByRole('button', { name: /Room 2 tablet/ }).click()
  await owner.getByRole('button', { name: 'It was stolen' }).click()
  await expect(owner.getByText('Lost or stolen').first()).toBeVisible()
  await expect.poll(async () => (await page.request.get('/api/session')).status(), { timeout: 10_000 }).toBe(401)
  const [draft] = await (await office.request.get(`${nacre.url}/api/incident-drafts`)).json()
  expect(draft).toMatchObject({ what: 'device-stolen', device: 'Room 2 tablet' })
  await office.close()
  await desk.close()
})

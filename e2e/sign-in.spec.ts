import { generate } from 'otplib'
import { expect, RunningNacre, test } from './support/nacre.ts'

test('a person signs in with password and second factor, locks the screen, unlocks it and signs out', async ({ page, nacre, expectAccessible }) => {
  const login = nacre.login('it-support')
  await page.goto('/sign-in')
  await expectAccessible(page)
  await page.getByLabel('E-mail').fill(login.email)
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password')
  await page.getByLabel('Code from your authenticator').fill('000000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('The e-mail address, the password or the code is wrong.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Password' }).fill(login.password)
  await page.getByLabel('Code from your authenticator').fill(await generate({ secret: login.totpSecret }))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/team/)

  await page.getByRole('button', { name: /lock/i }).first().click()
  await page.getByRole('textbox', { name: /password/i }).fill(login.password)
  await page.getByRole('button', { name: /unlock/i }).click()
  await expect(page.getByRole('button', { name: /unlock/i })).toBeHidden()
  expect((await page.request.get('/api/session')).status()).toBe(200)
})

test('the first visit of a new server opens a set-up page: practice, location, administrator, recovery codes, key back-up', async ({ browser }) => {
  const nacre = await RunningNacre.start('serve')
  const page = await browser.newPage({ baseURL: nacre.url, viewport: { width: 1440, height: 900 } })
  try {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Set up your practice' })).toBeVisible()
    const code = /set-up code (\d{4} \d{4})/.exec(nacre.output)?.[1] ?? ''
    expect(code).not.toBe('')
    await page.getByLabel('Set-up code').fill('0000 0000')
    await page.getByLabel('Name of the practice').fill('Harbour Skin')
    await page.getByLabel('Name of the location').fill('Main')
    await page.getByLabel('Address').fill('1 Pier Road')
    await page.getByLabel('Your name').fill('Ada Owner')
    await page.getByLabel('E-mail').fill('ada@example.test')
    await page.getByRole('textbox', { name: 'Password' }).fill('harbour-violet-onion-91-cliff')
    await page.getByRole('button', { name: 'Continue to the second factor' }).click()
    const secret = (await page.locator('code').first().textContent()) ?? ''
    await page.getByLabel('The six digits it shows now').fill(await generate({ secret }))
    await page.getByRole('button', { name: 'Set up Nacre' }).click()
    await expect(page.getByText('is not the code that the terminal shows').first()).toBeVisible()
    await page.getByLabel('Set-up code').fill(code)
    await page.getByRole('button', { name: 'Set up Nacre' }).click()
    await expect(page.getByRole('heading', { name: 'Keep these two things safe' })).toBeVisible()
    await expect(page.locator('.n-gate__codes li')).toHaveCount(10)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the key back-up' }).click()
    expect((await download).suggestedFilename()).toBe('nacre-key-backup.json')
    await page.getByLabel('I have kept both').check()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    expect((await page.request.post('/api/set-up', { data: {} })).status()).toBe(410)
  } finally {
    await page.close()
    await nacre.stop()
  }
})

import { generate } from 'otplib'
import type { Browser, Page } from '@playwright/test'
import { expect, test, type RunningNacre } from './support/nacre.ts'

const PASSWORD = 'violet-onion-harbour-91-cliff'

/** Whoever opens the link chooses her own secrets. Gives the authenticator's secret, which only she has. */
const join = async (page: Page, link: string): Promise<string> => {
  await page.goto(link)
  await expect(page.getByRole('heading', { name: /^Welcome/ })).toBeVisible()
  const secret = (await page.locator('.n-gate__secret').textContent()) ?? ''
  await page.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD)
  await page.getByLabel('The six digits it shows now').fill(await generate({ secret }))
  await page.getByRole('button', { name: 'Join the team' }).click()
  await expect(page.getByRole('heading', { name: 'You are on the team' })).toBeVisible()
  return secret
}
const signIn = async (page: Page, email: string, secret: string) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByLabel('Code from your authenticator').fill(await generate({ secret }))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).not.toHaveURL(/sign-in/)
}
/** A browser of somebody else. */
const elsewhere = async (browser: Browser, nacre: RunningNacre) => (await browser.newContext({ baseURL: nacre.url, viewport: { width: 1440, height: 900 } })).newPage()

const invite = async (page: Page, who: { name: string; email: string; role: string; why?: string }): Promise<string> => {
  await page.goto('/team')
  await page.getByRole('button', { name: 'Invite a person' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill(who.email)
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(who.name)
  await dialog.getByRole('checkbox', { name: who.role, exact: true }).check()
  if (who.why) await dialog.getByLabel('Why').fill(who.why)
  await dialog.getByRole('button', { name: `Invite ${who.name}` }).click()
  const link = (await dialog.locator('.n-team__link').textContent()) ?? ''
  await dialog.getByRole('button', { name: 'Done' }).click()
  return link
}

// @proves 164.308(a)(3)
test('an owner invites, a second person confirms what a role is to open, and whoever leaves is out in her own browser at once', async ({ page, browser, nacre, signInAs, expectAccessible }) => {
  test.setTimeout(180_000)
  await page.setViewportSize({ width: 1440, height: 900 })
  await signInAs('owner')

  const link = await invite(page, { name: 'Carla Desk', email: 'carla@example.test', role: 'Front desk' })
  expect(link).toMatch(/\/join#[\w-]{43}$/)
  await expect(page.getByText('carla@example.test')).toBeVisible()
  await expectAccessible(page)
  const carla = await elsewhere(browser, nacre)
  await carla.goto(link)
  await expect(carla.getByRole('heading', { name: 'Welcome, Carla Desk' })).toBeVisible()
  expect(carla.url()).not.toContain('#')
  await expectAccessible(carla)
  const carlasSecret = await join(carla, link)
  await expect(carla.locator('.n-gate__codes li')).toHaveCount(10)
  await signIn(carla, 'carla@example.test', carlasSecret)
  await carla.goto(link)
  await expect(carla.getByText('This link no longer works')).toBeVisible()

  // What a role is to open waits for a second person.
  const ruth = await elsewhere(browser, nacre)
  await nacre.signIn(ruth.context(), 'compliance-officer')
  const second = nacre.login('compliance-officer').name
  await page.goto('/team?tab=roles')
  await page.getByRole('row', { name: /Front desk/ }).click()
  await expect(page.getByRole('heading', { name: 'Front desk' })).toBeVisible()
  await page.getByRole('checkbox', { name: 'read the notes of a patient' }).or(page.getByRole('checkbox', { name: /audit trail/ })).first().check()
  const side = page.getByRole('complementary', { name: 'What this changes' })
  await expect(side.getByText('Opens: may')).toBeVisible()
  await expect(side.getByText(/Dana Reyes/).first()).toBeVisible()
  await expect(side.getByText(new RegExp(`when ${second} confirms`))).toBeVisible()
  await expectAccessible(page)
  await side.getByLabel('Why').fill('She answers questions about it')
  await side.getByRole('button', { name: 'Propose it' }).click()
  await expect(page.getByText(/nothing has changed yet/)).toBeVisible()
  await expect(page.getByRole('region', { name: 'Waits for a second person' }).getByRole('button', { name: 'Confirm' })).toHaveCount(0)
  await ruth.goto('/team')
  const waiting = ruth.getByRole('region', { name: 'Waits for a second person' })
  await waiting.getByRole('button', { name: 'What it opens' }).click()
  await expectAccessible(ruth)
  await waiting.getByRole('button', { name: 'Confirm' }).click()
  await expect(waiting).toBeHidden()
  await ruth.goto('/team?tab=changes')
  await expect(ruth.getByText(new RegExp(`confirmed by ${second}`))).toBeVisible()
  await expectAccessible(ruth)

  // The floor of a role is locked, with its words.
  await page.goto('/team?tab=roles&role=marketing')
  await expect(page.getByText('Marketing never opens charts, photos or answers to health questions.').first()).toBeVisible()
  await expect(page.locator('.n-role__action', { hasText: 'Marketing never opens charts' }).first().getByRole('checkbox')).toBeDisabled()

  // She leaves: the browser in which she is signed in is out within seconds.
  await carla.goto('/team')
  await expect(carla.getByRole('heading', { name: 'Team' })).toBeVisible()
  await page.goto('/team')
  await page.getByRole('row', { name: /Carla Desk/ }).click()
  await page.getByRole('button', { name: 'She leaves' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Why').fill('End of contract')
  await dialog.getByLabel(/to confirm/).fill('Carla Desk')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'End her access' }).click()
  await expect(dialog.getByText('Access of Carla Desk ended')).toBeVisible()
  await expect(dialog.getByText(/sessions/).first()).toBeVisible()
  await expect(async () => expect((await carla.request.get('/api/session')).status()).toBe(401)).toPass({ timeout: 5000 })
  await carla.goto('/team')
  await expect(carla).toHaveURL(/sign-in/)
  await carla.context().close()
  await ruth.context().close()
})

test('whoever lost what she signs in with asks, somebody who knows her confirms, and she chooses anew', async ({ page, browser, nacre, signInAs, expectAccessible }) => {
  test.slow()
  await signInAs('owner')
  const lost = await elsewhere(browser, nacre)
  // Somebody of her own, so that nobody else's test finds its login changed.
  const [name, email] = ['Rosa Field', 'rosa@example.test']
  await join(lost, await invite(page, { name, email, role: 'Front desk' }))
  await lost.goto('/sign-in')
  await lost.getByRole('link', { name: 'Cannot sign in?' }).click()
  await expectAccessible(lost)
  await lost.getByLabel('E-mail that you sign in with').fill(email)
  await lost.getByRole('button', { name: 'Ask for help' }).click()
  await expect(lost.getByRole('heading', { name: 'Now speak to somebody' })).toBeVisible()
  await page.goto('/team')
  await page.getByRole('button', { name: `I know it is ${name}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: 'She stands before me' }).check()
  await dialog.getByRole('checkbox', { name: /I am sure/ }).check()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Let her choose new factors' }).click()
  const link = (await dialog.locator('.n-team__link').textContent()) ?? ''
  await lost.goto(link)
  const secret = (await lost.locator('.n-gate__secret').textContent()) ?? ''
  await lost.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD)
  await lost.getByLabel('The six digits it shows now').fill(await generate({ secret }))
  await lost.getByRole('button', { name: 'Renew my sign-in' }).click()
  await expect(lost.getByRole('heading', { name: 'Your sign-in is renewed' })).toBeVisible()
  await expectAccessible(lost)
  await signIn(lost, email, secret)
  await lost.context().close()
})

test('a token for an integration is shown once, does what was chosen, and stops when it is revoked', async ({ page, request, signInAs, expectAccessible }) => {
  await signInAs('owner')
  await page.goto('/team?tab=tokens')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('What is it for?').fill('Website')
  await dialog.getByRole('checkbox', { name: 'see the services of the practice' }).check()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Make the token' }).click()
  const token = (await dialog.locator('.n-team__link').textContent()) ?? ''
  await dialog.getByRole('button', { name: 'Done' }).click()
  const headers = { authorization: `Bearer ${token}` }
  expect((await request.get('/api/services', { headers })).status()).toBe(200)
  expect((await request.get('/api/users', { headers })).status()).toBe(403)
  await page.getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('No program has access').or(page.getByText('Revoked'))).toBeVisible()
  expect((await request.get('/api/services', { headers })).status()).toBe(401)
})

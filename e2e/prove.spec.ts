import { execFileSync } from 'node:child_process'
import { expect, test } from './support/nacre.ts'

test('the owner sees who saw what of a patient, and who was refused, in plain words', async ({ page, browser, nacre, signInAs, expectAccessible }) => {
  const marketing = await browser.newContext({ baseURL: nacre.url })
  await nacre.signIn(marketing, 'marketing')
  await signInAs('owner')
  const [patient] = await (await page.request.post(`${nacre.url}/api/patients/find`, { data: { q: 'va' } })).json()
  expect((await marketing.request.get(`${nacre.url}/api/patients/${patient.id}/card`)).status()).toBe(403)

  await page.goto('/trail')
  await page.getByRole('combobox', { name: 'Patient' }).fill(patient.familyName)
  await page.getByRole('option').first().click()
  await expect(page).toHaveURL(new RegExp(`patient=${patient.id}$`))
  expect(page.url()).not.toContain(patient.familyName)
  await expect(page).toHaveTitle('Audit trail · Nacre')
  const list = page.getByRole('group', { name: 'Audit trail' })
  await expect(list).toContainText('Olivia Hart, owner found a patient')
  await expect(list).toContainText("Jules Baker, marketing tried to see a patient's name")
  await expectAccessible(page)

  await page.getByRole('combobox', { name: 'Outcome' }).click()
  await page.getByRole('option', { name: 'Refused' }).click()
  await expect(list).toContainText('the role does not include it')
  await expect(list).not.toContainText('Olivia Hart')
  await page.getByRole('button', { name: 'I have reviewed this' }).click()
  await expect(page.getByText(/Last reviewed by Olivia Hart/)).toBeVisible()
  await marketing.close()
})

test('the owner has the whole trail verified, and the command line says the same', async ({ page, nacre, signInAs }) => {
  await signInAs('owner')
  await page.goto('/trail')
  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText(/^Verified: \d+ events, unchanged and complete$/)).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText(/^Root [0-9a-f]{64}$/)).toBeVisible()

  const folder = `${nacre.dataDir}/trail-export`
  execFileSync(process.execPath, ['server/src/main.ts', 'trail', 'export', folder], { env: { ...process.env, DATA_DIR: nacre.dataDir } })
  const said = execFileSync(process.execPath, ['verify/nacre-verify.mjs', folder]).toString()
  expect(said).toContain('VERIFIED')
  expect(said).not.toContain('NOT VERIFIED')
})

test('the posture page shows every safeguard with its figures, on a phone too', async ({ page, signInAs, expectAccessible }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signInAs('owner')
  await page.goto('/posture')
  await expect(page.getByRole('heading', { name: 'Nothing about a person is readable in the database' })).toBeVisible()
  await expect(page.getByText(/secret fields lie in encrypted columns/)).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await expectAccessible(page)
})

test('the outbox shows what leaves without what it says, and a carrier is registered with its agreement', async ({ page, signInAs, expectAccessible }) => {
  await signInAs('owner')
  await page.goto('/outbox')
  await page.getByRole('button', { name: 'Booking confirmation' }).first().click()
  await expect(page.getByText('That you read this message is in the audit trail.')).toBeVisible()
  await expectAccessible(page)
  await page.goto('/outbox?show=carriers')
  await page.getByRole('button', { name: 'Register a carrier' }).click()
  await page.getByRole('textbox', { name: 'Company' }).fill('Mail Co')
  await page.getByRole('button', { name: 'Register', exact: true }).click()
  const carrier = page.locator('.n-carrier').filter({ hasText: 'Mail Co' })
  await expect(carrier.getByText('No agreement in force')).toBeVisible()
  await carrier.getByRole('button', { name: 'Record an agreement' }).click()
  await page.getByRole('textbox', { name: 'Signed for the practice by' }).fill('Olivia Hart')
  await page.getByRole('button', { name: 'Record the agreement' }).click()
  await expect(carrier.getByText('Agreement in force', { exact: true })).toBeVisible()
})

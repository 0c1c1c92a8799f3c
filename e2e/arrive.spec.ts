import type { Page } from '@playwright/test'
import { expect, test } from './support/nacre.ts'

const visitOf = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name},`) })

test('the desk checks a patient in with one tap from her visit, and can take it back', { tag: '@tablet' }, async ({ page, signInAs, expectAccessible }) => {
  await signInAs('front-desk')
  await page.goto('/calendar')
  await visitOf(page, 'Marcus Bell').click()
  const visit = page.getByRole('region', { name: 'Visit' })
  await expect(visit).toContainText('Chemical peel')
  await expectAccessible(page)
  await visit.getByRole('button', { name: 'Check in' }).click()
  await expect(visit.getByText('Arrived')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(visit.getByRole('button', { name: 'Check in' })).toBeVisible()
  // A visit is in the address by an opaque id, so that a reload shows it again; no name is.
  expect(decodeURIComponent(page.url())).not.toMatch(/marcus|bell/i)
})

test('two keystrokes find a patient, those expected today first', async ({ page, signInAs }) => {
  await signInAs('front-desk')
  await page.goto('/calendar')
  await expect(visitOf(page, 'Grace Oyelaran')).toBeVisible()
  await page.locator('body').press('o')
  await page.locator('body').press('y')
  const first = page.getByRole('group', { name: 'Patients' }).getByRole('option').first()
  await expect(first).toContainText('Grace Oyelaran')
  await expect(first).toContainText(/born Nov 19, \d{4}/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Grace Oyelaran')
  await expect(page).toHaveTitle('Patient · Nacre')
})

test('the desk cannot open notes or photos, and the screen says why and who can help', async ({ page, signInAs, expectAccessible }) => {
  await signInAs('front-desk')
  await page.goto('/calendar')
  await visitOf(page, 'Priya Raman').click()
  await page.getByRole('button', { name: 'Open the patient’s page' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Priya Raman')
  await expectAccessible(page)
  for (const [tab, heading] of [['Notes', 'Treatment notes are closed to you.'], ['Photos', 'Clinical photos are closed to you.']] as const) {
    await page.getByRole('tab', { name: tab }).click()
    const refusal = page.getByRole('alert')
    await expect(refusal).toContainText(heading)
    await expect(refusal).toContainText('does not include this')
    await expect(refusal).toContainText('The practice owner')
    await expectAccessible(page)
  }
})

test('a visit is dragged to another time, comes back when that is taken, and the keyboard moves it as well', async ({ page, signInAs }) => {
  await signInAs('front-desk')
  await page.goto('/calendar')
  const bianca = visitOf(page, 'Bianca Moretti')
  const naomi = visitOf(page, 'Naomi Adeyemi')
  const [from, onto] = [await bianca.boundingBox(), await naomi.boundingBox()]
  if (!from || !onto) throw new Error('the visits are not on the screen')
  const drag = async (dy: number) => {
    const box = await bianca.boundingBox()
    if (!box) throw new Error('the visit is gone')
    await page.mouse.move(box.x + 40, box.y + 10)
    await page.mouse.down()
    await page.mouse.move(box.x + 40, box.y + 10 + dy, { steps: 8 })
    await page.mouse.up()
  }
  await drag(onto.y - from.y)
  await expect(page.getByText('That time overlaps another visit of this provider.')).toBeVisible()
  await expect.poll(async () => Math.round((await bianca.boundingBox())?.y ?? 0)).toBe(Math.round(from.y))
  await drag(1.6 * 60)
  await expect(page.getByText('Moved to 11:00 AM.')).toBeVisible()
  await bianca.focus()
  await page.keyboard.down('Alt')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.up('Alt')
  await expect(page.getByText('Moved to 10:45 AM.')).toBeVisible()
})

test('the desk books a new patient into a free time', async ({ page, signInAs, expectAccessible }) => {
  await signInAs('front-desk')
  await page.goto('/calendar')
  await page.getByRole('button', { name: 'Book', exact: true }).click()
  await page.getByRole('textbox', { name: 'Patient' }).fill('Wren Okonkwo')
  await page.getByRole('option', { name: 'New patient' }).click()
  await expect(page.getByRole('textbox', { name: 'Last name' })).toHaveValue('Okonkwo')
  for (const [part, text] of [['Month', '6'], ['Day', '17'], ['Year', '1992']] as const) await page.getByRole('textbox', { name: part }).fill(text)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Add patient' }).click()
  await expect(page.getByRole('textbox', { name: 'Patient' })).toHaveValue('Wren Okonkwo')
  await page.getByRole('combobox', { name: 'Service' }).selectOption({ label: 'Follow-up · 15 min' })
  await page.getByRole('combobox', { name: 'With' }).selectOption({ label: 'Mika Lindqvist' })
  await page.getByRole('combobox', { name: 'Time' }).selectOption({ label: '4:00 PM' })
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Book', exact: true }).click()
  await expect(page.getByText('Booked for 4:00 PM.')).toBeVisible()
  await expect(visitOf(page, 'Wren Okonkwo')).toBeVisible()
})

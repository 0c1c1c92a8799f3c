import { expect, test, type RunningNacre } from './support/nacre.ts'
import type { Page } from '@playwright/test'

interface Visit {
  id: string
  patientId: string
  state: string
}
const inNewYork = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(new Date())

/** A visit of today's demo calendar that is there and not yet done. */
const arrivedVisit = async (page: Page, nacre: RunningNacre): Promise<Visit> => {
  const session = await (await page.request.get(`${nacre.url}/api/session`)).json()
  const locationId = session.user.locations[0].id
  const day = await (await page.request.get(`${nacre.url}/api/calendar/day?locationId=${locationId}&date=${inNewYork()}`)).json()
  const visit = day.visits.find(({ state }: Visit) => state === 'checked-in')
  if (!visit) throw new Error('the demo has nobody who has arrived')
  return visit
}

test('the front desk checks out a visit: lines, a discount, cash and change, and a receipt that names neither patient nor treatment', async ({
  page, nacre, signInAs, expectAccessible,
}) => {
  await signInAs('front-desk')
  const visit = await arrivedVisit(page, nacre)
  await page.goto(`/checkout/${visit.id}?patient=${visit.patientId}`)
  const line = page.getByRole('listitem', { name: 'Line 1' })
  const treatment = await line.getByRole('textbox', { name: 'What' }).inputValue()
  expect(treatment).not.toBe('')
  await line.getByRole('textbox', { name: 'Discount' }).fill('5')
  await expect(page.getByText('Saved')).toBeVisible()
  await expectAccessible(page)

  await page.getByText('Cash', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Cash received' }).fill('1000')
  await expect(page.getByText('Change to give back')).toBeVisible()
  await page.getByRole('button', { name: /^Record/ }).click()

  const receipt = page.getByRole('article', { name: 'Receipt' })
  await expect(receipt).toContainText('Services')
  await expect(receipt).toContainText('Change')
  await expect(receipt).not.toContainText(treatment)
  await expect(page).toHaveTitle('Receipt · Nacre')
  await expectAccessible(page)

  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
  await expect(receipt).toBeVisible()
  await page.emulateMedia({ media: 'screen' })

  await page.goto(`/checkout/${visit.id}?patient=${visit.patientId}`)
  await expect(page.getByText(/^Paid:/)).toBeVisible()
})

test('a card number never gets in, and a sale of today can be voided with a reason', async ({ page, nacre, signInAs, expectAccessible }) => {
  await signInAs('front-desk')
  const visit = await arrivedVisit(page, nacre)
  await page.goto(`/checkout/${visit.id}?patient=${visit.patientId}`)
  const slip = page.getByRole('textbox', { name: 'Number on the slip' })
  await slip.fill('4111 1111 1111 1111')
  await page.getByRole('button', { name: /^Record/ }).click()
  await expect(page.getByText('This looks like a card number.')).toBeVisible()
  await slip.fill('042178')
  await page.getByRole('button', { name: /^Record/ }).click()

  await page.getByRole('button', { name: 'Void…' }).click()
  await page.getByRole('textbox', { name: 'Why' }).fill('Charged to the wrong visit')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Void the sale' }).click()
  await expect(page.getByText('VOID', { exact: true })).toBeVisible()
  await expect(page.getByText('Card, given back')).toBeVisible()
})

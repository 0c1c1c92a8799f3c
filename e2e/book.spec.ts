import { expect, test } from './support/nacre.ts'

test('somebody books on her phone without signing in, is never asked about health, and keeps her choices across a reload', { tag: '@phone' }, async ({
  page, expectAccessible,
}) => {
  await page.goto('/book')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What would you like to book?')
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Neurotoxin treatment/ }).click()
  await page.getByRole('button', { name: /^Anyone who is free/ }).click()
  await expect(page.getByRole('button', { name: /^Next available/ })).toBeVisible()
  await expectAccessible(page)

  await page.reload()
  await page.getByRole('button', { name: /^Next available/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('Please enter your first and last name.').first()).toBeVisible()
  await page.getByRole('textbox', { name: 'First name' }).fill('Mara')
  await page.getByRole('textbox', { name: 'Last name' }).fill('Quill')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('textbox', { name: 'Month' }).fill('4')
  await page.getByRole('textbox', { name: 'Day' }).fill('9')
  await page.getByRole('textbox', { name: 'Year' }).fill('1985')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('mara.quill@example.test')
  await page.getByRole('textbox', { name: 'Mobile phone' }).fill('(646) 555-0142')
  await expectAccessible(page)

  // Nothing that says who she is stands in the address or in the browser's storage.
  const kept = await page.evaluate(() => `${window.location.href} ${JSON.stringify({ ...localStorage })} ${JSON.stringify({ ...sessionStorage })}`)
  expect(kept).not.toMatch(/mara|quill|1985|646/i)

  await page.getByRole('button', { name: 'Book this visit' }).click()
  await expect(page.getByRole('heading', { name: 'You are booked' })).toBeVisible()
  await expect(page.getByText(/^Your reference/)).toContainText(/[0-9A-Z]{4}-[0-9A-Z]{4}/)
  await expect(page.getByRole('main')).not.toContainText('Neurotoxin')
  await expectAccessible(page)
})

test('booking speaks Spanish', { tag: '@phone' }, async ({ page, expectAccessible }) => {
  await page.goto('/book')
  await page.getByText('Español').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('¿Qué le gustaría reservar?')
  await page.reload()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('¿Qué le gustaría reservar?')
  await expectAccessible(page)
})

test('a time that somebody else took meanwhile is said so, and nothing typed is lost', { tag: '@phone' }, async ({ page, request, nacre }) => {
  const catalogue = await (await request.get(`${nacre.url}/api/public/catalogue`)).json()
  const service = catalogue.services.find(({ name }: { name: string }) => name === 'Consultation')
  const provider = catalogue.providers[0]
  await page.goto('/book')
  await page.getByRole('button', { name: /^Consultation/ }).click()
  await page.getByRole('button', { name: provider.name }).click()
  await page.getByRole('button', { name: /^Next available/ }).click()
  const startsAt = new URL(page.url()).searchParams.get('time')
  await page.getByRole('textbox', { name: 'First name' }).fill('Ines')
  await page.getByRole('textbox', { name: 'Last name' }).fill('Later')
  await page.getByRole('button', { name: 'Continue' }).click()
  for (const [part, text] of [['Month', '1'], ['Day', '2'], ['Year', '1990']] as const) await page.getByRole('textbox', { name: part }).fill(text)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ines@example.test')
  await page.getByRole('textbox', { name: 'Mobile phone' }).fill('646 555 0143')
  const faster = await request.post(`${nacre.url}/api/public/bookings`, {
    data: {
      serviceId: service.id, locationId: catalogue.locations[0].id, providerId: provider.id, startsAt, givenName: 'Fay', familyName: 'Faster',
      birthDate: '1991-01-01', email: 'fay@example.test', phone: '6465550144',
    },
  })
  expect(faster.status(), await faster.text()).toBe(200)

  await page.getByRole('button', { name: 'Book this visit' }).click()
  await expect(page.getByRole('alert')).toContainText('That time was just taken. Nothing was booked.')
  await page.getByRole('button', { name: /^Next available/ }).click()
  await expect(page.getByRole('textbox', { name: 'First name' })).toHaveValue('Ines')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Book this visit' }).click()
  await expect(page.getByRole('heading', { name: 'You are booked' })).toBeVisible()
})

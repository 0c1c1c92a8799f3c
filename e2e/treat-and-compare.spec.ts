import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { expect, test, type RunningNacre } from './support/nacre.ts'

const fixture = (name: string) => join('server/test/fixtures/photos', name)
const birthDate = '1984-03-02'

/** A browser of somebody else, with a session of its own. */
const elsewhere = (browser: Browser, nacre: RunningNacre) => browser.newContext({ baseURL: nacre.url })

interface Patient {
  id: string
  name: string
}
let patients = 0

/** Somebody new, whom the desk books with the provider today, wherever the provider's day has room. */
const newPatient = async (browser: Browser, nacre: RunningNacre): Promise<Patient> => {
  const desk = await elsewhere(browser, nacre)
  await nacre.signIn(desk, 'front-desk')
  const get = async (path: string) => (await desk.request.get(path)).json()
  const { user } = await get('/api/session')
  const [{ id: locationId, timeZone }] = user.locations
  const provider = (await get('/api/users')).find(({ name }: { name: string }) => name === nacre.login('provider').name)
  const service = (await get('/api/services')).find(({ providerIds }: { providerIds: string[] }) =>
    providerIds.includes(provider.id),
  )
  const [givenName, familyName] = ['Renata', `Trial${++patients}x${Date.now() % 100_000}`]
  const { id } = await (
    await desk.request.post('/api/patients', { data: { givenName, familyName, birthDate, locationId } })
  ).json()
  const today = new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date())
  const hours = Array.from({ length: 12 }, (_, i) => i + 11)
  for (const hour of hours) {
    const data = {
      patientId: id,
      locationId,
      providerId: provider.id,
      serviceId: service.id,
      startsAt: `${today}T${hour}:05:00.000Z`,
    }
    if ((await desk.request.post('/api/appointments', { data })).status() !== 200) continue
    await desk.close()
    return { id, name: `${givenName} ${familyName}` }
  }
  throw new Error('the provider has no room today')
}

/** The desk hands the forms over, and the patient fills them in on her own phone. */
const fillForms = async (browser: Browser, nacre: RunningNacre, { id: patientId, name }: Patient) => {
  const desk = await elsewhere(browser, nacre)
  await nacre.signIn(desk, 'front-desk')
  const link = await desk.request.post(`/api/patients/${patientId}/forms-link`, { data: { sentBy: 'hand-over' } })
  const token = /#(\S+)$/.exec((await link.json()).url)?.[1]
  const phone = await elsewhere(browser, nacre)
  const send = async (path: string, data: object, method = 'POST') =>
    expect((await phone.request.fetch(path, { method, data })).status(), path).toBe(200)
  await send('/api/visit/open', { token, birthDate })
  const answers = {
    pregnancy: 'no',
    neuromuscular: ['none'],
    skin: ['none'],
    implants: ['none'],
    isotretinoin: 'no',
    recent: ['none'],
    prior: ['none'],
    faints: false,
    'severe-reaction': false,
    allergies: ['lidocaine'],
    'blood-thinners': ['aspirin'],
    conditions: ['none'],
    medicines: false,
    'emergency-name': 'Sam Vasquez',
    'emergency-phone': '+12125550199',
  }
  await send('/api/visit/form/submit', { language: 'en', answers })
  const { texts } = await (await phone.request.get('/api/visit/consents')).json()
  for (const { kind, version, hash } of texts)
    if (kind !== 'marketing-photos')
      await send('/api/visit/consents', {
        kind,
        version,
        hash: hash.en,
        language: 'en',
        decision: 'accepted',
        signature: { method: 'typed', text: name },
      })
  await desk.close()
  await phone.close()
}

const openChart = async (page: Page, { name }: Patient) => {
  await page.goto('/my-day')
  await page.getByRole('link', { name }).click()
  await expect(page.getByRole('heading', { name })).toBeVisible()
}

test(
  'a provider is warned, photographs with consent only, writes a note that survives a reload, signs it for good, and compares before and after',
  { tag: '@tablet' },
  async ({ page, browser, nacre, signInAs, expectAccessible }) => {
    test.slow()
    await signInAs('provider')
    const patient = await newPatient(browser, nacre)
    await openChart(page, patient)
    await expect(page.getByText('No health questionnaire yet.')).toBeVisible()
    await expectAccessible(page)

    // Without consent no photo is taken: the page says why and who can help, and keeps the photo until that is solved.
    await page.getByRole('button', { name: 'Photos' }).click()
    await page.getByLabel('Photo files').setInputFiles(fixture('face-nasa-public-domain.jpg'))
    await expect(page.getByRole('alert').filter({ hasText: 'consent' })).toContainText('Who can help')
    await expect(page.getByRole('link', { name: 'Send the forms' })).toBeVisible()
    await expectAccessible(page)
    await fillForms(browser, nacre, patient)
    await page.getByRole('button', { name: 'Send again' }).click()
    await expect(page.getByRole('img', { name: /^Front, / })).toBeVisible()
    await page
      .getByLabel('Photo files')
      .setInputFiles([fixture('turned.heic'), fixture('text.jpg'), fixture('truncated.jpg')])
    await expect(page.getByRole('img', { name: /^Front, / })).toHaveCount(2)
    await expect(page.getByText('This file is not a photo')).toBeVisible()
    await expect(page.getByText('This photo is damaged')).toBeVisible()
    await page.getByRole('button', { name: 'Dismiss' }).first().click()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect(page.getByText('not kept')).toHaveCount(0)

    await openChart(page, patient)
    const alerts = page.getByRole('region', { name: 'Alerts' })
    await expect(alerts).toContainText('Allergy: lidocaine')
    await expect(alerts).toContainText('Takes aspirin')

    await page.getByRole('button', { name: 'Write note' }).click()
    await page.getByLabel('Findings').fill('Moderate glabellar lines at rest.')
    await page.getByRole('button', { name: 'New lot' }).click()
    await page.getByLabel('Lot number').fill('C7711C3')
    await page.getByLabel('Expires on').fill('2030-08-31')
    await page.getByRole('button', { name: 'Put on the shelf' }).click()
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(page.getByRole('group', { name: 'The next point' }).getByLabel('Lot')).toHaveValue('C7711C3')
    const face = page.getByRole('group', { name: 'Face, front view. Tap to place a point.' })
    await face.scrollIntoViewIfNeeded()
    const box = await face.boundingBox()
    for (const x of [0.42, 0.5, 0.58])
      await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) * x, (box?.y ?? 0) + (box?.height ?? 0) * 0.36)
    await expect(page.getByText('12 units')).toBeVisible()
    await expect(page.getByText('Saved', { exact: true })).toBeVisible()
    await expectAccessible(page)
    await page.reload()
    await expect(page.getByLabel('Findings')).toHaveValue('Moderate glabellar lines at rest.')
    await expect(page.getByText('12 units')).toBeVisible()

    await page.getByRole('button', { name: 'Sign', exact: true }).click()
    await page.getByRole('button', { name: 'Sign and lock' }).click()
    await expect(page.getByText('Unchanged since')).toBeVisible()
    await expect(page.getByLabel('Findings')).toHaveCount(0)
    await page.getByLabel('Addendum').fill('Called next day: no pain.')
    await page.getByRole('button', { name: 'Add to the note' }).click()
    await expect(page.getByRole('region', { name: 'Addenda' })).toContainText('Called next day: no pain.')
    await expectAccessible(page)

    await page.goto(`/patients/${patient.id}/photos`)
    const ticks = page.getByRole('checkbox', { name: /^Choose/ })
    await ticks.nth(0).check({ force: true })
    await ticks.nth(1).check({ force: true })
    await page.getByRole('button', { name: 'Compare' }).click()
    const pictures = page.getByRole('region', { name: 'Compare two photographs' }).locator('img')
    await expect(pictures).toHaveCount(2)
    for (const at of [0, 1])
      await expect.poll(() => pictures.nth(at).evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)
    const zooms = () => pictures.evaluateAll((all) => all.map((img) => img.style.transform))
    await page.getByRole('button', { name: 'Zoom in' }).click()
    for (const mode of ['Side by side', 'Slider']) {
      await page.getByText(mode).click()
      const [before, after] = await zooms()
      expect(before).toBe(after)
      expect(before).toContain('1.5')
    }
    await expectAccessible(page)
  },
)

test(
  'photos are taken with the camera of the device, inside the page, and go straight to the record',
  { tag: '@tablet' },
  async ({ page, context, browser, nacre, signInAs }) => {
    await context.grantPermissions(['camera'])
    await signInAs('provider')
    const patient = await newPatient(browser, nacre)
    await fillForms(browser, nacre, patient)
    await page.goto(`/patients/${patient.id}/photos`)
    await page.getByRole('button', { name: 'Take photos' }).click()
    const shutter = page.getByRole('button', { name: 'Take photo', exact: true })
    await expect(shutter).toBeEnabled()
    await expect(shutter).toBeInViewport()
    await shutter.click()
    await page.getByRole('button', { name: 'Use photo' }).click()
    const photos = async () => (await page.request.get(`/api/patients/${patient.id}/photos`)).json()
    await expect.poll(async () => (await photos()).map(({ state }: { state: string }) => state)).toEqual(['ready'])
  },
)

for (const role of ['front-desk', 'marketing'])
  test(`${role}: chart and photos stay closed, and the page says why and who can change it`, async ({
    page,
    browser,
    nacre,
    signInAs,
    expectAccessible,
  }) => {
    const patient = await newPatient(browser, nacre)
    await signInAs(role)
    for (const place of ['chart', 'photos']) {
      await page.goto(`/patients/${patient.id}/${place}`)
      const refusal = page.getByRole('alert')
      await expect(refusal).toContainText('does not include this')
      await expect(refusal).toContainText('The practice owner')
      await expect(refusal.getByRole('link', { name: 'Ask for access' })).toBeVisible()
      await expect(page.getByText(patient.name)).toHaveCount(0)
      await expectAccessible(page)
    }
  })

import { request, type Page } from '@playwright/test'
import { expect, test, type RunningNacre } from './support/nacre.ts'

const BORN = { Month: '4', Day: '9', Year: '1985' }
let patients = 0

/** A patient of her own for each test. */
const newPatient = async (page: Page, nacre: RunningNacre): Promise<string> => {
  const session = await (await page.request.get(`${nacre.url}/api/session`)).json()
  const locationId = session.user.locations[0].id
  const made = await page.request.post(`${nacre.url}/api/patients`, {
    data: {
      givenName: 'Mina',
      familyName: `Forms${++patients}`,
      birthDate: '1985-04-09',
      email: 'mina@example.test',
      locationId,
    },
  })
  return (await made.json()).id
}
/** What the code that the desk shows leads to. */
const codeAtDesk = async (page: Page, nacre: RunningNacre): Promise<string> => {
  const id = await newPatient(page, nacre)
  const link = await page.request.post(`${nacre.url}/api/patients/${id}/forms-link`, { data: { sentBy: 'hand-over' } })
  expect(link.status(), await link.text()).toBe(200)
  return new URL((await link.json()).url).hash
}
const open = async (page: Page, hash: string) => {
  await page.goto(`/visit${hash}`)
  for (const [part, value] of Object.entries(BORN)) await page.getByRole('textbox', { name: part }).fill(value)
  await page.getByRole('button', { name: 'Open my forms' }).click()
}
const onward = (page: Page) => page.getByRole('button', { name: 'Continue' }).click()
const draw = async (page: Page) => {
  const pad = page.locator('canvas')
  await pad.scrollIntoViewIfNeeded()
  const box = await pad.boundingBox()
  if (!box) throw new Error('there is no pad')
  await page.mouse.move(box.x + 30, box.y + 50)
  await page.mouse.down()
  await page.mouse.move(box.x + 120, box.y + 80, { steps: 8 })
  await page.mouse.up()
}

test('a patient fills in her forms on a phone by a link that works once, and nothing of it stays on the device @phone', async ({
  page,
  nacre,
  signInAs,
  context,
  expectAccessible,
}) => {
  // The whole way, question by question, with an audit of each kind of page.
  test.slow()
  await signInAs('front-desk')
  const hash = await codeAtDesk(page, nacre)
  await context.clearCookies()

  await page.goto(`/visit${hash}`)
  await expect(page.getByRole('heading', { name: 'Your forms' })).toBeVisible()
  await expectAccessible(page)
  await open(page, hash)
  await expect(page.getByRole('heading', { name: 'Hello Mina' })).toBeVisible()
  // The token is gone from the address, and the page's title names nobody.
  expect(new URL(page.url()).hash).toBe('')
  await expect(page).toHaveTitle('Your visit · Nacre')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Begin' }).click()
  await onward(page)
  await expect(page.getByText('Please answer this to continue.')).toBeVisible()
  await page.getByText('Something else').click()
  await onward(page)
  await page.getByRole('textbox').fill('strawberries')
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  await expectAccessible(page)

  // Neither a reload nor a dropped connection loses a word.
  await page.reload()
  await expect(page.getByRole('textbox')).toHaveValue('strawberries')
  await context.setOffline(true)
  await page.getByRole('textbox').fill('strawberries and kiwi')
  await expect(page.getByText('Not saved yet', { exact: false })).toBeVisible()
  await context.setOffline(false)
  await expect(page.getByText('Saved', { exact: true })).toBeVisible({ timeout: 20_000 })
  await onward(page)

  for (const [question, answer] of [
    ['severe allergic reaction', 'No'],
    ['pregnant', 'I am breastfeeding'],
    ['take any of these', 'None of these'],
    ['nerves or muscles', 'No'],
    ['have you had, any', 'None of these'],
    ['apply to your skin', 'None of these'],
    ['anything implanted', 'No'],
    ['isotretinoin', 'No'],
    ['of these lately', 'None of these'],
    ['take any medicines', 'No'],
    ['had before', 'None of these'],
    ['faint easily', 'No'],
  ] as const) {
    await expect(page.getByRole('heading', { name: question })).toBeVisible()
    await page.getByText(answer, { exact: true }).click()
    await onward(page)
  }
  await page.getByRole('textbox', { name: 'Name' }).fill('Ida Forms')
  await page.getByRole('textbox', { name: 'Phone' }).fill('+1 212 555 0142')
  await onward(page)
  await onward(page)
  await expect(page.getByRole('button', { name: /strawberries and kiwi/ })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Send my answers' }).click()

  await expect(page.getByRole('heading', { name: 'Consent to treatment' })).toBeVisible()
  await page.getByRole('button', { name: 'I agree and sign' }).click()
  await expect(page.getByText('Please sign in the box')).toBeVisible()
  await draw(page)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'I agree and sign' }).click()

  await expect(page.getByRole('heading', { name: 'Photos for your record' })).toBeVisible()
  await page.getByText('Type', { exact: true }).click()
  await page.getByLabel('Type your full name').fill('Mina Forms')
  await page.getByRole('button', { name: 'I agree and sign' }).click()

  // The authorization: nothing ticked, and a "No thanks" that is as big as the other button.
  await expect(page.getByRole('heading', { name: 'May we show your photos to others?' })).toBeVisible()
  expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0)
  const no = await page.getByRole('button', { name: 'No thanks' }).boundingBox()
  const yes = await page.getByRole('button', { name: 'I authorize and sign' }).boundingBox()
  expect([no?.width, no?.height]).toEqual([yes?.width, yes?.height])
  await expectAccessible(page)
  await page.getByRole('button', { name: 'No thanks' }).click()

  await expect(page.getByRole('heading', { name: 'All done, Mina' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /Photos for your record/ }).click()
  await expect(page.getByText('Signed by Mina Forms')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Back to my forms' }).click()
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('button', { name: 'Close my forms' }).click()
  await expect(page.getByRole('heading', { name: 'Your forms are closed' })).toBeVisible()

  expect((await context.cookies()).filter((cookie) => cookie.name === 'nacre-link')).toEqual([])
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toMatch(
    /Mina|kiwi|1985/,
  )
  await page.goto('/visit')
  await expect(page.getByRole('heading', { name: 'Please open your link again' })).toBeVisible()
  await page.goto('/book')
  await open(page, hash)
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible()
  await expectAccessible(page)
})

test('a patient reads everything in Spanish, and her choice of language survives a reload @phone', async ({
  page,
  nacre,
  signInAs,
  context,
}) => {
  await signInAs('front-desk')
  const hash = await codeAtDesk(page, nacre)
  await context.clearCookies()
  await open(page, hash)
  await expect(page.getByRole('heading', { name: 'Hello Mina' })).toBeVisible()
  await page.getByText('Español').click()
  await expect(page.getByRole('heading', { name: 'Hola, Mina' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Hola, Mina' })).toBeVisible()
  await page.getByRole('button', { name: 'Mostrar sus fotos a otras personas' }).click()
  await expect(page.getByText('Nada depende de ello')).toBeVisible()
  await page.getByRole('button', { name: 'No, gracias' }).click()
  await expect(page.getByRole('heading', { name: 'algo de esto' })).toBeVisible()
})

test('the front desk sees how far the forms are and shows a code to scan, but not what they say', async ({
  page,
  nacre,
  signInAs,
  expectAccessible,
}) => {
  await signInAs('front-desk')
  const patientId = await newPatient(page, nacre)
  await page.goto(`/patients/${patientId}?tab=forms`)
  await page.getByRole('button', { name: 'Show code to scan' }).click()
  await expect(page.getByRole('img', { name: 'Code that opens the forms' })).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Send by e-mail' }).click()
  await expect(page.getByText('A new link is on its way')).toBeVisible()
  await expectAccessible(page)
  const stranger = await request.newContext()
  expect((await stranger.get(`${nacre.url}/api/patients/${patientId}/forms`)).status()).toBe(401)
  await stranger.dispose()
})

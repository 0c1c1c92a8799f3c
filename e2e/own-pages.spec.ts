import { request, type BrowserContext, type Page } from '@playwright/test'
import { expect, test, type RunningNacre } from './support/nacre.ts'

// Each waits for letters, signs in more than once and is audited page by page.
test.slow()

const BORN = { Month: '4', Day: '9', Year: '1985' }
const PARENT = { Month: '5', Day: '5', Year: '1980' }
let people = 0

interface Desk {
  patient: (more: object) => Promise<string>
  post: (path: string, data: object) => Promise<{ id: string }>
}
/** What the front desk does beside: requests of a session of its own. */
const desk = async (nacre: RunningNacre, context: BrowserContext): Promise<Desk> => {
  await nacre.signIn(context, 'front-desk')
  const { cookies } = await context.storageState()
  await context.clearCookies()
  const hands = await request.newContext({ baseURL: nacre.url, storageState: { cookies, origins: [] } })
  const { user } = await (await hands.get('/api/session')).json()
  const post = async (path: string, data: object) => {
    const answer = await hands.post(path, { data })
    expect(answer.status(), await answer.text()).toBe(200)
    return answer.json()
  }
  const patient = async (more: object) =>
    (await post('/api/patients', { givenName: 'Mina', familyName: `Own${++people}`, birthDate: '1985-04-09', locationId: user.locations[0].id, ...more })).id
  return { patient, post }
}
/** What stands in the outbox, as the owner reads it while no carrier is registered. */
const newestLetter = async (nacre: RunningNacre, context: BrowserContext, to: string): Promise<string> => {
  const mine = await context.storageState()
  await nacre.signIn(context, 'owner')
  const { cookies } = await context.storageState()
  await context.clearCookies()
  await context.addCookies(mine.cookies)
  const owner = await request.newContext({ baseURL: nacre.url, storageState: { cookies: cookies.filter(({ name }) => name === 'nacre'), origins: [] } })
  let body = ''
  await expect
    .poll(async () => {
      const { messages } = await (await owner.get('/api/outbox')).json()
      for (const { id, patientId, template } of messages.slice(0, 6)) {
        if (template !== 'sign-in-code' && template !== 'address-code') continue
        const letter = await (await owner.get(`/api/outbox/${id}${patientId ? `?patientId=${patientId}` : ''}`)).json()
        if (letter.recipient !== to) continue
        body = letter.body
        return true
      }
      return false
    })
    .toBe(true)
  await owner.dispose()
  return body
}
const codeIn = (letter: string) => /\b\d{6}\b/.exec(letter)?.[0] ?? 'none'

const fillBirthDate = async (page: Page, born: Record<string, string>) => {
  for (const [part, value] of Object.entries(born)) await page.getByRole('textbox', { name: part }).fill(value)
}
const signIn = async (page: Page, nacre: RunningNacre, email: string, born: Record<string, string> = BORN) => {
  await page.goto('/me')
  await page.getByRole('textbox', { name: 'E-mail address or mobile number' }).fill(email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await expect(page.getByRole('heading', { name: 'Enter your code' })).toBeVisible()
  const code = codeIn(await newestLetter(nacre, page.context(), email))
  await page.getByRole('textbox', { name: 'Code of six digits' }).fill(code)
  await fillBirthDate(page, born)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('a patient signs in on her phone with a code and her birth date, without a password, and signs out @phone', async ({ page, nacre, context, expectAccessible }) => {
  const { patient } = await desk(nacre, context)
  await patient({ email: 'mina-code@example.test' })
  await page.goto('/me')
  await expect(page).toHaveTitle('Your pages · Nacre')
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'E-mail address or mobile number' }).fill('mina-code@example.test')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await expect(page.getByText('If we know this address, a code is on its way.')).toBeVisible()
  await expectAccessible(page)
  const letter = await newestLetter(nacre, context, 'mina-code@example.test')

  // A phone that reloads the page after the look into the mailbox finds the place again.
  await page.reload()
  await page.getByRole('textbox', { name: 'Code of six digits' }).fill(codeIn(letter))
  await fillBirthDate(page, { ...BORN, Year: '1986' })
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('The code and the birth date do not go together')).toBeVisible()
  await expectAccessible(page)
  await fillBirthDate(page, BORN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Hello Mina' })).toBeVisible()
  await expect(page.getByText('No visit is booked.')).toBeVisible()
  await expect(page.getByText('m…@example.test')).toBeVisible()
  await expectAccessible(page)
  expect(page.url()).not.toContain('sia_')
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toMatch(/Mina|1985|example/)

  await page.getByRole('button', { name: 'Open the forms' }).click()
  await expect(page.getByRole('heading', { name: 'Hello Mina' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Begin' })).toBeVisible()
  await page.getByRole('link', { name: 'Back to my page' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Your pages' })).toBeVisible()
  expect((await context.cookies()).filter(({ name }) => name === 'nacre-patient')).toEqual([])
})

test('a patient signs in by the link of the message, in Spanish @phone', async ({ page, nacre, context, expectAccessible }) => {
  const { patient } = await desk(nacre, context)
  await patient({ email: 'mina-link@example.test', language: 'es' })
  await page.goto('/me?lang=es')
  await page.getByRole('textbox', { name: 'Correo electrónico o número de móvil' }).fill('mina-link@example.test')
  await page.getByRole('button', { name: 'Enviarme un código' }).click()
  await expect(page.getByRole('heading', { name: 'Escriba su código' })).toBeVisible()
  const letter = await newestLetter(nacre, context, 'mina-link@example.test')
  expect(letter).toContain('Su código para')
  const hash = /\/me(#\w+)/.exec(letter)?.[1] ?? ''
  await page.goto('/book')
  await page.goto(`/me?lang=es${hash}`)
  await expect(page.getByRole('heading', { name: 'Ya casi está' })).toBeVisible()
  await expectAccessible(page)
  await fillBirthDate(page, { Mes: '4', Día: '9', Año: '1985' })
  await page.getByRole('button', { name: 'Entrar', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Hola, Mina' })).toBeVisible()
  await expectAccessible(page)
  expect(new URL(page.url()).hash).toBe('')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Hola, Mina' })).toBeVisible()
})

test('a patient adds a passkey and signs in with it the next time @phone', async ({ page, nacre, context, expectAccessible }) => {
  const { patient } = await desk(nacre, context)
  await patient({ email: 'mina-key@example.test' })
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
  await signIn(page, nacre, 'mina-key@example.test')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByText('The passkey is there.')).toBeVisible()
  await expect(page.getByText('My phone')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('heading', { name: 'Hello Mina' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('My phone')).toBeHidden()
})

test('a parent signs in and signs a minor’s consents in her own name @phone', async ({ page, nacre, context, expectAccessible }) => {
  const { patient, post } = await desk(nacre, context)
  const born = `${new Date().getFullYear() - 12}-01-01`
  const [kim, sib] = [await patient({ givenName: 'Kim', birthDate: born }), await patient({ givenName: 'Sib', birthDate: born })]
  for (const id of [kim, sib]) {
    const today = new Date().toISOString().slice(0, 10)
    const made = await post(`/api/patients/${id}/representations`, {
      name: 'Pat Parent', email: 'pat@example.test', birthDate: '1980-05-05', basis: 'minor-child', scopes: ['forms', 'visits'], startsOn: today,
    })
    await post(`/api/patients/${id}/representations/${made.id}/confirm-minor`, { note: 'Both were here.' })
  }
  await signIn(page, nacre, 'pat@example.test', PARENT)
  await expect(page.getByRole('heading', { name: 'For whom are you here?' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /Kim/ }).click()
  await expect(page.getByRole('heading', { name: 'For Kim' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Open the forms' }).click()
  await expect(page.getByText('You fill in and sign for a person under 18.')).toBeVisible()
  // Photos of a minor are shown to nobody: she is not even asked.
  await expect(page.getByText('Showing your photos to others')).toBeHidden()
  await page.getByRole('button', { name: /Consent to treatment/ }).click()
  await page.getByText('Type', { exact: true }).click()
  await page.getByLabel('Type your full name').fill('Pat Parent')
  await page.getByRole('button', { name: 'I agree and sign' }).click()
  // On to what is still open: the health questions come first.
  await page.waitForURL(/step=health/)
  await page.goto('/me')
  await page.getByRole('button', { name: /Consent to treatment/ }).click()
  await expect(page.getByText('Signed by Pat Parent')).toBeVisible()
  await expect(page.getByText('On behalf of the patient. Parent of an unemancipated minor')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Back to my page' }).click()
  await page.getByRole('button', { name: 'Change person' }).click()
  await page.getByRole('button', { name: /Sib/ }).click()
  await expect(page.getByRole('heading', { name: 'For Sib' })).toBeVisible()
  await expect(page.getByText('Nothing is signed yet.')).toBeVisible()
})

test('a code of the desk shows nothing from before until a code to her own address was typed @phone', async ({ page, nacre, context, expectAccessible }) => {
  const { patient, post } = await desk(nacre, context)
  const id = await patient({ email: 'mina-earlier@example.test' })
  await signIn(page, nacre, 'mina-earlier@example.test')
  await page.getByRole('button', { name: 'Open the forms' }).click()
  await page.getByRole('button', { name: /Consent to treatment/ }).click()
  await page.getByRole('button', { name: 'I do not agree now' }).click()
  // On to what is still open: the health questions come first.
  await page.waitForURL(/step=health/)
  await context.clearCookies()
  const link = (await post(`/api/patients/${id}/forms-link`, { sentBy: 'hand-over' })) as unknown as { url: string }
  await page.goto('/book')
  await page.goto(`/visit${new URL(link.url).hash}`)
  await fillBirthDate(page, BORN)
  await page.getByRole('button', { name: 'Open my forms' }).click()
  await expect(page.getByText('You filled in or signed something here before.')).toBeVisible()
  await expect(page.getByText('You said no')).toBeHidden()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await expect(page.getByText('We sent a code to m…@example.test.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Code of six digits' }).fill(codeIn(await newestLetter(nacre, context, 'mina-earlier@example.test')))
  await page.getByRole('button', { name: 'Show what is from before' }).click()
  await expect(page.getByText('You said no')).toBeVisible()
})

test('the desk records a parent, who is confirmed with a note, and ends it again', async ({ page, nacre, context, expectAccessible }) => {
  const { patient } = await desk(nacre, context)
  const id = await patient({ givenName: 'Kim', birthDate: `${new Date().getFullYear() - 12}-01-01` })
  await nacre.signIn(context, 'front-desk')
  await page.goto(`/patients/${id}?tab=representatives`)
  await page.getByRole('button', { name: 'Record a representative' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Pat Parent')
  await page.getByLabel('Birth date').fill('1980-05-05')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await expect(page.getByText('or a phone number is needed')).toBeVisible()
  await page.getByRole('textbox', { name: 'E-mail' }).fill('pat-desk@example.test')
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await expect(page.getByText('Waits to be confirmed')).toBeVisible()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('textbox', { name: 'What have you seen?' }).fill('Birth certificate')
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('button', { name: 'End it' }).click()
  await expect(page.getByText('Ended', { exact: true })).toBeVisible()
})

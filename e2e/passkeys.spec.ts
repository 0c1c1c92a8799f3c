import type { Browser, CDPSession, Page } from '@playwright/test'
import { generate } from 'otplib'
import { expect, test, type Login, type RunningNacre } from './support/nacre.ts'

interface VirtualDevice {
  cdp: CDPSession
  authenticatorId: string
}

/** A device with a finger on its sensor. It keeps its passkeys when the page that has it goes elsewhere. */
const giveDevice = async (page: Page): Promise<VirtualDevice> => {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: false },
  })
  return { cdp, authenticatorId }
}
/** Only while somebody touches it: a passkey that is merely offered in a field signs nothing. */
const touching = async ({ cdp, authenticatorId }: VirtualDevice, act: () => Promise<void>) => {
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true })
  await act()
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false })
}

const STEP_MS = 30_000
/** A code works once: the next one is that of the next half minute. */
const nextCode = ({ totpSecret }: Login, stepsAhead = 0) => generate({ secret: totpSecret, epoch: Math.floor((Date.now() + stepsAhead * STEP_MS) / 1000) })

const signInByPassword = async (page: Page, login: Login, code: string) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(login.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(login.password)
  await page.getByLabel('Code from your authenticator').fill(code)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeVisible()
}
const openAccount = async (page: Page, { name }: Login) => {
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible()
}
const addPasskey = async (page: Page, device: VirtualDevice, called: string) => {
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByLabel('What shall it be called?').fill(called)
  await touching(device, async () => {
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('region', { name: 'Passkeys' }).getByText(called)).toBeVisible()
  })
}
const signOut = async (page: Page, { name }: Login) => {
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/sign-in/)
}
/** Somebody new on the team, so that what happens to her account happens to nobody else's test. */
const newPerson = async (browser: Browser, nacre: RunningNacre, name: string): Promise<Login> => {
  const office = await browser.newContext({ baseURL: nacre.url })
  await nacre.signIn(office, 'owner')
  const { user } = await (await office.request.get('/api/session')).json()
  const login = { role: 'front-desk', name, email: `${name.toLowerCase().replace(/\W+/g, '.')}@demo.test`, password: 'quartz-onion-violet-harbour', totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }
  const { role, email, password, totpSecret } = login
  const locationIds = user.locations.map(({ id }: { id: string }) => id)
  const invited = await office.request.post('/api/invitations', { data: { name, email, credential: '', roles: [role], locationIds, isProvider: false, reason: 'She begins today' } })
  expect(invited.status(), await invited.text()).toBe(200)
  const token = new URL((await invited.json()).link).hash.slice(1)
  const joined = await office.request.post('/api/public/join', { data: { token, password, totpSecret, totpCode: await generate({ secret: totpSecret }) } })
  expect(joined.status(), await joined.text()).toBe(200)
  await office.close()
  return login
}
const elsewhere = async (browser: Browser, nacre: RunningNacre) => (await browser.newContext({ baseURL: nacre.url })).newPage()

test('a person adds a passkey, signs in with it alone, unlocks with it, and takes a dangerous step with it without losing what she typed', async ({ page, browser, nacre, expectAccessible }) => {
  test.slow()
  const login = await newPerson(browser, nacre, 'Paz Keller')
  const device = await giveDevice(page)
  await signInByPassword(page, login, await nextCode(login))
  await openAccount(page, login)
  await addPasskey(page, device, 'Office iPad')
  await expectAccessible(page)

  await signOut(page, login)
  await expect(page.getByRole('button', { name: 'Use a passkey' })).toBeVisible()
  await expectAccessible(page)
  await touching(device, async () => {
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeVisible()
  })

  await page.getByRole('button', { name: 'Lock this screen' }).click()
  await touching(device, async () => {
    await page.getByRole('dialog', { name: 'Locked' }).getByRole('button', { name: 'Use a passkey' }).click()
    await expect(page.getByRole('dialog', { name: 'Locked' })).toBeHidden()
  })

  // A quarter of an hour later the server wants to know again who is here: the clock of its database is not ours to turn, so the answer is.
  await page.route('**/api/account/recovery-codes', async (route) => {
    await route.fulfill({ status: 403, contentType: 'application/problem+json', json: { title: 'Not allowed', refusal: { rule: 'step-up', why: 'Show once more that it is you.', whoCanFix: 'You' } } })
  }, { times: 1 })
  await openAccount(page, login)
  await page.getByRole('button', { name: 'Make new codes' }).click()
  const dialog = page.getByRole('dialog', { name: 'Show once more that it is you' })
  await expect(dialog).toBeVisible()
  await expectAccessible(page)
  await touching(device, async () => {
    await dialog.getByRole('button', { name: 'Use your passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Your new recovery codes' })).toBeVisible()
  })
  await expect(page.locator('.n-account__codes li')).toHaveCount(10)
  await page.getByLabel('I have kept them').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Remove Office iPad' }).click()
  await page.getByRole('button', { name: 'Remove it' }).click()
  await expect(page.getByText('You have none yet')).toBeVisible()
})

test('a person sees where she is signed in, is told of a new device, ends a session there, and the page there closes', async ({ page, browser, nacre, expectAccessible }) => {
  test.slow()
  const login = await newPerson(browser, nacre, 'Tess Alder')
  await signInByPassword(page, login, await nextCode(login, -1))
  const other = await elsewhere(browser, nacre)
  await signInByPassword(other, login, await nextCode(login))
  await expect(other.getByText('on a new device')).toBeHidden()

  await page.reload()
  const notice = page.getByRole('region', { name: 'About a sign-in' })
  await expect(notice).toContainText('Chrome on Linux')
  await expectAccessible(page)
  await notice.getByRole('button', { name: 'That was me', exact: true }).click()
  await expect(notice).toBeHidden()

  await openAccount(page, login)
  const sessions = page.getByRole('region', { name: 'Where you are signed in' })
  await expect(sessions.getByRole('listitem')).toHaveCount(2)
  await expect(sessions.getByText('This device')).toHaveCount(1)
  await sessions.getByRole('button', { name: /^End the session on/ }).click()
  await expect(sessions.getByRole('listitem')).toHaveCount(1)
  await other.reload()
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await other.context().close()
})

test('a person says of a sign-in that it was not hers: everything of hers ends, and she is locked out until she is restored', async ({ page, browser, nacre }) => {
  test.slow()
  const login = await newPerson(browser, nacre, 'Nia Frost')
  await signInByPassword(page, login, await nextCode(login, -1))
  const thief = await elsewhere(browser, nacre)
  await signInByPassword(thief, login, await nextCode(login))
  await page.reload()
  await page.getByRole('button', { name: 'That was not me' }).click()
  await page.getByRole('button', { name: 'End everything and lock my account' }).click()
  await expect(page).toHaveURL(/\/sign-in/)
  await thief.reload()
  await expect(thief.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.getByLabel('E-mail').fill(login.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(login.password)
  await page.getByLabel('Code from your authenticator').fill(await nextCode(login, 1))
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('This account is locked')).toBeVisible()
  await thief.context().close()
})

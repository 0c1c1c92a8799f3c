import type { Page } from '@playwright/test'
import { expect, test } from './support/nacre.ts'

/** Names, birth date, phone and address of a patient of the demo, as they could be written anywhere. */
const MARKS = ['Vasquez', 'vasquez', 'Elena', '1984-03-02', '03/02/1984', '2125552000', '555-2000']

/** Everything that a browser keeps of a site, as one text. */
const kept = async (page: Page): Promise<string> => {
  const own = await page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name)
    const cached = await Promise.all((await caches.keys()).map(async (name) => [name, ...(await (await caches.open(name)).keys()).map(({ url }) => url)]))
    const workers = (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope)
    return JSON.stringify({ local: { ...localStorage }, session: { ...sessionStorage }, databases, cached, workers, cookies: document.cookie, title: document.title, url: location.href, state: history.state })
  })
  const { cookies, origins } = await page.context().storageState({ indexedDB: true })
  return decodeURIComponent(own) + JSON.stringify({ cookies, origins })
}

test('the browser keeps nothing of a patient: no storage, no cache, no address, no title', async ({ page, browser, nacre, signInAs }) => {
  test.slow()
  const seen: string[] = []
  const look = async (on: Page, path: string, text: string | RegExp) => {
    await on.goto(path)
    await expect(on.getByText(text).first()).toBeVisible()
    seen.push(await kept(on))
  }
  const titles: string[] = []
  page.on('framenavigated', () => void page.title().then((title) => titles.push(title), () => undefined))

  await signInAs('front-desk')
  await look(page, '/calendar', 'Elena Vasquez')
  await page.getByRole('button', { name: /^Elena Vasquez,/ }).first().click()
  seen.push(await kept(page))
  const found = await page.request.post('/api/patients/find', { data: { q: 'elena vasq' } })
  const [{ id }] = await found.json()
  await look(page, `/patients/${id}`, 'Elena Vasquez')
  await page.goto('/calendar')
  await expect(page.getByText('Elena Vasquez').first()).toBeVisible()
  await page.locator('body').press('v')
  await page.locator('body').press('a')
  await expect(page.getByRole('option').first()).toContainText('Vasquez')
  seen.push(await kept(page))

  const room = await browser.newContext({ baseURL: nacre.url })
  await nacre.signIn(room, 'provider')
  const provider = await room.newPage()
  await look(provider, '/my-day', 'Elena Vasquez')
  await look(provider, `/patients/${id}/chart`, 'Elena Vasquez')
  await look(provider, `/patients/${id}/photos`, /Elena Vasquez/)
  await room.close()

  const office = await browser.newContext({ baseURL: nacre.url })
  await nacre.signIn(office, 'owner')
  const owner = await office.newPage()
  await look(owner, `/trail?patient=${id}`, 'Audit trail')
  await office.close()

  expect(seen.length).toBeGreaterThan(6)
  // The session cookie is there, so the search looks in the right place.
  expect(seen[0]).toContain('nacre')
  for (const text of [...seen, ...titles]) for (const mark of MARKS) expect(text).not.toContain(mark)
})

import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, hasFocus, launchBrowser, type OpenPage, openPage } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('the buttons of a card in a browser, against a stub', () => {
  let browser: Browser
  let stub: ConsoleStub
  let open: OpenPage

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    stub = await startConsoleStub()
    stub.world.me = people.ada
    open = await openPage(browser, `${stub.url}/incidents/inc-42`)
  })
  afterEach(async () => {
    expect(open.complaints).toEqual([])
    await open.page.context().close()
    await stub.close()
  })
  const clicks = () => stub.world.requests.filter((request) => request.path === '/v1/clicks')

  it('C3 a refusal stands under the buttons with its remedy; somebody else approves and the run shows', async () => {
    const { page } = open
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    const refusal = page.getByRole('article', { name: 'Restart the service' }).getByRole('alert')
    expect(await refusal.textContent()).toBe(
      'Somebody else must approveAda requested this and so cannot approve it.Ask another person with the role approver.Become Chloe',
    )
    await refusal.getByRole('button', { name: 'Become Chloe' }).click()
    await page.getByRole('button', { name: /You are Chloe/ }).waitFor()
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    await page.getByRole('article', { name: 'Restart the service on checkout' }).waitFor()
    expect(await page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0)
    expect(await page.getByText('Chloe approved.').count()).toBe(1)
    expect(await page.getByRole('progressbar', { name: 'Steps' }).getAttribute('aria-valuemax')).toBe('3')
  })

  it('C3 G13 a refusal says when it may work at the earliest, where that is known', async () => {
    const { page } = open
    stub.world.refusedUntil = '2099-06-08T07:00:00.000Z'
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    const earliest = page.getByRole('alert').getByText('Earliest:')
    expect(await earliest.locator('time').getAttribute('datetime')).toBe('2099-06-08T07:00:00.000Z')
  })

  it('C3 a button that works says so, keeps the focus, and counts once however often it is pressed', async () => {
    const { page } = open
    const held = Promise.withResolvers<void>()
    stub.world.clicksHeld = held.promise
    const button = page.getByRole('button', { name: 'Dry run' })
    await button.click()
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('true')
    await button.click({ force: true })
    await button.press('Enter')
    held.resolve()
    const result = page.locator('.click-result')
    await result.waitFor()
    expect(await result.textContent()).toContain('A dry run would restart lab/checkout.')
    expect(await hasFocus(button)).toBe(true)
    expect(clicks()).toHaveLength(1)
    expect(clicks()[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => result.count()).toBe(0)
  })

  it('C3 a reason is asked in a dialog: Esc gives the focus back, nothing is sent without a reason', async () => {
    const { page } = open
    const reject = page.getByRole('button', { name: 'Reject…' })
    await reject.click()
    const dialog = page.getByRole('dialog', { name: 'Reject Restart the service?' })
    const why = dialog.getByRole('textbox', { name: 'Why' })
    expect(await hasFocus(why)).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    expect(await hasFocus(reject)).toBe(true)

    await reject.click()
    await dialog.getByRole('button', { name: 'Reject', exact: true }).click()
    expect(await dialog.count()).toBe(1)
    expect(clicks()).toHaveLength(0)
    await why.fill('the bank is down, a restart will not help')
    await why.press('Control+Enter')
    await page.getByText('Rejected: the bank is down, a restart will not help').waitFor()
    expect(clicks().map((request) => request.body)).toEqual([
      { token: 'tok-reject', note: 'the bank is down, a restart will not help' },
    ])
  })
})

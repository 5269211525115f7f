import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  faultsOf,
  hasChromium,
  hasFocus,
  launchBrowser,
  type OpenPage,
  openPage,
  type PageOptions,
} from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('what holds now and whose vote it is, in the console, against a stub', () => {
  let browser: Browser
  let stub: ConsoleStub
  let open: OpenPage | null = null

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    stub = await startConsoleStub()
    stub.world.me = people.dan
  })
  afterEach(async () => {
    await open?.page.context().close()
    open = null
    await stub.close()
  })
  const goTo = async (path: string, options?: PageOptions) => {
    open = await openPage(browser, stub.url + path, options)
    return open.page
  }
  const sent = (method: string, path: string) =>
    stub.world.requests.filter((request) => request.method === method && request.path === path)

  it('G9 C3 what holds now stands above every part: mode, stop, glass, freezes, windows, and leads to each', async () => {
    const page = await goTo('/governance')
    const holds = page.getByRole('region', { name: 'What holds now' })
    const said = async () => (await holds.innerText()).replaceAll(/\s+/g, ' ')
    await holds.getByText('None is broken').waitFor()
    expect(await said()).toMatch(
      /Emergency stop Off Mode Propose, but 1 service or playbook has a mode of its own Break-glass None is broken Freezes None Change windows Open for 2 of 3 services; checkout closes /,
    )
    const from = new Date(0).toISOString()
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const freeze = { id: 'frz-1', from, until, reason: '', setBy: null }
    stub.world.freezes.push({ ...freeze, what: 'payments' }, { ...freeze, id: 'frz-2', what: 'search' })
    stub.world.glasses.push({
      id: 'bg-1',
      state: 'unreviewed',
      service: 'checkout',
      reason: 'it burned',
      openedBy: people.chloe,
      openedAt: from,
      until,
    })
    stub.world.governance.emergencyStop = true
    stub.emit('governance', 'governance')
    await holds.getByText('frozen').waitFor()
    expect(await said()).toMatch(/Emergency stop on Nothing new runs/)
    expect(await said()).toMatch(/not reviewed For checkout: Suture does no more than propose/)
    expect(await said()).toMatch(/frozen payments until .*, and 1 more/)
    await holds.getByRole('link', { name: 'Freezes' }).click()
    await page
      .getByRole('row', { name: /payments/ })
      .first()
      .waitFor()
    expect(new URL(page.url()).search).toBe('?tab=calendar')
    expect(await page.getByRole('radio').count()).toBe(0)
    expect(open?.complaints).toEqual([])
  })

  it('C3 the parts of governance are reached by keyboard and by address, and Back leads to the one before', async () => {
    const page = await goTo('/governance?tab=nonsense')
    const tab = (name: string) => page.getByRole('tab', { name })
    await tab('Modes').focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('region', { name: /Break-glass/ }).waitFor()
    expect(await hasFocus(tab('Break-glass'))).toBe(true)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('region', { name: 'People' }).waitFor()
    expect(await tab('People').getAttribute('aria-selected')).toBe('true')
    await page.goBack()
    await page.goBack()
    await page.getByRole('region', { name: /Break-glass/ }).waitFor()
  })

  it.each(['glass', 'calendar', 'policy', 'people'])(
    'C3 the part %s of governance fits a phone in the dark, with names for its controls',
    async (part) => {
      const page = await goTo(`/governance?tab=${part}`, { width: 360, height: 740, colorScheme: 'dark' })
      await page.getByRole('tabpanel').getByRole('region').first().waitFor()
      expect(await faultsOf(page)).toEqual([])
    },
  )

  it('G8 C3 whoever stands in for somebody finds what waits for them, and for whom they vote', async () => {
    stub.world.me = people.ben
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const page = await goTo('/approvals')
    await page.getByText('This needs a person with the role approver.').waitFor()
    const away = { id: 'away-1', person: people.chloe, from: until, until, holds: true }
    stub.world.delegations.push({ ...away, delegate: people.ben })
    stub.emit('person', people.chloe.id)
    await page.getByText('You vote for Chloe (approver), who is away.').waitFor()
    stub.world.delegations.push({ ...away, id: 'away-2', person: people.ada, delegate: people.ben })
    stub.emit('person', people.ada.id)
    await page.getByText('Ada (responder), for whom you vote, asked for this').waitFor()
    stub.world.delegations = stub.world.delegations.slice(0, 1)
    stub.emit('person', people.ada.id)
    await page.getByRole('button', { name: 'Approve' }).click()
    await expect.poll(() => sent('POST', '/v1/approvals/req-5/decisions').length).toBe(1)
  })
})

import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  hasChromium,
  launchBrowser,
  type OpenPage,
  openPage,
  type PageOptions,
  toEnd,
} from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { logLines, people } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('the pages of the console, against a stub', () => {
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

  it('C3 the timeline reads as sentences with time, actor and leaf; the evidence is ranked, for and against', async () => {
    const page = await goTo('/incidents/inc-42?tab=timeline')
    const refused = page.getByRole('listitem').filter({ hasText: 'Ada may not approve' })
    await refused.waitFor()
    expect(await refused.locator('time').getAttribute('title')).toMatch(/\d{4}/)
    expect(await refused.getByTitle(/Leaf of the audit log: [0-9a-f]{64}/).textContent()).toMatch(
      /^leaf [0-9a-f]{8}$/,
    )
    await page.getByRole('tab', { name: /Evidence/ }).click()
    await page.getByRole('meter', { name: 'Likelihood of Service down' }).waitFor()
    const meters = await page.getByRole('meter').all()
    expect(await Promise.all(meters.map((meter) => meter.getAttribute('aria-valuenow')))).toEqual([
      '82',
      '11',
      '7',
    ])
    expect(await page.getByText('The process is alive and holds its port.').isVisible()).toBe(true)
    expect(await page.getByRole('row', { name: 'failure timeout' }).isVisible()).toBe(true)
  })

  it('C3 the log follows its end, is searched in place, and hostile output shows as text', async () => {
    stub.world.log = logLines(120)
    const page = await goTo('/runs/run-7')
    const log = page.getByRole('log', { name: 'Log' })
    await page.getByText('120 lines').waitFor()
    const distance = () => toEnd(log)
    await expect.poll(distance).toBeLessThan(2)
    stub.world.log = logLines(150)
    stub.emit('run', 'run-7')
    await page.getByText('150 lines').waitFor()
    await expect.poll(distance).toBeLessThan(2)
    await page.keyboard.press('/')
    await page.keyboard.type('@everyone')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    expect(await log.locator('mark.now').textContent()).toBe('@everyone')
    expect(await log.locator('img').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed')).toBe('false')
    expect(open?.complaints).toEqual([])
  })

  it('C3 what waits for me comes first; a rejection asks why; who asked is told who can decide', async () => {
    const page = await goTo('/approvals')
    await page.getByRole('heading', { name: 'For you' }).waitFor()
    await page.getByRole('button', { name: 'Reject…' }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('not during the sale')
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click()
    await page.getByText('Nothing waits for a decision').waitFor()
    expect(sent('POST', '/v1/approvals/req-5/decisions').map((request) => request.body)).toEqual([
      { decision: 'reject', reason: 'not during the sale' },
    ])
    expect(await page.getByText('Dan (admin): not during the sale').isVisible()).toBe(true)
  })

  it('C3 the one who asked sees no button for the own request, but who can decide', async () => {
    stub.world.me = people.ada
    const page = await goTo('/approvals')
    await page.getByText('You asked for this, so another person with the role approver decides.').waitFor()
    expect(await page.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0)
  })

  it('C3 a key is shown once, with a warning, and revoked only after a second thought', async () => {
    const page = await goTo('/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('ci')
    await page.getByRole('checkbox', { name: /^respond/ }).check()
    await page.getByRole('button', { name: 'Create key' }).click()
    const once = page.getByRole('region', { name: 'The new key' })
    expect(await once.textContent()).toContain('shown this once')
    expect(await once.locator('code').textContent()).toMatch(/^sut_/)
    expect(sent('POST', '/v1/keys').map((request) => request.body)).toEqual([
      { name: 'ci', scopes: ['read', 'respond'], expiresInDays: 90 },
    ])
    await page.reload()
    await page.getByRole('row', { name: /ci/ }).waitFor()
    expect(await page.getByText('sut_').count()).toBe(0)
    await page.getByRole('button', { name: 'Revoke ci' }).click()
    expect(sent('DELETE', '/v1/keys/key-3')).toHaveLength(0)
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('row', { name: /ci revoked/ }).waitFor()
    expect(open?.complaints).toEqual([])
  })

  it('C3 an admin changes mode and emergency stop after a second thought, and the stop is said on every page', async () => {
    const page = await goTo('/governance')
    await page.getByRole('radio', { name: /Observe/ }).check()
    await expect.poll(() => stub.world.governance.mode).toBe('observe')
    await page.getByRole('button', { name: 'Stop everything…' }).click()
    expect(stub.world.governance.emergencyStop).toBe(false)
    await page.getByRole('dialog').getByRole('button', { name: 'Stop everything' }).click()
    await page.getByText('Emergency stop is on', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'Suture works, with something to look at' }).waitFor()
    expect(await page.getByText('Emergency stop is on', { exact: true }).isVisible()).toBe(true)
  })

  it('C3 who is no admin sees how things stand and can change nothing', async () => {
    stub.world.me = people.ada
    const page = await goTo('/governance')
    await page.getByText('Only an admin changes these.').waitFor()
    expect(await page.getByRole('radio', { name: /Auto/ }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Stop everything…' }).isDisabled()).toBe(true)
  })

  it('C3 a channel without incidents and an incident that is not there say what to do', async () => {
    const page = await goTo('/?channel=data-platform')
    await page.getByText('All quiet').first().waitFor()
    await page.goto(`${stub.url}/incidents/inc-999`)
    const problem = page.getByRole('alert')
    await problem.waitFor()
    expect(await problem.textContent()).toContain('Incident inc-999 does not exist.')
    await problem.getByRole('link', { name: 'All incidents' }).click()
    await expect.poll(() => new URL(page.url()).pathname).toBe('/')
  })

  it('C3 on a phone the list leads to a thread and back', async () => {
    const page = await goTo('/', { width: 360, height: 740 })
    await page.getByRole('link', { name: /Circuit to bank is open/ }).click()
    await page.getByRole('article', { name: 'Restart the service on checkout' }).waitFor()
    expect(await page.getByRole('link', { name: /requests time out/ }).isVisible()).toBe(false)
    await page.getByRole('link', { name: 'All incidents' }).click()
    await page.getByRole('link', { name: /requests time out/ }).waitFor()
    await page.getByRole('button', { name: 'Open the menu' }).click()
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'Suture works, with something to look at' }).waitFor()
  })
})

describe.skipIf(!hasChromium)('who comes to the console, against a stub', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('C3 outside the lab a key signs in; a wrong one is told why, and nothing of the lab shows', async () => {
    const stub = await startConsoleStub({ lab: false })
    const { page } = await openPage(browser, `${stub.url}/incidents/inc-42`)
    const key = page.getByLabel('API key')
    await key.fill('sut_wrong')
    await key.press('Enter')
    await page.getByText('This key does not open Suture').waitFor()
    await key.fill('sut_right')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    expect(await page.getByText('This is the lab').count()).toBe(0)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await key.waitFor()
    await page.context().close()
    await stub.close()
  })

  it('C3 in the lab a newcomer is Ada at once, breaks a service from the menu and mends it', async () => {
    const stub = await startConsoleStub()
    const { page, complaints } = await openPage(browser, `${stub.url}/`)
    await page.getByRole('button', { name: /You are Ada/ }).waitFor()
    const panel = page.getByRole('region', { name: 'The lab’s services' })
    await panel.getByRole('button', { name: 'Break payments…' }).click()
    await page.getByRole('menuitem', { name: /Crash/ }).click()
    await panel.getByText('Failing: crash').waitFor()
    expect(stub.world.requests.find((request) => request.path === '/v1/lab/break')?.body).toEqual({
      service: 'payments',
      fault: 'crash',
    })
    await panel.getByRole('button', { name: 'Mend payments' }).click()
    await panel.getByRole('button', { name: 'Break payments…' }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
    await stub.close()
  })
})

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

/** Runs in the page: notes the open count beside the channel and the open rows of the list, whenever either changes. */
const watchCounts = `
  window.seenCounts = []
  const note = () => {
    const count = document.querySelector('.sidebar a[href*="channel=incidents"] .count, a.nav-item[href*="channel=incidents"] .count')
    const rows = document.querySelectorAll('.rail-group[aria-label="Open"] .rail-row')
    const now = (count?.textContent ?? '0') + ' of ' + rows.length
    if (window.seenCounts.at(-1) !== now) window.seenCounts.push(now)
  }
  note()
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true })
`

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
    const facts = await page.getByRole('row').allTextContents()
    expect(facts).toEqual([
      'Answersno',
      'Becauseno answer in time',
      'Answer time2,000 ms',
      'Answersyes',
      'HTTP status503',
      'Answer time1,240 ms',
      'Says of itselffailing',
      'Memory utilization91.4 % · not quite healthy',
      expect.stringMatching(/^Circuit bank-euopen · failing · since .*\d:\d\d:\d\d/),
      'Constructorhealthy',
      'Errors12 % · before: 0.3 %',
      '99 of 100 requests answered within2.4 s · before: 180 ms',
      'Saturationno data · before: no data',
      'RequestsPrometheus refuses the query: parse error',
      expect.stringMatching(/^Compared with.*\d:\d\d:\d\d/),
      'Graphin Prometheus',
      'Changes in the hours before2',
      'Deploy of checkoutDeploy 2.31.0 · version 2.31.0 · by ci · 12 min before',
      'Flag change of paymentsnew-pricing on · 3 h before',
      'Earlier incidents9',
      'Recovered without help1 of 9',
      'Half were over within3 min',
      'The last oneinc-31',
      'What was tried thenrestart-service',
      'How that endedrolled back',
    ])
    expect(await page.getByRole('link', { name: 'inc-31' }).getAttribute('href')).toBe('/incidents/inc-31')
    expect(await page.getByRole('link', { name: 'in Prometheus' }).getAttribute('href')).toBe(
      'http://prometheus.example.com/graph?g0.expr=up',
    )
    expect(await page.getByRole('link', { name: /Deploy 2\.31\.0/ }).getAttribute('href')).toBe(
      'https://ci.example.com/42',
    )
    // What a sender calls a link need not be one.
    expect(await page.getByRole('link', { name: /new-pricing/ }).count()).toBe(0)
    expect(await page.getByText('in 0 ms').count()).toBe(0)
  })

  it('C3 the open count beside a channel never says other than the list, however slow one of them is', async () => {
    const page = await goTo('/')
    const channel = page.getByRole('link', { name: /^incidents/ })
    await expect.poll(() => channel.textContent()).toBe('incidents3')
    await page.evaluate(watchCounts)
    const held = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await page.route('**/v1/channels', async (route) => {
      asked.resolve()
      await held.promise
      await route.continue()
    })
    const list = page.waitForResponse(/\/v1\/incidents\?/)
    const resolved = stub.world.incidents.find((each) => each.id === 'inc-42')
    Object.assign(resolved ?? {}, { status: 'resolved', resolvedAt: new Date().toISOString() })
    Object.assign(stub.world.channels[0] ?? {}, { open: 2 })
    stub.emit('incident', 'inc-42')
    await Promise.all([asked.promise, list.then((response) => response.finished())])
    held.resolve()
    await expect.poll(() => channel.textContent()).toBe('incidents2')
    expect(await page.evaluate('window.seenCounts')).toEqual(['3 of 3', '2 of 2'])
    // An answer from before the change, beside one from after it.
    Object.assign(stub.world.channels[0] ?? {}, { open: 3 })
    Object.assign(resolved ?? {}, { title: 'Read once more' })
    stub.emit('incident', 'inc-42')
    await page.getByText('Read once more').waitFor()
    expect(await page.evaluate('window.seenCounts')).toEqual(['3 of 3', '2 of 2'])
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
    await page.getByText('Dan (admin): not during the sale').waitFor()
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

  it('G9 C3 an admin sets, changes and takes away the mode of one service; nothing set says so', async () => {
    const page = await goTo('/governance')
    await page.getByRole('row', { name: /checkout service Auto/ }).waitFor()
    await page.getByRole('button', { name: 'Set a mode…' }).click()
    await page.getByRole('combobox', { name: 'For' }).selectOption('playbook restart-service')
    await page.getByRole('combobox', { name: 'Mode' }).selectOption('observe')
    await page.getByRole('dialog').getByRole('button', { name: 'Set the mode' }).click()
    await page.getByRole('row', { name: /restart-service playbook Observe/ }).waitFor()
    await page.getByRole('button', { name: 'Change the mode of checkout' }).click()
    await page.getByRole('combobox', { name: 'Mode' }).selectOption('approve')
    await page.getByRole('dialog').getByRole('button', { name: 'Set the mode' }).click()
    await page.getByRole('row', { name: /checkout service Approve/ }).waitFor()
    for (const name of ['checkout', 'restart-service']) {
      await page.getByRole('button', { name: `Take the mode off ${name}` }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Take it off' }).click()
      await expect.poll(() => stub.world.modes.some((each) => each.name === name)).toBe(false)
    }
    await page.getByText('Nothing is set: the mode above holds everywhere.').waitFor()
    expect(open?.complaints).toEqual([])
  })

  it('G10 C3 an admin breaks the glass with a reason; it counts down in red, ends, and somebody else reviews it', async () => {
    const page = await goTo('/governance?tab=glass')
    const panel = page.getByRole('region', { name: /Break-glass/ })
    await panel.getByText('No glass is broken.').waitFor()
    await panel.getByRole('button', { name: 'Break the glass…' }).click()
    await page.getByRole('textbox', { name: 'Why' }).fill('the shop is down')
    await page.getByRole('dialog').getByRole('button', { name: 'Break the glass' }).click()
    await panel.getByText('bg-1 for checkout').waitFor()
    expect(await panel.locator('.glass-left').textContent()).toMatch(/^Ends in (30:00|29:\d\d)$/)
    await panel.getByRole('button', { name: 'End bg-1' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
    await panel.getByText('Somebody else reviews it.').waitFor()
    expect(await panel.getByRole('button', { name: 'Review bg-1' }).count()).toBe(0)
    stub.world.me = people.chloe
    await page.reload()
    await panel.getByRole('button', { name: 'Review bg-1' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('looked at run-3')
    await page.getByRole('dialog').getByRole('button', { name: 'Reviewed' }).click()
    await panel.getByText('No glass is broken.').waitFor()
    expect(stub.world.glasses).toMatchObject([{ state: 'reviewed', note: 'looked at run-3' }])
    expect(open?.complaints).toEqual([])
  })

  it('G9 C3 whoever responds may stop everything, and only an admin lets it go on', async () => {
    stub.world.me = people.ada
    const page = await goTo('/governance')
    await page.getByRole('button', { name: 'Stop everything…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stop everything' }).click()
    await page.getByText('Nothing new runs until an admin lifts it.').waitFor()
    expect(await page.getByRole('button', { name: 'Lift the stop…' }).isDisabled()).toBe(true)
  })

  it('C3 while the database is away, health says what fails and since when, also on a page that is opened only then', async () => {
    const page = await goTo('/health')
    await page.getByRole('heading', { name: 'Suture works, with something to look at' }).waitFor()
    stub.world.away = 'not reachable since 12:03:10 UTC; alerts are answered with 503 until it is back'
    await page
      .getByRole('link', { name: 'All incidents' })
      .or(page.getByRole('link', { name: 'Keys' }))
      .first()
      .click()
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'Suture needs help' }).waitFor()
    const check = page.getByRole('listitem').filter({ hasText: 'Database' })
    expect(await check.textContent()).toContain(stub.world.away)
    expect(await page.getByRole('main').textContent()).toContain('Only what fails is shown')
    expect(await page.getByRole('main').getByRole('alert').count()).toBe(0)

    await page.goto(`${stub.url}/health`)
    await page.getByText('Database: not reachable since 12:03:10 UTC').waitFor()
    stub.world.away = null
    await page.getByRole('heading', { name: 'Suture works, with something to look at' }).waitFor()
  })

  it('Q3 C3 whoever responds runs the tests, and reads what failed, what to do, and a verdict', async () => {
    stub.world.me = people.ada
    const late = Promise.withResolvers<void>()
    const page = await goTo('/')
    await page.route('**/v1/self-test', async (route) => {
      const response = await route.fetch()
      if (route.request().method() === 'GET') await late.promise
      await route.fulfill({ response })
    })
    await page.goto(`${stub.url}/health`)
    await page.getByRole('button', { name: 'Run the tests' }).click()
    const tests = page.getByRole('region', { name: 'Tests' })
    await tests.getByText('1 of 2 checks failed. 1 had nothing to look at here.').waitFor()
    // What was read before the tests were asked for comes after their report, and changes nothing.
    const read = page.waitForResponse((response) => response.request().method() === 'GET')
    late.resolve()
    await read.then((response) => response.finished())
    expect(await tests.getByRole('listitem').filter({ hasText: 'Slack' }).textContent()).toContain(
      'Copy the bot token anew.',
    )
    expect(await tests.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('1')
  })

  it('C3 who is no admin sees how things stand and can change nothing', async () => {
    stub.world.me = people.ada
    const page = await goTo('/governance')
    await page.getByText('Only an admin changes these;').waitFor()
    expect(await page.getByRole('radio', { name: /Auto/ }).isDisabled()).toBe(true)
    await page.getByRole('row', { name: /checkout service Auto/ }).waitFor()
    expect(await page.getByRole('button', { name: /Set a mode|Take the mode off/ }).count()).toBe(0)
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

  it('C3 outside the lab what fails is shown to whoever is not signed in, and nothing else', async () => {
    const stub = await startConsoleStub({ lab: false })
    stub.world.away = null
    const { page } = await openPage(browser, `${stub.url}/health`)
    await page.getByRole('heading', { name: 'Suture works, with something to look at' }).waitFor()
    expect(await page.getByRole('main').textContent()).not.toContain('PostgreSQL')
    expect(stub.world.requests.map(({ path }) => path)).not.toContain('/v1/health')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('API key').waitFor()
    await page.context().close()
    await stub.close()
  })

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

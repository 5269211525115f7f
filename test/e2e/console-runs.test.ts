import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, launchBrowser, type OpenPage, openPage, type PageOptions } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'
import { anEndedRun, aQueue, aRun } from '../support/console-stub-world.ts'

describe.skipIf(!hasChromium)('runs in the console, against a stub', () => {
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

  it('R5 the page of runs says what runs and how far, what waits, for whom, in which place and until when', async () => {
    stub.world.queue = aQueue()
    const page = await goTo('/runs')
    const running = page.getByRole('region', { name: 'Running' })
    await running.getByText('1 of 3').waitFor()
    expect(await running.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('1')
    expect(await running.textContent()).toContain('Turn the flag off (new-pricing off)')
    const waiting = page.getByRole('region', { name: 'Waiting' })
    const rows = await waiting.getByRole('listitem').allTextContents()
    expect(rows).toEqual([
      expect.stringMatching(/Waits for lab\/checkout, held by run-7\. Next in line\..*gives up/),
      expect.stringMatching(/Waits for lab\/checkout, held by run-7\. 2nd in line\./),
      expect.stringMatching(/Waits for approval req-5\./),
    ])
    expect(await waiting.getByRole('link', { name: 'run-7' }).first().getAttribute('href')).toBe(
      '/runs/run-7',
    )
    expect(await page.getByRole('region', { name: 'Ended within a day' }).textContent()).toContain(
      'Undoes run-3',
    )
  })

  it('R5 an empty page of runs says so, and fills by itself', async () => {
    const page = await goTo('/runs')
    await page.getByText('Nothing runs, and nothing waits').waitFor()
    stub.world.queue = aQueue()
    stub.emit('run', 'run-7')
    await page.getByRole('region', { name: 'Running' }).waitFor()
  })

  it('R5 C3 the page of runs is reached by the keyboard alone, and fits a phone', async () => {
    stub.world.queue = aQueue()
    const page = await goTo('/', { width: 360, height: 740 })
    await page.getByRole('heading').first().waitFor()
    await page.keyboard.press('q')
    await page.getByRole('region', { name: 'Waiting' }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })

  it('R7 a run that ended unknown asks on its page and in a banner; a note is needed, and then both are gone', async () => {
    stub.world.runs = [aRun('unknown', 1)]
    stub.world.queue = {
      ...aQueue(),
      needsPerson: [{ ...anEndedRun('run-7', 'unknown', 1), reason: 'nobody can tell whether it happened' }],
    }
    const page = await goTo('/')
    await page.getByRole('link', { name: 'Say what happened' }).first().click()
    await page.getByRole('button', { name: 'It happened…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'It happened' }).click()
    expect(await dialog.isVisible()).toBe(true)
    await dialog.getByRole('textbox').fill('The process is a new one.')
    await dialog.getByRole('button', { name: 'It happened' }).click()
    await page.getByText('it happened: The process is a new one.').waitFor()
    expect(await page.getByRole('button', { name: 'Undo it…' }).count()).toBe(0)
    await expect.poll(() => page.getByRole('link', { name: 'Say what happened' }).count()).toBe(0)
    expect(stub.world.requests.find(({ path }) => path === '/v1/runs/run-7/resolution')?.body).toEqual({
      resolution: 'happened',
      note: 'The process is a new one.',
    })
  })

  it('R4 a rollback that failed stands above every page', async () => {
    stub.world.queue = { ...aQueue(), needsPerson: [anEndedRun('run-5', 'rollback_failed', 9)] }
    const page = await goTo('/approvals')
    const banner = page.getByRole('status').filter({ hasText: 'Rollback failed' })
    await banner.waitFor()
    expect(await banner.getByRole('link').getAttribute('href')).toBe('/runs/run-5')
  })

  it('R3 the bar of a run counts what was done alone, and an undoing links to what it undoes', async () => {
    const run = aRun('rolling_back', 1)
    stub.world.runs = [{ ...run, undoOf: 'run-3', done: 1, total: 2 }]
    const page = await goTo('/runs/run-7')
    const bar = page.getByRole('progressbar', { name: 'Steps done' })
    await bar.waitFor()
    expect([await bar.getAttribute('aria-valuenow'), await bar.getAttribute('aria-valuemax')]).toEqual([
      '1',
      '2',
    ])
    expect(await page.getByRole('link', { name: 'run-3' }).getAttribute('href')).toBe('/runs/run-3')
  })

  it('A2 the page of a run gives the proof of it as a file, and says why there is none', async () => {
    stub.world.runs = [aRun('succeeded', 2)]
    const page = await goTo('/runs/run-7')
    const asked: unknown[] = []
    const file = '{"checkpoint":"— x"}\n'
    let status = 200
    await page.route('**/v1/audit/proofs', (route) => {
      asked.push(route.request().postDataJSON())
      const proof = { fileName: 'suture-proof-run-7.json', file, sentence: 'The 9 entries about run-7.' }
      const problem = { title: 'Not available right now', detail: 'Nothing is sealed yet.', remedy: 'Wait.' }
      return route.fulfill({ status, json: status === 200 ? proof : { ...problem, code: 'unavailable' } })
    })
    const button = page.getByRole('button', { name: 'Take the proof' })
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
    expect(download.suggestedFilename()).toBe('suture-proof-run-7.json')
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString('utf8')).toBe(file)
    expect(asked).toEqual([{ about: 'run-7' }])
    status = 503
    await button.click()
    await page.getByRole('dialog').getByText('Nothing is sealed yet.').waitFor()
  })

  it('R3 a log of thousands of lines is read page by page to its end, and what comes is followed', async () => {
    const [firstLine] = stub.world.log
    if (firstLine === undefined) throw new Error('the stub has no log')
    const lineAt = (seq: number): typeof firstLine => ({ ...firstLine, seq, text: `line ${seq}` })
    stub.world.log = Array.from({ length: 5_000 }, (_, at) => lineAt(at + 1))
    stub.world.runs = [aRun('running', 0)]
    const page = await goTo('/runs/run-7')
    await page.getByText('5000 lines').waitFor()
    const last = page.getByText('line 5000', { exact: true })
    await last.waitFor()
    const isSeen = `(() => {
      const box = document.querySelector('.log-scroll')
      return box.scrollHeight - box.scrollTop - box.clientHeight < 40
    })()`
    expect(await page.evaluate(isSeen)).toBe(true)
    stub.world.log.push(lineAt(5_001))
    stub.emit('run', 'run-7')
    await page.getByText('line 5001', { exact: true }).waitFor()
    await expect.poll(() => page.evaluate(isSeen)).toBe(true)
    const asked = stub.world.requests.filter(({ path }) => path === '/v1/runs/run-7/log').length
    expect(asked).toBeLessThan(60)
  })

  it('R8 the page of a proposal shows every call on every target, what undoes it, and what cannot be undone', async () => {
    const page = await goTo('/proposals/prop-3')
    await page.getByRole('heading', { name: 'Take load off on checkout' }).waitFor()
    const steps = await page
      .getByRole('listitem')
      .filter({ has: page.locator('dl.calls') })
      .allTextContents()
    expect(steps[0]).toContain(
      'POST http://lab/checkout-2/flags {"flag":"new-pricing","enabled":false} (secret shop-token)',
    )
    expect(steps[0]).toContain('undone by')
    expect(steps[1]).toContain('Cannot be undone')
  })
})

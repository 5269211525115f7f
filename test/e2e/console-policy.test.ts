import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, launchBrowser, type OpenPage, openPage, type PageOptions } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'
import { fullPolicy } from '../support/console-stub-policy.ts'

describe.skipIf(!hasChromium)('the policy in the console, against a stub', () => {
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
  const at = async (path: string, options: PageOptions = {}) => {
    open = await openPage(browser, `${stub.url}${path}`, options)
    return open.page
  }

  it('G13 C3 where no file is named the default policy is shown in plain words, with the way to one', async () => {
    const page = await at('/governance?tab=policy')
    const policy = page.getByRole('region', { name: 'Policy' })
    await policy.getByText('so the default policy holds').waitFor()
    await policy.getByText('docs/policy.md').waitFor()
    await policy
      .getByRole('row', { name: /Change windows working-hours: mon, tue, .* 09:00-18:00/ })
      .waitFor()
    await policy.getByRole('row', { name: /Rules None\./ }).waitFor()
    expect(await policy.getByRole('alert').count()).toBe(0)
    expect(open?.complaints).toEqual([])
  })

  it.each([1360, 390])(
    'G13 C3 a policy is told with its version, and a newer file that does not hold with its problem, %i wide',
    async (width) => {
      stub.world.policy = fullPolicy()
      const page = await at('/governance?tab=policy', { width })
      const policy = page.getByRole('region', { name: 'Policy' })
      await policy.getByText('A newer file is not in force').waitFor()
      await policy.getByText('found 99. Lower it.').waitFor()
      const said = (await policy.innerText()).replaceAll(/\s+/g, ' ')
      for (const words of [
        'config/policy.yaml, in force since',
        'f3b1c0ffee01',
        'office: mon, tue, wed, thu, fri 09:00-18:00 (Europe/Berlin) for checkout.',
        'fair: 2026-12-20 18:00 until 2027-01-04 09:00: the winter fair',
        'public: 2 days.',
        'After 20 min also admin in leads.',
        'More than 12: refused.',
        'database: 2 people',
        'on-call: 2 turns, each week at 09:00 (Europe/Berlin).',
        'careful for payments*: 2 people approve, somebody of database. Money moves there.',
      ])
        expect(said).toContain(words)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(open?.complaints).toEqual([])
      const shots = process.env['SCREENSHOTS']
      if (shots !== undefined) await policy.screenshot({ path: `${shots}/policy-${width}.png` })
    },
  )

  it.each([1360, 390])(
    'G13 C3 a run leads to why it was allowed: what was said when, and what is said now, %i wide',
    async (width) => {
      const run = stub.world.runs[0]?.id ?? ''
      const page = await at(`/runs/${run}`, { width })
      await page.getByRole('link', { name: 'Why was this allowed?' }).click()
      await page.getByRole('row', { name: /Requested .* was not kept/ }).waitFor()
      await page.getByRole('row', { name: /Decided .*Chloe approved it\..*asks/ }).waitFor()
      await page
        .getByRole('row', { name: /change window.*refuses.*Ask for an override, or wait\..*Earliest: / })
        .waitFor()
      expect(await page.getByRole('row', { name: /emergency stop/ }).count()).toBe(0)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(open?.complaints).toEqual([])
      const shots = process.env['SCREENSHOTS']
      if (shots !== undefined) await page.screenshot({ path: `${shots}/why-${width}.png`, fullPage: true })
      await page.getByRole('link', { name: `Back to ${run}` }).click()
      await page.getByRole('link', { name: 'Why was this allowed?' }).waitFor()
    },
  )
})

import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { faultsOf, hasChromium, launchBrowser, type OpenPage, openPage } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'
import { nothingLearned } from '../support/console-stub-learning.ts'

describe.skipIf(!hasChromium)('what was learned in the console, against a stub', () => {
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

  it.each([
    [1360, 'light'],
    [390, 'dark'],
  ] as const)(
    'L1 L3 L4 C3 figures stand with their counts and intervals, surest first, %i wide and %s',
    async (width, colorScheme) => {
      open = await openPage(browser, `${stub.url}/learning`, { width, colorScheme })
      const { page } = open
      const playbooks = page.getByRole('region', { name: 'Success by playbook' })
      const picture = playbooks.getByRole('img')
      await picture.waitFor()
      expect(await picture.getAttribute('aria-label')).toContain(
        'restart-service: 90 % (38 of 42, 78–96 %); scale-up: 57 % (8 of 14, 33–79 %)',
      )
      await playbooks.getByText('As a table').click()
      expect(await playbooks.getByRole('rowheader').allInnerTexts()).toEqual([
        'restart-service',
        'scale-up',
        'warm-cache',
      ])
      const now = page.getByRole('region', { name: 'Now' })
      expect(await now.innerText()).toContain('Nothing runs by itself')
      expect(await now.getByRole('link').getAttribute('href')).toBe('/incidents/inc-42')
      const cameTrue = page.getByRole('region', { name: 'Did it come true?' })
      expect(await cameTrue.getByRole('row', { name: /94 %.*79 %.*42.*Said too much/ }).count()).toBe(1)
      expect(await faultsOf(page)).toEqual([])
      await page.getByRole('tab', { name: 'Everything' }).click()
      await page.getByRole('tab', { name: 'Everything', selected: true }).waitFor()
      expect(page.url()).toContain('?tab=all')
      expect(open.complaints).toEqual([])
    },
  )

  it('L1 C3 where nothing has happened yet the page says so, and when that will change', async () => {
    stub.world.learning = nothingLearned
    open = await openPage(browser, `${stub.url}/learning?tab=24h`)
    await open.page.getByText('Nothing to learn from yet').waitFor()
    await open.page.getByText('All is calm.').waitFor()
    await open.page.getByText('Nothing waits for a decision.').waitFor()
    expect(await open.page.getByRole('img').count()).toBe(0)
    expect(await faultsOf(open.page)).toEqual([])
    expect(open.complaints).toEqual([])
  })
})

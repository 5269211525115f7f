import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, launchBrowser, type OpenPage, openPage } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('silences in the console, against a stub', () => {
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
  const silences = async () => {
    open = await openPage(browser, `${stub.url}/silences`)
    return open.page
  }

  it('I4 C3 a silence is set with what it is about, until when and why, and ended after a second thought', async () => {
    const page = await silences()
    await page.getByText('Nothing is silenced').waitFor()
    await page.getByRole('button', { name: 'New silence' }).click()
    await page.getByRole('textbox', { name: 'Alerts' }).fill('checkout severity!=critical alertname=~High*')
    await page.getByRole('textbox', { name: 'Until' }).fill('18:00')
    await page.getByRole('textbox', { name: 'Why' }).fill('deploy 2.31')
    await page.getByRole('dialog').getByRole('button', { name: 'Silence it' }).click()
    await page
      .getByRole('row', { name: /service=checkout severity!=critical alertname=~High\* .* deploy 2\.31/ })
      .waitFor()
    expect(
      stub.world.requests.find(({ path, method }) => method === 'POST' && path === '/v1/silences')?.body,
    ).toEqual({
      kind: 'silence',
      matchers: [
        { label: 'service', operator: '=', value: 'checkout' },
        { label: 'severity', operator: '!=', value: 'critical' },
        { label: 'alertname', operator: '=~', value: 'High*' },
      ],
      until: '18:00',
      reason: 'deploy 2.31',
    })
    await page.getByRole('button', { name: 'End sil-1' }).click()
    expect(stub.world.silences).toMatchObject([{ state: 'in_force' }])
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
    await page.getByText('Nothing is silenced').waitFor()
    await page.getByRole('heading', { name: 'Over' }).waitFor()
    expect(open?.complaints).toEqual([])
  })

  it('I4 C3 maintenance is one press more, and what is refused says why on the page', async () => {
    const page = await silences()
    await page.getByRole('button', { name: 'New silence' }).click()
    await page.getByRole('textbox', { name: 'Alerts' }).fill('service=payments')
    await page.getByRole('textbox', { name: 'Until' }).fill('soon')
    await page.getByRole('textbox', { name: 'Why' }).fill('upgrade')
    await page.getByRole('dialog').getByRole('button', { name: 'Silence it' }).click()
    await page.getByText('“soon” is no time that Suture understands.').waitFor()
    await page.getByRole('button', { name: 'New silence' }).click()
    await page.getByRole('textbox', { name: 'Alerts' }).fill('service=payments')
    await page.getByRole('textbox', { name: 'Until' }).fill('2h')
    await page.getByRole('textbox', { name: 'Why' }).fill('upgrade')
    await page.getByRole('checkbox', { name: 'Maintenance' }).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Silence it' }).click()
    await page.getByRole('row', { name: /service=payments maintenance .* upgrade/ }).waitFor()
  })

  it('I4 C3 the sidebar leads there, and who may only look has no button', async () => {
    // The stub lets an approver approve, and no more.
    stub.world.me = people.chloe
    open = await openPage(browser, stub.url)
    await open.page.getByRole('link', { name: 'Silences' }).click()
    await open.page.getByRole('heading', { name: 'Silences' }).waitFor()
    await open.page.getByText('Nothing is silenced').waitFor()
    expect(await open.page.getByRole('button', { name: 'New silence' }).count()).toBe(0)
  })
})

import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  faultsOf,
  hasChromium,
  hasFocus,
  launchBrowser,
  type OpenPage,
  openPage,
} from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('freezes and windows in the console, against a stub', () => {
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
  const governance = async () => {
    open = await openPage(browser, `${stub.url}/governance?tab=calendar`)
    return open.page
  }

  it('G2 C3 an admin freezes with a reason and lifts it after a second thought; nothing frozen says so', async () => {
    const page = await governance()
    await page.getByText('Nothing is frozen.').waitFor()
    await page.getByRole('button', { name: 'Freeze…' }).click()
    await page.getByRole('textbox', { name: 'Until' }).fill('18:00')
    await page.getByRole('textbox', { name: 'Why' }).fill('the fair')
    await page.getByRole('dialog').getByRole('button', { name: 'Freeze it' }).click()
    const row = page.getByRole('row', { name: /everything .* the fair Dan/ })
    await row.waitFor()
    expect(stub.world.requests.find(({ path }) => path === '/v1/clicks')?.body).toEqual({
      token: 'form-freeze',
      answers: { what: 'all', until: '18:00', reason: 'the fair' },
    })
    await page.getByRole('button', { name: 'Lift the freeze of everything' }).click()
    expect(stub.world.freezes).toHaveLength(1)
    await page.getByRole('dialog').getByRole('button', { name: 'Lift it' }).click()
    await page.getByText('Nothing is frozen.').waitFor()
    expect(open?.complaints).toEqual([])
  })

  it('G2 C3 what is no time is refused at its field, with the remedy; mended there, it is sent once more', async () => {
    const page = await governance()
    await page.getByRole('button', { name: 'Freeze…' }).click()
    const until = page.getByRole('textbox', { name: 'Until' })
    await until.fill('soon')
    const send = page.getByRole('dialog').getByRole('button', { name: 'Freeze it' })
    await send.click()
    const problem = '“soon” is no time that Suture understands. Say a time that lies ahead: 18:00, 2h.'
    await page.getByRole('dialog').getByText(problem).waitFor()
    expect(await until.getAttribute('aria-invalid')).toBe('true')
    expect(await faultsOf(page)).toEqual([])
    expect(await page.locator(':focus').getAttribute('name')).toBe('field:until')
    expect(stub.world.freezes).toEqual([])
    await until.fill('2h')
    await send.dblclick()
    await page.getByRole('row', { name: /everything .* no reason was given Dan/ }).waitFor()
    expect(stub.world.freezes).toHaveLength(1)
    expect(open?.complaints).toEqual([])
  })

  it('G2 G9 C3 /heal freeze and /heal mode open their forms where one writes, as in the chats; who may not is told who can', async () => {
    open = await openPage(browser, `${stub.url}/incidents/inc-42`)
    const { page } = open
    const write = page.getByRole('textbox', { name: 'Message' })
    await write.fill('/heal mode')
    await write.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'A form: mode' })
    await dialog.getByRole('combobox', { name: 'For' }).selectOption('service checkout')
    await dialog.getByRole('combobox', { name: 'Mode' }).selectOption('observe')
    await dialog.getByRole('button', { name: 'Set the mode' }).click()
    await page.getByText('Mode observe is set for checkout.').waitFor()
    expect(await write.inputValue()).toBe('')
    stub.world.me = people.ada
    await write.fill('/heal freeze')
    await write.press('Enter')
    await page.getByText('Ask someone with the role admin or override.').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(stub.world.requests.filter(({ path }) => path.endsWith('/messages'))).toEqual([])
    expect(open.complaints).toEqual([])
  })

  it('G1 C3 each service shows whether its window is open and what changes next', async () => {
    const page = await governance()
    await page
      .getByRole('row', { name: /checkout open closes .* Mon-Fri 09:00-18:00 \(Europe\/Berlin\)/ })
      .waitFor()
    await page.getByRole('row', { name: /payments closed: bank-holidays opens / }).waitFor()
    await page.getByRole('row', { name: /search open stays open always open/ }).waitFor()
    expect(open?.complaints).toEqual([])
  })

  it('G2 C3 who may not freeze sees what is frozen and has no button', async () => {
    stub.world.me = people.ada
    stub.world.freezes.push({
      id: 'frz-1',
      what: 'checkout',
      from: new Date(0).toISOString(),
      until: new Date(Date.now() + 3_600_000).toISOString(),
      reason: '',
      setBy: people.dan,
    })
    const page = await governance()
    await page.getByRole('row', { name: /checkout .* no reason was given Dan/ }).waitFor()
    expect(await page.getByRole('button', { name: /Freeze…|Lift the freeze/ }).count()).toBe(0)
  })

  it('G1 C3 of many services a page at a time is shown, and one is found by its name, while freezes come and go', async () => {
    const [first] = stub.world.windows
    if (first === undefined) throw new Error('no windows')
    stub.world.windows = Array.from({ length: 45 }, (_, at) => ({ ...first, service: `shop-${at + 10}` }))
    const page = await governance()
    const rows = page.getByRole('region', { name: 'Change windows' }).getByRole('row')
    const more = page.getByRole('button', { name: 'Show more services' })
    await expect.poll(() => rows.count()).toBe(1 + 20)
    await more.click()
    await expect.poll(() => rows.count()).toBe(1 + 40)
    stub.emit('governance', 'governance')
    await more.click()
    await expect.poll(() => rows.count()).toBe(1 + 45)
    expect(await more.count()).toBe(0)
    const find = page.getByRole('searchbox', { name: 'Find a service' })
    await find.fill('p-5')
    await expect.poll(() => rows.count()).toBe(1 + 5)
    stub.emit('governance', 'governance')
    await page.getByRole('row', { name: /shop-54/ }).waitFor()
    expect([await find.inputValue(), await hasFocus(find)]).toEqual(['p-5', true])
    await find.fill('nobody')
    await page.getByText('No service has “nobody” in its name.').waitFor()
    await find.fill('')
    await expect.poll(() => rows.count()).toBe(1 + 20)
    expect(open?.complaints).toEqual([])
  })
})

import type { Browser, Page } from 'playwright-core'
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

describe.skipIf(!hasChromium)('the page of people, against a stub', () => {
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
  const goTo = async (options?: PageOptions) => {
    open = await openPage(browser, `${stub.url}/people`, options)
    await open.page.getByRole('region', { name: 'Link an account' }).waitFor()
    return open.page
  }
  const writes = () =>
    stub.world.requests
      .filter(({ method }) => method === 'POST')
      .map(({ path, body }) => [path, body] as const)
  const rowOf = (page: Page, name: string) => page.locator('button.person-head', { hasText: name })

  it('C3 C6 an admin sees who there is, where each role comes from, and what does not count now', async () => {
    const page = await goTo()
    const everybody = page.getByRole('region', { name: /Everybody else/ })
    expect(await everybody.getByRole('button').allTextContents()).toEqual([
      'DBDeploy botresponderservice account',
      'AAda (responder)responder',
      'BBen (responder)responder',
      'CChloe (approver)approver',
      'EMEve Marlowresponder, approver',
      'FAFemi Adeyemiviewerdisabled',
    ])
    await rowOf(page, 'Eve Marlow').click()
    const roles = page
      .getByRole('region', { name: 'Everybody else' })
      .locator('dl[aria-label="Roles of Eve Marlow"]')
    await roles.getByText('Slack group').waitFor()
    expect(await roles.textContent()).toMatch(
      /responderSlack group, last seen 2 min ago, counts until .*\d:\d\d.*approverDiscord role, last seen 14 min ago, counted until .*\d:\d\d.*does not count$/,
    )
    expect(await roles.getByText('does not count').count()).toBe(1)
    await rowOf(page, 'Ada').click()
    await page.getByText('granted by an admin').nth(1).waitFor()
    expect(await faultsOf(page)).toEqual([])
    expect(open?.complaints).toEqual([])
  })

  it('C3 H2 nobody is disabled, enabled or unlinked without a second thought', async () => {
    const page = await goTo()
    await rowOf(page, 'Eve Marlow').click()
    await page.getByRole('button', { name: 'Disable Eve Marlow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Unlink G1:901882734 from Eve Marlow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect(writes()).toEqual([])

    await page.getByRole('button', { name: 'Unlink G1:901882734 from Eve Marlow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it off' }).click()
    const accounts = page.getByRole('list', { name: 'Accounts of Eve Marlow' })
    await expect.poll(() => accounts.getByText('G1:901882734').count()).toBe(0)
    await page.getByRole('button', { name: 'Disable Eve Marlow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByRole('button', { name: 'Enable Eve Marlow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click()
    await page.getByRole('button', { name: 'Disable Eve Marlow' }).waitFor()
    expect(writes()).toEqual([
      ['/v1/people/slack-u101/unlink', { chat: 'discord', account: 'G1:901882734' }],
      ['/v1/people/slack-u101/disable', {}],
      ['/v1/people/slack-u101/enable', {}],
    ])
    expect(open?.complaints).toEqual([])
  })

  it('C3 what the server refuses is shown as it says it, with its remedy', async () => {
    stub.world.people.refusal = [
      'separation_of_duties',
      'Eve Marlow still has a vote or a request in req-5.',
      'Take it off once req-5 is decided.',
    ]
    const page = await goTo()
    await rowOf(page, 'Eve Marlow').click()
    await page.getByRole('button', { name: 'Unlink T1:U101 from Eve Marlow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it off' }).click()
    const problem = page.getByRole('alert')
    await problem.waitFor()
    expect(await problem.textContent()).toContain('still has a vote or a request in req-5')
    expect(await problem.textContent()).toContain('Take it off once req-5 is decided.')
    expect(await page.getByText('T1:U101').isVisible()).toBe(true)
  })

  it('C3 C6 a code is made to be typed in a chat, and one from a chat links; a wrong one is told why', async () => {
    const page = await goTo()
    const links = page.getByRole('region', { name: 'Link an account' })
    await links.getByRole('button', { name: 'Make a code' }).click()
    await links.getByText('/heal link K7PQM-2XWHD').waitFor()
    expect(await hasFocus(links.getByRole('button', { name: 'Copy' }))).toBe(true)
    const code = links.getByLabel(/its code here/)
    await code.fill('wrong')
    await code.press('Enter')
    await links.getByText('This code opens nothing.').waitFor()
    // What somebody types stays while the page is drawn anew.
    await code.fill('ABCDE-FG')
    stub.emit('person', 'slack-u101')
    await code.press('End')
    await code.pressSequentially('HJK')
    await code.press('Enter')
    await links.getByText('Linked: slack T1:U7 and discord G1:42.').waitFor()
    await page.getByRole('list', { name: 'Accounts of Dan (admin)' }).getByText('G1:42').waitFor()
    expect(await code.inputValue()).toBe('')
    expect(writes().map(([path, body]) => [path, body])).toEqual([
      ['/v1/links', {}],
      ['/v1/links/redeem', { code: 'wrong' }],
      ['/v1/links/redeem', { code: 'ABCDE-FGHJK' }],
    ])
  })

  it('C3 by keyboard alone a row opens, and Esc leaves the question and comes back to its button', async () => {
    const page = await goTo()
    const row = rowOf(page, 'Eve Marlow')
    await row.focus()
    await page.keyboard.press('Enter')
    const unlink = page.getByRole('button', { name: 'Unlink G1:901882734 from Eve Marlow' })
    await unlink.waitFor()
    expect(await row.getAttribute('aria-expanded')).toBe('true')
    expect(await hasFocus(row)).toBe(true)
    await page.keyboard.press('Tab')
    expect(await hasFocus(unlink)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => hasFocus(unlink)).toBe(true)
    expect(writes()).toEqual([])
  })

  it('C3 whoever is no admin sees their own account, and nobody else', async () => {
    stub.world.me = people.ada
    const page = await goTo()
    await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()
    await page.getByText('No account of a chat is linked to you yet.').waitFor()
    expect(await page.getByText('Eve Marlow').count()).toBe(0)
    expect(await page.getByRole('button', { name: /Disable|Unlink/ }).count()).toBe(0)
    expect(stub.world.requests.map(({ path }) => path)).not.toContain('/v1/people/slack-u101/accounts')
  })

  it('G8 C3 whoever leaves names who votes for them and until when, and is back with one press', async () => {
    stub.world.me = people.chloe
    const page = await goTo()
    const away = page.getByRole('region', { name: 'While you are away' })
    await away.getByText('You are here and vote yourself.').waitFor()
    await away.getByRole('button', { name: 'I am away…' }).click()
    const dialog = page.getByRole('dialog')
    const to = dialog.getByRole('combobox', { name: 'Votes in your stead' })
    expect(await to.getByRole('option').allTextContents()).toEqual([
      'Choose somebody',
      'Ada (responder)',
      'Ben (responder)',
      'Dan (admin)',
      'Eve Marlow (responder, approver)',
    ])
    // Without whom and until when nothing is sent.
    await dialog.getByRole('button', { name: 'I am away' }).click()
    expect(writes()).toEqual([])
    await to.selectOption('person_dan')
    const local = '2031-05-06T18:00'
    await dialog.getByLabel('Until').fill(local)
    await dialog.getByRole('button', { name: 'I am away' }).click()
    await away.getByText(/Dan \(admin\) votes for you until /).waitFor()
    expect(writes()).toEqual([
      ['/v1/delegations', { to: 'person_dan', until: new Date(local).toISOString() }],
    ])
    expect(await page.getByRole('button', { name: /^End/ }).count()).toBe(0)
    await away.getByRole('button', { name: 'I am back' }).click()
    await away.getByText('You are here and vote yourself.').waitFor()
    expect(stub.world.delegations).toEqual([])
    expect(open?.complaints).toEqual([])
  })

  it('G8 C3 what the server refuses of an absence is told with its remedy, and one is still here', async () => {
    stub.world.me = people.chloe
    const page = await goTo()
    await page.getByRole('button', { name: 'I am away…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').selectOption('person_ben')
    await dialog.getByLabel('Until').fill('2031-05-06T18:00')
    await dialog.getByLabel('Until').press('Enter')
    const problem = page.getByRole('alert')
    await problem.waitFor()
    expect(await problem.textContent()).toContain('Ben is to be away as well.')
    expect(await problem.textContent()).toContain('Name another person.')
    await page.getByText('You are here and vote yourself.').waitFor()
  })

  it('G8 C3 an admin sees who is away and ends it after a second thought; a responder only sees what concerns them', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const page = await goTo()
    await page.getByText('Nobody else is away.').waitFor()
    const ahead = {
      id: 'away-1',
      person: people.chloe,
      delegate: people.ada,
      from: until,
      until,
      holds: false,
    }
    stub.world.delegations.push(ahead)
    stub.emit('person', people.chloe.id)
    const row = page.getByRole('region', { name: 'Who is away' }).getByRole('listitem')
    await row.getByText('ahead').waitFor()
    expect(await row.textContent()).toMatch(
      /^Chloe \(approver\) aheadAda \(responder\) votes for them from .* until /,
    )
    expect(await faultsOf(page)).toEqual([])
    await row.getByRole('button', { name: 'End: Ada (responder) votes for Chloe (approver)' }).click()
    await page.keyboard.press('Escape')
    expect(stub.world.delegations).toHaveLength(1)
    await row.getByRole('button').click()
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
    await page.getByText('Nobody else is away.').waitFor()

    stub.world.delegations.push({ ...ahead, holds: true })
    stub.world.me = people.ada
    await page.reload()
    const own = page.getByRole('region', { name: 'In whose stead you vote' })
    await own.getByText('You vote for').waitFor()
    expect(await own.getByRole('button').count()).toBe(0)
    expect(await page.getByRole('region', { name: 'Who is away' }).count()).toBe(0)
  })

  it('C3 where nobody else is yet, the page says how people come', async () => {
    stub.world.people.list = stub.world.people.list.filter(({ id }) => id === 'person_dan')
    const page = await goTo()
    await page.getByText('Nobody else yet').waitFor()
  })

  it.each([
    ['a phone', { width: 360, height: 740 }],
    ['a phone in the dark', { width: 360, height: 740, colorScheme: 'dark' }],
    ['a desk in the dark', { colorScheme: 'dark' }],
  ] as const)('C3 on %s an open row fits, with names for its controls', async (_, options) => {
    stub.world.delegations.push({
      id: 'away-1',
      person: people.chloe,
      delegate: people.ada,
      from: new Date(0).toISOString(),
      until: new Date(Date.now() + 3_600_000).toISOString(),
      holds: true,
    })
    const page = await goTo(options)
    await page.getByRole('region', { name: 'Who is away' }).waitFor()
    await rowOf(page, 'Eve Marlow').click()
    await page.getByText('Discord role').waitFor()
    expect(await faultsOf(page)).toEqual([])
    expect(open?.complaints).toEqual([])
  })
})

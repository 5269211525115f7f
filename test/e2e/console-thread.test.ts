import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  faultsOf,
  hasChromium,
  launchBrowser,
  type OpenPage,
  openPage,
  type PageOptions,
  scrolled,
  scrollTo,
  toEnd,
} from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { cards, hostile, people, postmortem, runCard } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('the thread in a browser, against a stub', () => {
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
  })
  afterEach(async () => {
    await open.page.context().close()
    await stub.close()
  })
  const goTo = async (path: string, options?: PageOptions) => {
    open = await openPage(browser, stub.url + path, options)
    return open.page
  }
  const add = (id: string, card = cards.answer) => {
    const now = new Date().toISOString()
    stub.world.threads['inc-42']?.push({
      kind: 'card',
      id,
      cardKind: card.kind,
      version: 1,
      createdAt: now,
      updatedAt: now,
      card,
    })
    stub.emit('card', id)
  }

  it('C3 hostile text shows as the text it is, and a script address is no link', async () => {
    const page = await goTo('/incidents/inc-39')
    const card = page.getByRole('article', { name: 'This label came with the alert' })
    await card.waitFor()
    expect(await card.locator('.block-text').textContent()).toBe(hostile)
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await card.getByRole('link').allTextContents()).toEqual(['Grafana'])
    expect(await card.getByRole('link').getAttribute('rel')).toContain('noopener')
    await page.getByRole('tab', { name: /Alerts/ }).click()
    await expect.poll(() => page.locator('.labels').textContent()).toContain(hostile)
    expect(await page.title()).not.toBe('owned')
    expect(open.complaints).toEqual([])
  })

  it('C3 a card changes in place: focus, scroll and the elements themselves stay', async () => {
    const page = await goTo('/incidents/inc-42', { height: 620 })
    const reject = page.getByRole('button', { name: 'Reject…' })
    await reject.focus()
    const scroller = page.locator('.thread-scroll')
    await scrollTo(scroller, 300)
    await page.evaluate('document.activeElement.same = true')
    const proposal = stub.world.threads['inc-42']?.find((item) => item.id === 'card-3')
    if (proposal?.kind !== 'card') throw new Error('The stub has no card-3.')
    proposal.version += 1
    proposal.card = { ...proposal.card, status: '1 of 2 approved' }
    stub.emit('card', 'card-3')
    await page.getByText('1 of 2 approved', { exact: true }).waitFor()
    expect(await page.evaluate('document.activeElement.same')).toBe(true)
    expect(await scrolled(scroller)).toBe(300)
    expect(open.complaints).toEqual([])
  })

  it('C3 who reads further up is told of what is new and goes there by one press; who reads the newest follows', async () => {
    const page = await goTo('/incidents/inc-42', { height: 620 })
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    const scroller = page.locator('.thread-scroll')
    const distance = () => toEnd(scroller)
    expect(await distance()).toBeLessThan(2)
    add('card-90')
    await page.getByRole('article', { name: 'What happened' }).waitFor()
    await expect.poll(distance).toBeLessThan(2)

    await scrollTo(scroller, 0)
    add('card-91', runCard(1) as typeof cards.answer)
    const more = page.getByRole('button', { name: '1 new' })
    await more.waitFor()
    expect(await scrolled(scroller)).toBe(0)
    expect(await page.getByRole('status').first().textContent()).toContain('Restart the service on checkout')
    await more.click()
    await expect.poll(distance).toBeLessThan(2)
    await expect.poll(() => more.count()).toBe(0)
  })

  it('C3 a question is sent with Enter, shows once, and is answered in the thread', async () => {
    const page = await goTo('/incidents/inc-42')
    const box = page.getByRole('textbox', { name: 'Message' })
    await box.fill('what happened?')
    await box.press('Enter')
    await page.getByRole('article', { name: 'What happened' }).waitFor()
    expect(await page.locator('.message', { hasText: 'what happened?' }).count()).toBe(1)
    expect(await box.inputValue()).toBe('')
    // Events of one minute are told apart by their second.
    const told = page.getByRole('article', { name: 'What happened' }).locator('time[data-form="seconds"]')
    expect(await told.textContent()).toMatch(/\d:\d\d:\d\d/)
    expect(await page.getByText('Suture is looking it up').count()).toBe(0)
    const sent = stub.world.requests.filter((request) => request.path.endsWith('/messages'))
    expect(sent.map((request) => request.body)).toEqual([{ body: 'what happened?' }])
    expect(sent[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
    expect(sent[0]?.headers['x-csrf-token']).toBe('csrf-of-the-stub')
  })

  it('C3 a broken feed is said, and what was missed shows once it is back', async () => {
    const page = await goTo('/incidents/inc-42')
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
    await expect.poll(() => stub.feeds()).toBe(1)
    stub.breakFeeds()
    await page.getByText('Reconnecting…').waitFor()
    add('card-92')
    stub.acceptFeeds()
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByRole('article', { name: 'What happened' }).waitFor()
    await expect.poll(() => page.getByText('Reconnecting…').count()).toBe(0)
  })

  it('C3 a message that does not get through stays in the box, with what to do', async () => {
    const page = await goTo('/incidents/inc-42')
    const box = page.getByRole('textbox', { name: 'Message' })
    await box.fill('on my way')
    await page.context().setOffline(true)
    await box.press('Enter')
    await page.getByText('Suture does not answer').waitFor()
    expect(await box.inputValue()).toBe('on my way')
    await page.context().setOffline(false)
    await box.press('Enter')
    await page.locator('.message', { hasText: 'on my way' }).waitFor()
    expect(await page.getByText('Suture does not answer').count()).toBe(0)
  })
  it('C8 the draft of a postmortem is made when it is opened, shows as text, and goes out as it is: copied or as a file', async () => {
    const page = await goTo('/incidents/inc-42?tab=timeline')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByText('Ada may not approve').waitFor()
    const asked = () => stub.world.requests.filter(({ path }) => path.endsWith('/postmortem')).length
    expect(asked()).toBe(0)
    await page.getByText('Postmortem draft').press('Enter')
    const draft = page.getByLabel('The draft')
    await draft.waitFor()
    expect(await draft.textContent()).toBe(postmortem)
    expect(await draft.locator('b, img').count()).toBe(0)
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(postmortem)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('postmortem-inc-42.md')
    expect(readFileSync(await file.path(), 'utf8')).toBe(postmortem)
    // What happens meanwhile draws the timeline anew, and leaves the draft open.
    stub.emit('incident', 'inc-42')
    expect([asked(), await draft.isVisible()]).toEqual([1, true])
    expect(open.complaints).toEqual([])
    expect(await faultsOf(page)).toEqual([])
  })
})

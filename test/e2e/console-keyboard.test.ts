import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, hasFocus, launchBrowser, type OpenPage, openPage } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'

describe.skipIf(!hasChromium)('the console by keyboard alone, against a stub', () => {
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
    open = await openPage(browser, `${stub.url}/`)
    await open.page.getByRole('link', { name: /Circuit to bank is open/ }).waitFor()
  })
  afterEach(async () => {
    expect(open.complaints).toEqual([])
    await open.page.context().close()
    await stub.close()
  })
  const path = () => new URL(open.page.url()).pathname

  it('C3 j and k go through the incidents, r replies, Esc leaves the box, letters typed there stay letters', async () => {
    const { page } = open
    await page.keyboard.press('j')
    await expect.poll(path).toBe('/incidents/inc-42')
    await page.keyboard.press('j')
    await expect.poll(path).toBe('/incidents/inc-41')
    await page.keyboard.press('k')
    await expect.poll(path).toBe('/incidents/inc-42')
    await page.keyboard.press('r')
    await page.keyboard.type('jk?')
    const box = page.getByRole('textbox', { name: 'Message' })
    expect(await box.inputValue()).toBe('jk?')
    expect(path()).toBe('/incidents/inc-42')
    await page.keyboard.press('Escape')
    expect(await hasFocus(box)).toBe(false)
    await page.goBack()
    await expect.poll(path).toBe('/incidents/inc-41')
  })

  it('C3 ? shows the shortcuts in a dialog and Esc closes it', async () => {
    const { page } = open
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await dialog.waitFor()
    await page.keyboard.press('j')
    expect(path()).toBe('/')
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
  })

  it('C3 the first Tab leads to the content, and what has the focus shows a ring', async () => {
    const { page } = open
    await page.keyboard.press('Tab')
    expect(await hasFocus(page.getByRole('link', { name: 'Skip to the content' }))).toBe(true)
    await page.keyboard.press('Tab')
    const ring = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(ring).toBe('solid')
  })

  it('C3 tabs by arrows, and the choice of who one is by arrows and Enter', async () => {
    const { page } = open
    await page.keyboard.press('j')
    await page.getByRole('tab', { name: 'Thread' }).focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.url()).toContain('tab=timeline')
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Timeline')

    await page.getByRole('button', { name: /You are Ada/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /You are Chloe/ }).waitFor()
    expect(stub.world.me?.id).toBe('person_chloe')
  })
})

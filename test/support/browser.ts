import { existsSync } from 'node:fs'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { pageFaults } from './page-faults.ts'

/**
 * A real browser for the tests of the console: Debian's Chromium, without any of its calls home. Its headless shell is the same
 * engine without a window around each page, which takes a third of the time to open one; where it is missing, Chromium itself.
 */

const shell = '/usr/bin/chromium-headless-shell'
const executablePath = process.env['CHROMIUM'] ?? (existsSync(shell) ? shell : '/usr/bin/chromium')
export const hasChromium = existsSync(executablePath)

const args = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args })

export interface OpenPage {
  readonly page: Page
  /** Whatever the page complained of: errors of scripts, of the console, of the content security policy. */
  readonly complaints: readonly string[]
}

export interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly reducedMotion?: 'reduce' | 'no-preference'
}

export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<OpenPage> {
  const { width = 1360, height = 860, colorScheme = 'light', reducedMotion = 'reduce' } = options
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints }
}

/** What a person who can't see, or has a small screen, would stumble over; a sentence each. */
export const faultsOf = (page: Page): Promise<string[]> => page.evaluate<string[]>(pageFaults)

/** What tests ask of an element in the page. */
interface PageElement {
  readonly scrollHeight: number
  readonly scrollTop: number
  readonly clientHeight: number
  readonly ownerDocument: { readonly activeElement: unknown }
  readonly scrollTo: (left: number, top: number) => void
}

export const hasFocus = (locator: Locator): Promise<boolean> =>
  locator.evaluate((element: PageElement) => element.ownerDocument.activeElement === element)

/** How far a scrolled element is from its end, in px. */
export const toEnd = (locator: Locator): Promise<number> =>
  locator.evaluate((element: PageElement) => element.scrollHeight - element.scrollTop - element.clientHeight)

export const scrolled = (locator: Locator): Promise<number> =>
  locator.evaluate((element: PageElement) => element.scrollTop)

export const scrollTo = (locator: Locator, top: number): Promise<void> =>
  locator.evaluate((element: PageElement, to: number) => element.scrollTo(0, to), top)

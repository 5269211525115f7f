import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { projectFiles, projectRoot } from '../../scripts/project-files.ts'
import { faultsOf, hasChromium, launchBrowser, openPage } from '../support/browser.ts'
import { type ConsoleStub, contentSecurityPolicy, startConsoleStub } from '../support/console-stub.ts'
import { people } from '../support/console-stub-data.ts'

const pages = [
  '/',
  '/incidents/inc-42',
  '/incidents/inc-39',
  '/incidents/inc-42?tab=timeline',
  '/incidents/inc-42?tab=evidence',
  '/incidents/inc-42?tab=alerts',
  '/incidents/inc-42?tab=runs',
  '/runs/run-7',
  '/approvals',
  '/people',
  '/keys',
  '/governance',
  '/silences',
  '/health',
  '/nowhere',
]

const planted = `{
  const [wide, spilling] = [document.createElement('p'), document.createElement('p')]
  wide.style.width = '4000px'
  spilling.textContent = 'x'.repeat(2000)
  document.querySelector('main').append(document.createElement('button'), document.createElement('h1'), wide, spilling)
}`
const inlineScript = `(() => {
  const script = document.createElement('script')
  script.textContent = 'window.ran = true'
  document.body.append(script)
  return window.ran
})()`

describe.skipIf(!hasChromium)('the console for everybody, against a stub', () => {
  let browser: Browser
  let stub: ConsoleStub

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    stub = await startConsoleStub()
    stub.world.me = people.dan
  })
  afterEach(() => stub.close())

  it.each([
    ['a desk', 1360, 860, pages, 0],
    ['a small window', 820, 700, pages.slice(0, 3), 0],
    ['a phone', 360, 740, pages, 0],
    ['a desk where all of it was yesterday', 1360, 860, pages, 1],
    ['a phone where all of it was yesterday', 360, 740, pages, 1],
  ])(
    'C3 on %s every page has names for its controls, one heading, and nothing wider than the window',
    async (_, width, height, paths, daysLater) => {
      const { page, complaints } = await openPage(browser, `${stub.url}/`, { width, height })
      // What is of another day shows its date too, and must fit as well.
      if (daysLater > 0) await page.clock.setFixedTime(Date.now() + daysLater * 86_400_000)
      const faults: string[] = []
      for (const path of paths) {
        await page.goto(stub.url + path)
        await page.locator('main h1, main .empty').first().waitFor()
        await expect.poll(() => page.locator('.skeleton').count()).toBe(0)
        faults.push(...(await faultsOf(page)).map((fault) => `${path}: ${fault}`))
        if (!(await page.getByText('This is the lab').isVisible()))
          faults.push(`${path}: does not say that it is the lab`)
      }
      expect(faults).toEqual([])
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it('the look for faults finds planted ones', async () => {
    const { page } = await openPage(browser, `${stub.url}/health`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.evaluate(planted)
    const faults = await faultsOf(page)
    expect([...new Set(faults.map((fault) => fault.replace(/:.*/s, '')))]).toEqual([
      'no name',
      '2 first headings',
      'cut off',
      'text spills',
    ])
    await page.context().close()
  })

  it('C3 the theme follows the system until it is chosen, and the choice is kept', async () => {
    const { page } = await openPage(browser, `${stub.url}/`, { colorScheme: 'dark' })
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await background()).toBe('rgb(13, 19, 19)')
    await page.getByRole('button', { name: 'Use the light theme' }).click()
    expect(await background()).toBe('rgb(246, 248, 247)')
    await page.reload()
    await page.getByRole('button', { name: 'Use the dark theme' }).waitFor()
    expect(await background()).toBe('rgb(246, 248, 247)')
    await page.context().close()
  })

  it('C3 the policy of the page forbids inline code, and the page has none', async () => {
    expect(contentSecurityPolicy).not.toContain('unsafe')
    const html = readFileSync(join(projectRoot, 'console/index.html'), 'utf8')
    expect(html).not.toMatch(/ style=| on[a-z]+=|<style|<script(?![^>]*\bsrc=)/)
    const scripts = projectFiles(['console'], /\.js$/)
    expect(scripts.length).toBeGreaterThan(20)
    expect(
      scripts.filter(({ text }) =>
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/.test(text),
      ),
    ).toEqual([])
    const { page } = await openPage(browser, `${stub.url}/incidents/inc-42`)
    const ran = await page.evaluate(inlineScript)
    expect(ran).toBeUndefined()
    await page.context().close()
  })
})

describe('the colours of the console', () => {
  const css = readFileSync(join(projectRoot, 'console/styles/tokens.css'), 'utf8')
  const blocks = [...css.matchAll(/\{([^{}]*--bg:[^{}]*)\}/g)].map((match) => tokensOf(match[1] ?? ''))
  const words = ['text', 'muted', 'faint', 'accent', 'good', 'warning', 'bad', 'info']

  it('C3 every word is readable on every surface in both themes (WCAG AA, 4.5 to 1)', () => {
    expect(blocks).toHaveLength(3)
    const pairs = [
      ...words.flatMap((word) =>
        ['bg', 'side', 'surface', 'raised'].map((surface) => [word, surface] as const),
      ),
      ...['text', 'muted', 'warning', 'bad', 'good', 'info'].flatMap((word) =>
        ['hover', 'chosen'].map((surface) => [word, surface] as const),
      ),
      ...['good', 'warning', 'bad', 'info', 'accent'].flatMap((tone) => [
        [tone, `${tone}-soft`] as const,
        ['text', `${tone}-soft`] as const,
        ['muted', `${tone}-soft`] as const,
      ]),
      ['muted', 'neutral-soft'] as const,
      ['on-accent', 'accent'] as const,
      ['on-accent', 'accent-hover'] as const,
      ['on-bad', 'bad'] as const,
    ]
    const weak = blocks.flatMap((tokens) =>
      pairs
        .map(([ink, paper]) => ({ ink, paper, ratio: contrast(tokens[ink] ?? '', tokens[paper] ?? '') }))
        .filter(({ ratio }) => !(ratio >= 4.5))
        .map(({ ink, paper, ratio }) => `${ink} on ${paper}: ${ratio.toFixed(2)}`),
    )
    expect(weak).toEqual([])
  })

  it('C3 the dark theme is the same whether chosen or the system’s', () => {
    expect(blocks[1]).toEqual(blocks[2])
  })
})

function tokensOf(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  )
}

/** WCAG 2.2: relative luminance of sRGB, as a ratio. */
function contrast(ink: string, paper: string): number {
  const [lighter = 0, darker = 0] = [luminance(ink), luminance(paper)].toSorted((one, other) => other - one)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

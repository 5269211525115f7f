import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Card } from '../../src/domain/card.ts'
import { incidentsChart } from '../../src/domain/chart/figure-charts.ts'
import { layoutOf } from '../../src/message/chart/layout.ts'
import { faultsOf, hasChromium, launchBrowser, type OpenPage, openPage } from '../support/browser.ts'
import { type ConsoleStub, startConsoleStub } from '../support/console-stub.ts'
import { cards, hostile, people } from '../support/console-stub-data.ts'
import { learningAnswers, stubCharts } from '../support/console-stub-learning.ts'
import { aChart, aRow } from '../unit/support/charts.ts'

/** What a picture's words and bars are coloured with, and what they stand on, as the browser has worked it out. */
const colours = (page: Page): Promise<{ ink: string; small: string; ground: string; bar: string }> =>
  page.evaluate(`(() => {
    const of = (selector, what) => getComputedStyle(document.querySelector(selector))[what]
    return {
      ink: of('.drawing .role-text', 'fill'),
      small: of('.drawing .role-muted', 'fill'),
      ground: of('.chart-panel', 'backgroundColor'),
      bar: of('.drawing .role-neutral', 'fill'),
    }
  })()`)

/** WCAG 2.2, of `rgb(…)`. */
const contrast = (one: string, other: string): number => {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const share = Number(part) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

describe.skipIf(!hasChromium)('charts in the console, against a stub', () => {
  let browser: Browser
  let stub: ConsoleStub
  let open: OpenPage | null = null

  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    stub = await startConsoleStub()
    stub.world.me = people.ada
  })
  afterEach(async () => {
    await open?.page.context().close()
    open = null
    await stub.close()
  })
  const goTo = async (path: string, options: Parameters<typeof openPage>[2] = {}): Promise<Page> => {
    open = await openPage(browser, stub.url + path, options)
    return open.page
  }

  it('C7 C3 are readable in the dark and in the light, by the colours of the page', async () => {
    const seen: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await goTo('/learning', { colorScheme })
      await page.getByRole('img').first().waitFor()
      const { ink, small, ground, bar } = await colours(page)
      expect(contrast(ink, ground), `${colorScheme} words`).toBeGreaterThan(7)
      expect(contrast(small, ground), `${colorScheme} small words`).toBeGreaterThan(4.5)
      expect(contrast(bar, ground), `${colorScheme} bars`).toBeGreaterThan(3)
      seen.push(ink)
      await page.context().close()
    }
    expect(new Set(seen).size).toBe(2)
  })

  it('C7 C3 on a phone the words of a picture are at least 10 pixels high and nothing is cut off', async () => {
    const page = await goTo('/learning', { width: 380 })
    await page.getByRole('img').first().waitFor()
    const smallest = await page.evaluate<number>(`(() =>
      Math.min(...Array.from(document.querySelectorAll('.drawing text'), (text) => {
        const scale = text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width
        return Number(text.getAttribute('font-size')) * scale
      })))()`)
    expect(smallest).toBeGreaterThanOrEqual(10)
    expect(await faultsOf(page)).toEqual([])
  })

  it('C7 C3 all four are there, each with alt text, and names of others show as the text they are', async () => {
    const page = await goTo('/learning')
    const pictures = page.getByRole('img')
    await pictures.first().waitFor()
    const alts = await Promise.all((await pictures.all()).map((each) => each.getAttribute('aria-label')))
    expect(alts.map((alt) => alt?.split('.')[0])).toEqual([
      'Approvals waiting',
      'Success by playbook',
      'Success by service',
      'Time to recover by service',
      'Incidents by service',
    ])
    const services = page.getByRole('region', { name: 'Success by service' })
    expect(await services.getByRole('img').getAttribute('aria-label')).toContain(hostile.slice(0, 60))
    await services.getByText('As a table').click()
    expect(await services.getByRole('rowheader').allInnerTexts()).toContain(hostile.slice(0, 79) + '…')
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.title()).not.toContain('owned')
  })

  it('C7 C3 change as soon as something happened, and a table that was opened stays open', async () => {
    const page = await goTo('/learning')
    const incidents = page.getByRole('region', { name: 'Incidents by service' })
    await incidents.getByText('As a table').click()
    const chart = incidentsChart([{ key: 'search', count: 99 }], {
      title: 'Incidents by service',
      foot: 'now',
    })
    const charts = { ...stubCharts, incidents_by_service: { chart, drawing: layoutOf(chart) } }
    stub.world.learning = { ...learningAnswers, 'GET /v1/charts': charts }
    stub.emit('incident', 'inc-42')
    await incidents.getByRole('rowheader', { name: 'search' }).waitFor()
    expect(await incidents.getByRole('img').getAttribute('aria-label')).toContain('search: 99')
    expect(await incidents.getByRole('row').count()).toBe(1)
    expect(open?.complaints).toEqual([])
  })

  it('C7 C3 stand in the card of an answer, in the thread', async () => {
    const chart = aChart({ rows: [aRow(), aRow({ label: hostile })] })
    const card = {
      ...cards.answer,
      blocks: [...cards.answer.blocks, { kind: 'chart', chart, drawing: layoutOf(chart) }],
    } as unknown as Card
    const now = new Date().toISOString()
    stub.world.threads['inc-42']?.push({
      kind: 'card',
      id: 'card-chart',
      cardKind: 'answer',
      version: 1,
      createdAt: now,
      updatedAt: now,
      card,
    })
    const page = await goTo('/incidents/inc-42', { width: 380, colorScheme: 'dark' })
    const picture = page.getByRole('article').getByRole('img', { name: /^Success by playbook/ })
    await picture.waitFor()
    expect(await picture.getAttribute('aria-label')).toBe(chart.alt)
    expect(await faultsOf(page)).toEqual([])
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(open?.complaints).toEqual([])
  })
})

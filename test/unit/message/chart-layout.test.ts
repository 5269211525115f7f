import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chart } from '../../../src/domain/chart.ts'
import type { Drawing, Shape } from '../../../src/message/chart/drawing.ts'
import { chartWidth, layoutOf } from '../../../src/message/chart/layout.ts'
import { fitted, widthOfText, wrapped } from '../../../src/message/chart/measure.ts'
import { svgOf } from '../../../src/message/chart/svg.ts'
import { aChart, anyChart, anyText, aRow } from '../support/charts.ts'

const hostile = fc.oneof(
  fc.string({ maxLength: 30 }),
  anyText,
  fc.constantFrom(
    'payments-service-with-a-name-that-goes-on-and-on-and-on-without-any-end-at-all',
    'שירות תשלומים ארוך מאוד שאין לו סוף',
    '決済サービス決済サービス決済サービス決済サービス',
    '👩‍👩‍👧‍👦'.repeat(30),
    '</text><script>alert(1)</script>',
    '&amp;&#x3c;]]>',
    '\u0000\u001b[31m\ud800',
    '',
    'W'.repeat(300),
  ),
)

interface Box {
  readonly what: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const boxOf = (shape: Shape): Box => {
  switch (shape.kind) {
    case 'rect':
      return {
        what: shape.role,
        left: shape.x,
        right: shape.x + shape.width,
        top: shape.y,
        bottom: shape.y + shape.height,
      }
    case 'circle':
      return {
        what: shape.role,
        left: shape.x - shape.radius,
        right: shape.x + shape.radius,
        top: shape.y - shape.radius,
        bottom: shape.y + shape.radius,
      }
    case 'text': {
      const width = widthOfText(shape.text, shape.size, shape.bold)
      const left =
        shape.anchor === 'start' ? shape.x : shape.anchor === 'end' ? shape.x - width : shape.x - width / 2
      // Letters with a hook below the line, and without the air that a font leaves above.
      return {
        what: shape.text,
        left,
        right: left + width,
        top: shape.y - 0.78 * shape.size,
        bottom: shape.y + 0.24 * shape.size,
      }
    }
  }
}

const apart = (one: Box, other: Box): boolean =>
  one.right <= other.left + 0.1 ||
  other.right <= one.left + 0.1 ||
  one.bottom <= other.top + 0.1 ||
  other.bottom <= one.top + 0.1

/** Words over words, words over bars, and what leaves the frame. */
const faults = ({ width, height, margin, shapes }: Drawing): string[] => {
  const words = shapes.filter(({ kind }) => kind === 'text').map(boxOf)
  const marks = shapes.filter(({ kind }) => kind !== 'text').map(boxOf)
  return [
    ...words.flatMap((one, at) => [
      ...words
        .slice(at + 1)
        .filter((other) => !apart(one, other))
        .map((other) => `${one.what} over ${other.what}`),
      ...marks.filter((other) => !apart(one, other)).map((other) => `${one.what} over ${other.what}`),
    ]),
    ...[...words, ...marks]
      .filter(
        ({ left, right, top, bottom }) =>
          left < margin || right > width - margin + 0.1 || top < margin || bottom > height - margin,
      )
      .map(({ what }) => `${what} leaves the frame`),
  ]
}

const textsOf = (chart: Chart): string[] =>
  layoutOf(chart).shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))

describe('the layout of a chart', () => {
  it('C7 no words touch other words or a bar, and nothing leaves the frame, whatever it is called', () => {
    fc.assert(
      fc.property(anyChart(hostile), (chart) => {
        const drawing = layoutOf(chart)
        expect(faults(drawing)).toEqual([])
        expect(drawing.width).toBe(chartWidth)
      }),
      { numRuns: 300 },
    )
  })

  it('C7 a fault would be found: words that are moved into others are', () => {
    const { shapes, ...frame } = layoutOf(aChart())
    const moved = shapes.map((shape) => (shape.kind === 'text' ? { ...shape, y: shape.y + 14 } : shape))
    expect(faults({ ...frame, shapes: moved }).length).toBeGreaterThan(0)
  })

  it('C7 title, every label, figure, note and the foot stand in it', () => {
    const texts = textsOf(aChart())
    for (const text of [
      'Success by playbook',
      'restart-service',
      '90 %',
      '38 of 42, 78–96 %',
      'scale-up',
      '57 %',
    ])
      expect(texts).toContain(text)
    expect(texts.at(-1)).toBe('Last 7 days · as of 2026-11-23 07:10 UTC')
  })

  it('C7 the figures end at one line at the right', () => {
    const ends = layoutOf(aChart()).shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.bold && shape.anchor === 'end' ? [shape.x] : [],
    )
    expect(new Set(ends)).toEqual(new Set([chartWidth - 18]))
  })

  it('C7 where one note has no room beside its label, all notes stand below theirs', () => {
    const long = aRow({ label: 'payments: Roll back the deploy' })
    const notes = layoutOf(aChart({ rows: [aRow(), long] })).shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.text.startsWith('38 of') ? [shape.anchor] : [],
    )
    expect(notes).toEqual(['start', 'start'])
    expect(textsOf(aChart({ rows: [aRow(), long] }))).toContain('payments: Roll back the deploy')
  })

  it('C7 the band lies around the dot of its value', () => {
    const { shapes } = layoutOf(aChart({ rows: [aRow({ tone: 'good' })] }))
    const band = shapes.find(({ role }) => role === 'good-soft')
    const dot = shapes.find(({ role }) => role === 'good')
    if (band?.kind !== 'rect' || dot?.kind !== 'circle') throw new Error('no band and dot')
    expect(band.x).toBeLessThan(dot.x)
    expect(band.x + band.width).toBeGreaterThan(dot.x)
    expect((dot.x - 18) / (chartWidth - 36)).toBeCloseTo(0.9, 2)
  })

  it('C7 a time or a number that is nothing has no bar, and one that is little has one that is seen', () => {
    const bars = (value: number) =>
      layoutOf(
        aChart({
          scale: 'count',
          rows: [aRow({ value, interval: null }), aRow({ value: 900, interval: null })],
        }),
      ).shapes.filter(({ role }) => role === 'neutral').length
    expect(bars(0)).toBe(1)
    expect(bars(0.001)).toBe(2)
  })

  it('C7 without rows it says so, and keeps its title and its foot', () => {
    const texts = textsOf(aChart({ rows: [] }))
    expect(texts).toContain('Nothing is on record for that.')
    expect(texts[0]).toBe('Success by playbook')
  })
})

describe('its words', () => {
  it('C7 are cut between whole characters', () => {
    const family = '👩‍👩‍👧‍👦'
    expect(fitted(`${family}${family}`, 14, widthOfText(`${family}…`, 14) + 1)).toBe(`${family}…`)
    expect(fitted('checkout', 14, 400)).toBe('checkout')
  })

  it('C7 are wrapped at blanks, and the last line says that there is more', () => {
    expect(wrapped('one two three four', 12, widthOfText('one two', 12) + 1, 2)).toEqual([
      'one two',
      'three…',
    ])
    expect(wrapped('', 12, 100, 2)).toEqual([])
  })
})

describe('its SVG', () => {
  it('C7 holds texts of others as text alone', () => {
    fc.assert(
      fc.property(anyChart(hostile), (chart) => {
        const svg = svgOf(layoutOf(chart), 'Inter')
        expect(svg.replace(/<\/?(svg|g|rect|circle|text)[^<>]*>/g, '')).not.toMatch(/[<>]/)
        expect(svg).not.toMatch(/&(?!(amp|lt|gt|quot);)/)
        expect(svg.isWellFormed()).toBe(true)
      }),
    )
  })

  it('C7 every colour of words has a contrast of at least 6 to 1 to its ground', () => {
    const svg = svgOf(layoutOf(aChart()), 'Inter')
    const ground = /<rect width="\d+" height="\d+" fill="(#[\da-f]{6})"/.exec(svg)?.[1] ?? ''
    const inks = [...svg.matchAll(/<text[^>]* fill="(#[\da-f]{6})"/g)].map(([, ink = '']) => ink)
    expect(new Set(inks).size).toBe(2)
    for (const ink of inks) expect(contrast(ink, ground)).toBeGreaterThanOrEqual(6)
  })
})

/** WCAG 2.2, relative luminance. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (one: string, other: string): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

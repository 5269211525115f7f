import { type Axis, axisOf } from '../../domain/chart/axis.ts'
import { type Chart, type ChartRow, moreWords, noRows } from '../../domain/chart.ts'
import type { Drawing, Role, Shape } from './drawing.ts'
import { fitted, widthOfText, wrapped } from './measure.ts'

/**
 * The one layout of every chart: narrow, so that it is readable on a phone and in a thread. Each row is a line of words with
 * its figure at the right, and below it the bar with its interval. Where one note does not fit beside its label, all notes
 * stand on lines of their own: rows that look alike are quicker to read.
 */

export const chartWidth = 360
const pad = 18
const margin = 16
const inner = chartWidth - 2 * pad
const right = chartWidth - pad

const size = { title: 16, caption: 12, label: 14, note: 12, axis: 11 } as const
const leading = { title: 21, caption: 16.5, note: 17, foot: 15 } as const
/** From the baseline of a row's words to the middle of its bar, and from there to the next baseline. */
const toBar = 14
const toNext = 29
const thick = 8
const dot = 6
const gap = 10
/** A figure longer than this is cut: the label needs some of the line. */
const mostFigure = 130

export const layoutOf = (chart: Chart): Drawing => {
  const { title, caption, rows, more, foot } = chart
  const shapes: Shape[] = []
  let y = pad - 5
  const write = (words: readonly string[], step: number, style: Style): void => {
    for (const line of words) {
      y += step
      shapes.push(text(pad, y, line, style))
    }
  }
  write(wrapped(title, size.title, inner, 2, true), leading.title, {
    size: size.title,
    role: 'text',
    bold: true,
  })
  y += 3
  write(wrapped(caption, size.caption, inner, 4), leading.caption, { size: size.caption, role: 'muted' })
  y += 30
  if (rows.length === 0) shapes.push(text(pad, y, noRows, { size: size.label, role: 'muted' }))
  else {
    const axis = axisOf(chart)
    const figures = Math.min(
      mostFigure,
      Math.max(...rows.map(({ figure }) => widthOfText(figure, size.label, true))),
    )
    const apart = rows.some(({ label, note }) => !besideFits(label, note, figures))
    for (const row of rows) {
      shapes.push(...wordsOf(row, y, figures, apart))
      y += (apart && row.note !== '' ? leading.note : 0) + toBar
      shapes.push(...barOf(row, y, axis, chart.scale === 'share'))
      y += toNext
    }
    y -= 7
    shapes.push(...axisWords(axis, y))
  }
  const last = [...(more === 0 ? [] : [moreWords(more)]), ...(foot === '' ? [] : [foot])].join(' · ')
  y += last === '' ? 0 : 9
  write(wrapped(last, size.axis, inner, 2), leading.foot, { size: size.axis, role: 'muted' })
  return { width: chartWidth, height: Math.ceil(y + pad + 2), margin, shapes }
}

interface Style {
  readonly size: number
  readonly role: Role
  readonly bold?: true
  readonly anchor?: 'start' | 'middle' | 'end'
}

const text = (
  x: number,
  y: number,
  words: string,
  { size: points, role, bold, anchor = 'start' }: Style,
): Shape => ({ kind: 'text', x, y, text: words, size: points, bold: bold === true, anchor, role })

const besideFits = (label: string, note: string, figures: number): boolean =>
  widthOfText(label, size.label) + (note === '' ? 0 : gap + widthOfText(note, size.note)) + gap + figures <=
  inner

/** Label at the left, figures in a column at the right; the note between them, or below the label. */
const wordsOf = ({ label, figure, note }: ChartRow, y: number, figures: number, apart: boolean): Shape[] => {
  const noteAt: [x: number, y: number] = apart ? [pad, y + leading.note] : [right - figures - gap, y]
  return [
    text(pad, y, fitted(label, size.label, inner - figures - gap), { size: size.label, role: 'text' }),
    ...(note === ''
      ? []
      : [
          text(...noteAt, fitted(note, size.note, inner), {
            size: size.note,
            role: 'muted',
            anchor: apart ? 'start' : 'end',
          }),
        ]),
    text(right, y, fitted(figure, size.label, figures, true), {
      size: size.label,
      role: 'text',
      bold: true,
      anchor: 'end',
    }),
  ]
}

const barOf = (
  { value, interval, tone }: ChartRow,
  middle: number,
  { end, ticks }: Axis,
  isShare: boolean,
): Shape[] => {
  const at = (amount: number): number => pad + inner * Math.min(1, Math.max(0, amount / end))
  const cuts = ticks
    .slice(1, -1)
    .map((tick): Shape => rect(pad + inner * tick.at - 0.5, middle, 1, 0, 'surface'))
  const ground = [rect(pad, middle, inner, thick / 2, 'track'), ...cuts]
  const soft: Role = `${tone}-soft`
  if (!isShare) {
    // Time and counts are lengths, and begin at nothing.
    const length = (amount: number, role: Role): Shape[] =>
      amount === 0 ? [] : [rect(pad, middle, Math.max(thick, at(amount) - pad), thick / 2, role)]
    return [...ground, ...(interval === null ? [] : length(interval.high, soft)), ...length(value, tone)]
  }
  // A share is a place between none and all.
  const x = round(Math.min(right - dot, Math.max(pad + dot, at(value))))
  const from = interval === null ? 0 : Math.min(at(interval.low), right - thick)
  return [
    ...ground,
    ...(interval === null
      ? []
      : [rect(from, middle, Math.max(thick, at(interval.high) - from), thick / 2, soft)]),
    { kind: 'circle', x, y: middle, radius: dot + 2, role: 'surface' },
    { kind: 'circle', x, y: middle, radius: dot, role: tone },
  ]
}

const rect = (x: number, middle: number, width: number, radius: number, role: Role): Shape => ({
  kind: 'rect',
  x: round(x),
  y: middle - thick / 2,
  width: round(width),
  height: thick,
  radius,
  role,
})

/** Both ends always; of those between the ones that have room. */
const axisWords = ({ ticks }: Axis, y: number): Shape[] => {
  const last = ticks.at(-1)
  let free = 0
  return ticks.flatMap((tick, index): Shape[] => {
    const x = pad + inner * tick.at
    const width = widthOfText(tick.text, size.axis)
    const anchor = index === 0 ? 'start' : tick === last ? 'end' : 'middle'
    const lastBegins = right - widthOfText(last?.text ?? '', size.axis)
    if (anchor === 'middle' && (x - width / 2 < free || x + width / 2 + gap > lastBegins)) return []
    free = (anchor === 'start' ? x + width : x + width / 2) + gap
    return [text(round(x), y, tick.text, { size: size.axis, role: 'muted', anchor })]
  })
}

const round = (value: number): number => Math.round(value * 10) / 10

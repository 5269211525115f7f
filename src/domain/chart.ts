import { z } from 'zod'
import { cleanText } from './clean-text.ts'

/** Figures side by side, as a value: rows that begin at one zero. A picture, the console and a text show the same of it. */

export const mostRows = 12
/** Slack's `alt_txt` ends at 1,000 characters, Discord's `description` at 1,024. */
export const mostAlt = 1_000

/** `good` and `warning` are for what the figure says by itself, beyond its length; the note says it too. */
export const chartTones = ['neutral', 'good', 'warning'] as const

/** `share`: 0 to 1. `seconds` and `count` begin at 0 and have no end. */
export const chartScales = ['share', 'seconds', 'count'] as const
export type ChartScale = (typeof chartScales)[number]

const amount = z.number().min(0)

export const ChartRow = z.object({
  label: z.string(),
  /** In the unit of the scale. */
  value: amount,
  /** Where the true value likely lies, or how far the slower ones reach: the caption says which. */
  interval: z.object({ low: amount, high: amount }).nullable(),
  /** The value in words: `78 %`, `4 min`. */
  figure: z.string(),
  /** What it rests on: `7 of 9, 45-94 %`. */
  note: z.string(),
  tone: z.enum(chartTones),
})
export type ChartRow = z.infer<typeof ChartRow>

export const Chart = z.object({
  title: z.string(),
  /** How to read it, in a sentence. */
  caption: z.string(),
  scale: z.enum(chartScales),
  rows: z.array(ChartRow).max(mostRows),
  /** Rows that are not among them. */
  more: z.int().min(0),
  /** From when it is: a picture stays in its thread for a long time. */
  foot: z.string(),
  /** All that the picture tells, for those who can't see it; at most `mostAlt` characters. */
  alt: z.string().max(mostAlt),
})
export type Chart = Readonly<z.infer<typeof Chart>>

export type ChartInput = Pick<Chart, 'title' | 'caption' | 'scale' | 'foot'> & {
  readonly rows: readonly ChartRow[]
}

/** Longest texts, in UTF-16 units; a label that is longer is no label. */
const most = { title: 120, caption: 240, label: 80, figure: 20, note: 60, foot: 120 } as const

/** The value that every painter takes: texts of others cleaned and cut, numbers within their scale, twelve rows, alt text. */
export const chartOf = ({ title, caption, scale, foot, rows }: ChartInput): Chart => {
  const shown = rows.slice(0, mostRows).map((row) => tidy(row, scale))
  const chart = {
    title: cleanText(title, most.title),
    caption: cleanText(caption, most.caption),
    scale,
    rows: shown,
    more: rows.length - shown.length,
    foot: cleanText(foot, most.foot),
  }
  return { ...chart, alt: altOf(chart) }
}

const tidy = (row: ChartRow, scale: ChartScale): ChartRow => {
  const end = scale === 'share' ? 1 : Number.MAX_SAFE_INTEGER
  const within = (value: number): number => (value > 0 ? Math.min(value, end) : 0)
  const value = within(row.value)
  return {
    label: cleanText(row.label, most.label) || '–',
    value,
    interval:
      row.interval === null
        ? null
        : {
            low: Math.min(within(row.interval.low), within(row.interval.high)),
            high: Math.max(within(row.interval.low), within(row.interval.high)),
          },
    figure: cleanText(row.figure, most.figure),
    note: cleanText(row.note, most.note),
    tone: row.tone,
  }
}

export const noRows = 'Nothing is on record for that.'

export const moreWords = (more: number): string => `and ${more} more`

const altOf = ({ title, caption, rows, more, foot }: Omit<Chart, 'alt'>): string => {
  const head = `${title}. ${caption}`.trim()
  const last = foot === '' ? '' : ` ${foot}.`
  if (rows.length === 0) return `${head} ${noRows}${last}`
  const told: string[] = []
  let room = mostAlt - head.length - last.length - ` ${moreWords(more + rows.length)}.`.length
  for (const { label, figure, note } of rows) {
    const words = `${label}: ${figure}${note === '' ? '' : ` (${note})`}`
    room -= words.length + 2
    if (room < 0) break
    told.push(words)
  }
  const left = more + rows.length - told.length
  return `${head} ${told.join('; ')}${left === 0 ? '' : `; ${moreWords(left)}`}.${last}`
}

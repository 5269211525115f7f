import { type Chart, type ChartRow, moreWords, noRows } from '../chart.ts'
import { axisOf } from './axis.ts'

/** A chart where no picture can be: a small bar of block characters before each row. */

export interface TextRow {
  /** Ten characters. */
  readonly bar: string
  readonly label: string
  readonly figure: string
  readonly note: string
}

export interface TextChart {
  readonly title: string
  readonly rows: readonly TextRow[]
  /** What is not shown as a row; empty when that is nothing. */
  readonly rest: string
}

const cells = 10

export const textRowsOf = (chart: Chart): TextChart => {
  const { end } = axisOf(chart)
  return {
    title: chart.title,
    rows: chart.rows.map((row) => ({
      bar: barOf(row, end),
      label: row.label,
      figure: row.figure,
      note: row.note,
    })),
    rest: chart.rows.length === 0 ? noRows : chart.more === 0 ? '' : moreWords(chart.more),
  }
}

/** A cell for what is there at all, however little: nothing looks like nothing only when it is. */
const barOf = ({ value }: ChartRow, end: number): string => {
  const full = value === 0 ? 0 : Math.max(1, Math.round(Math.min(1, value / end) * cells))
  return '▰'.repeat(full) + '▱'.repeat(cells - full)
}

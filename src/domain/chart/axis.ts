import type { Chart } from '../chart.ts'

/** The numbers below the rows: from 0 to a round end, a few between. */

export interface Tick {
  /** 0 to 1 of the width. */
  readonly at: number
  readonly text: string
}

export interface Axis {
  /** In the unit of the scale; above 0. */
  readonly end: number
  readonly ticks: readonly Tick[]
}

export const axisOf = ({ scale, rows }: Pick<Chart, 'scale' | 'rows'>): Axis => {
  if (scale === 'share') return axis(1, 0.25, (value) => `${Math.round(value * 100)} %`)
  const longest = Math.max(1, ...rows.map(({ value, interval }) => Math.max(value, interval?.high ?? 0)))
  const step = stepFor(longest, scale === 'seconds')
  return axis(Math.ceil(longest / step) * step, step, scale === 'seconds' ? time : number)
}

const axis = (end: number, step: number, words: (value: number) => string): Axis => ({
  end,
  ticks: Array.from({ length: Math.round(end / step) + 1 }, (_, at) => ({
    at: Math.min(1, (at * step) / end),
    text: words(at * step),
  })),
})

/** More than these crowd a narrow picture; times are longer words than numbers. */
const most = { times: 4, numbers: 5 } as const

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const timeSteps: readonly number[] = [
  1,
  2,
  5,
  10,
  15,
  30,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5].map((count) => count * day),
]

const stepFor = (longest: number, isTime: boolean): number => {
  const steps = isTime ? most.times : most.numbers
  const known = isTime ? timeSteps.find((step) => longest / step <= steps) : undefined
  if (known !== undefined) return known
  const unit = isTime ? day : 1
  const power = 10 ** Math.max(0, Math.floor(Math.log10(longest / steps / unit)))
  const factor = [1, 2, 5, 10].find((each) => longest / (each * power * unit) <= steps) ?? 20
  return factor * power * unit
}

const time = (seconds: number): string => {
  if (seconds === 0) return '0'
  if (seconds % day === 0) return `${number(seconds / day)} d`
  if (seconds % hour === 0) return `${seconds / hour} h`
  return seconds % minute === 0 ? `${seconds / minute} min` : `${seconds} s`
}

const units = [
  [1e12, ' T'],
  [1e9, ' G'],
  [1e6, ' M'],
  [1e4, ' k'],
] as const

/** `5,000`, `20 k`: short enough for any end. */
const number = (count: number): string => {
  for (const [size, unit] of units)
    if (count >= size) return `${Number((count / (size === 1e4 ? 1e3 : size)).toPrecision(4))}${unit}`
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

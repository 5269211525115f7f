import fc from 'fast-check'
import {
  type Chart,
  type ChartInput,
  type ChartRow,
  chartOf,
  chartScales,
  chartTones,
} from '../../../src/domain/chart.ts'
import { figuresOf, type LearningFigures } from '../../../src/domain/learning/figures.ts'
import type { RecoveryFigures } from '../../../src/domain/learning/recovery-time.ts'

/** Charts of every kind, and figures to make them of. */

export const aRow = (over: Partial<ChartRow> = {}): ChartRow => ({
  label: 'restart-service',
  value: 0.9,
  interval: { low: 0.78, high: 0.96 },
  figure: '90 %',
  note: '38 of 42, 78–96 %',
  tone: 'neutral',
  ...over,
})

export const aChart = (over: Partial<ChartInput> = {}): Chart =>
  chartOf({
    title: 'Success by playbook',
    caption: 'The dot is the share of runs that worked, the band its 95 % interval.',
    scale: 'share',
    rows: [
      aRow(),
      aRow({ label: 'scale-up', value: 0.57, interval: { low: 0.33, high: 0.79 }, figure: '57 %' }),
    ],
    foot: 'Last 7 days · as of 2026-11-23 07:10 UTC',
    ...over,
  })

export const figures = (
  key: string,
  worked: number,
  tried: number,
  totalMs = tried * 1_000,
): LearningFigures =>
  figuresOf(key, [
    { key, status: 'succeeded', recovery: 'recovered', outcomes: worked, totalMs },
    { key, status: 'failed', recovery: 'not_recovered', outcomes: tried - worked, totalMs: 0 },
  ])

export const recoveries = (
  key: string,
  medianMs: number,
  p90Ms: number,
  incidents = 10,
): RecoveryFigures => ({
  key,
  incidents,
  alone: 2,
  meanMs: medianMs,
  medianMs,
  p90Ms,
})

const anyNumber = fc.oneof(
  fc.double({ min: -1, max: 2, noNaN: false }),
  fc.double({ noNaN: false }),
  fc.nat(100_000_000),
)

/** Whatever figures and texts come in. */
export const anyChart = (text: fc.Arbitrary<string>): fc.Arbitrary<Chart> =>
  fc
    .record({
      title: text,
      caption: text,
      scale: fc.constantFrom(...chartScales),
      foot: text,
      rows: fc.array(
        fc.record({
          label: text,
          value: anyNumber,
          interval: fc.option(fc.record({ low: anyNumber, high: anyNumber })),
          figure: text,
          note: text,
          tone: fc.constantFrom(...chartTones),
        }),
        { maxLength: 30 },
      ),
    })
    .map(chartOf)

/** Any code points, halves of pairs among them. */
export const anyText = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10_ffff)), { maxLength: 120 })
  .map((points) => String.fromCodePoint(...points))

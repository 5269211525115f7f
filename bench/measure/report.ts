import { type AbsentSide, isAbsent, type Side } from './rounds.ts'
import { ratioSpread, type Spread, spreadOf } from './statistics.ts'

/** What a baseline asks of the candidate: `required`, and what we aim at; as the ratio candidate / baseline. */
export interface Bound {
  readonly sense: 'at_least' | 'at_most'
  readonly required: number
  readonly aim: number
}

export interface Subject {
  readonly name: string
  readonly unit: string
  readonly bounds: Readonly<Record<string, Bound>>
}

export interface BaselineReport {
  readonly name: string
  readonly value: Spread | null
  readonly ratio: Spread | null
  /** Why there is no value. */
  readonly absent: string | null
  readonly bound: Bound | null
}

export interface Report {
  readonly bench: string
  readonly unit: string
  readonly candidate: Spread
  readonly baselines: readonly BaselineReport[]
}

export const reportOf = (
  subject: Subject,
  candidate: string,
  baselines: readonly (Side | AbsentSide)[],
  figures: ReadonlyMap<string, readonly number[]>,
): Report => {
  const measured = figures.get(candidate) ?? []
  return {
    bench: subject.name,
    unit: subject.unit,
    candidate: spreadOf(measured),
    baselines: baselines.map((side) => {
      const bound = subject.bounds[side.name] ?? null
      if (isAbsent(side)) return { name: side.name, value: null, ratio: null, absent: side.absent, bound }
      const values = figures.get(side.name) ?? []
      return {
        name: side.name,
        value: spreadOf(values),
        ratio: ratioSpread(measured, values),
        absent: null,
        bound,
      }
    }),
  }
}

/** Three digits that mean something, and no more. */
const rounded = (value: number): number => Number(value.toPrecision(value >= 1_000 ? 4 : 3))

/** One figure over all rounds, and what else counts. */
export interface Overall {
  /** Null where the median of the rounds says it. */
  readonly value: number | null
  readonly fields: Readonly<Record<string, number>>
}

/** The one object of `--json`. A baseline that could not be measured has null for both figures. */
export const toJson = (report: Report, overall?: Overall): string =>
  JSON.stringify({
    bench: report.bench,
    value: rounded(overall?.value ?? report.candidate.median),
    unit: report.unit,
    ...overall?.fields,
    baselines: report.baselines.map(({ name, value, ratio }) => ({
      name,
      value: value === null ? null : rounded(value.median),
      ratio: ratio === null ? null : rounded(ratio.median),
    })),
  })

const shown = (spread: Spread, unit: string): string =>
  `${rounded(spread.median)} ${unit} (${rounded(spread.min)} to ${rounded(spread.max)})`

const verdictOf = (ratio: number, { sense, required, aim }: Bound): string => {
  const meets = (limit: number): boolean => (sense === 'at_least' ? ratio >= limit : ratio <= limit)
  const words = `${sense === 'at_least' ? 'at least' : 'at most'} ${required}, aim ${aim}`
  if (meets(aim)) return `${words}: reaches the aim`
  return meets(required) ? `${words}: within the bound` : `${words}: MISSED`
}

/** For people: medians with their range, and each ratio with what was asked of it. */
export const toLines = (report: Report): string[] => [
  `${report.bench}: ${shown(report.candidate, report.unit)}`,
  ...report.baselines.map(({ name, value, ratio, absent, bound }) => {
    if (value === null || ratio === null) return `  ${name}: not measured, ${absent ?? 'for no known reason'}`
    const judged = bound === null ? '' : `; ${verdictOf(ratio.median, bound)}`
    return `  ${name}: ${shown(value, report.unit)}; ratio ${shown(ratio, 'x')}${judged}`
  }),
]

import { changeTitles, isChangeKind } from '../change.ts'
import type { Evidence } from '../evidence.ts'
import type { RecentChange } from './facts.ts'

/** What breaks by a change mostly breaks at once; two hours later it is one suspicion among others. */
export const atOnceMinutes = 30
export const laterMinutes = 120

/** Changes as the rules read them. Null where no look told of changes, or nobody records any. */
export const readChanges = (evidence: readonly Evidence[]): RecentChange[] | null => {
  const told = evidence.filter((each) => each.status === 'ok')
  if (!told.some(({ facts }) => facts['recorded'] === true || facts['change.1.title'] !== undefined))
    return null
  return told
    .flatMap(({ facts }) => [...numbered(facts)])
    .sort((one, other) => one.minutesBefore - other.minutesBefore)
}

function* numbered(facts: Evidence['facts']): Generator<RecentChange> {
  for (let at = 1; facts[`change.${at}.title`] !== undefined; at += 1) {
    const of = (part: string) => facts[`change.${at}.${part}`]
    const minutesBefore = of('minutesBefore')
    if (typeof minutesBefore !== 'number' || !Number.isFinite(minutesBefore)) continue
    yield {
      service: String(of('service') ?? ''),
      kind: String(of('kind') ?? 'other'),
      title: String(of('title')),
      minutesBefore,
      own: of('own') === true,
    }
  }
}

/** `Deploy of checkout “v2.31”, 12 min before it began.` */
export const describeChange = ({ service, kind, title, minutesBefore }: RecentChange): string =>
  `${isChangeKind(kind) ? changeTitles[kind] : 'Change'} of ${service} “${title}”, ${minutesInWords(minutesBefore)} before it began.`

export const minutesInWords = (minutes: number): string => {
  const whole = Math.max(0, Math.round(minutes))
  if (whole < 1) return 'less than a minute'
  if (whole < 120) return `${whole} min`
  return `${Math.round(whole / 60)} h`
}

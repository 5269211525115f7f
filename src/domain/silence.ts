import { z } from 'zod'
import type { Alert } from './alert.ts'

/**
 * What is known to make a noise for a while. Alerts that match are kept and open nothing. `maintenance` of a service is a silence
 * in which Suture proposes nothing for it either.
 */

export const silenceKinds = ['silence', 'maintenance'] as const
export type SilenceKind = (typeof silenceKinds)[number]

export const matcherOperators = ['=', '!=', '=~'] as const
type MatcherOperator = (typeof matcherOperators)[number]

/** `=~` takes the beginning of a value with `*` behind it. Never a regular expression: one of those can hang the intake. */
export const Matcher = z
  .strictObject({
    /** `service`, `alertname`, `severity`, `source`, or any label of the alert. */
    label: z
      .string()
      .regex(
        /^[A-Za-z_][A-Za-z0-9_./-]{0,99}$/,
        'expected the name of a label, such as service, alertname or team',
      )
      .refine((label) => label !== '__proto__', 'no alert has a label of this name'),
    operator: z.enum(matcherOperators),
    value: z.string().min(1).max(200),
  })
  .refine(({ operator, value }) => operator !== '=~' || /^[^*]+\*?$/.test(value), {
    path: ['value'],
    message: '=~ takes the beginning of a value with * behind it, such as payments-*',
  })
export type Matcher = z.infer<typeof Matcher>

/** What is excluded alone would silence nearly everything. */
export const Matchers = z
  .array(Matcher)
  .min(1)
  .max(10)
  .refine((all) => all.some(({ operator }) => operator !== '!='), {
    message: 'names only what it is not about; name at least one label with = or =~',
  })

export interface Silence {
  /** Such as `sil-7`. */
  readonly id: string
  readonly kind: SilenceKind
  readonly matchers: readonly Matcher[]
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  /** Before its time; null while it stands. */
  readonly endedAt: Temporal.Instant | null
}

export const isInForce = (
  { from, until, endedAt }: Pick<Silence, 'from' | 'until' | 'endedAt'>,
  now: Temporal.Instant,
): boolean =>
  endedAt === null && Temporal.Instant.compare(from, now) <= 0 && Temporal.Instant.compare(now, until) < 0

type Matched = Pick<Alert, 'service' | 'title' | 'severity' | 'source' | 'labels'>

/** The first that keeps this alert quiet now; the others would change nothing. */
export const silencedBy = <T extends Silence>(
  alert: Matched,
  silences: readonly T[],
  now: Temporal.Instant,
): T | null =>
  silences.find(
    (silence) => isInForce(silence, now) && silence.matchers.every((matcher) => matches(matcher, alert)),
  ) ?? null

const matches = ({ label, operator, value }: Matcher, alert: Matched): boolean => {
  const found = valueOf(alert, label)
  switch (operator) {
    case '=':
      return found === value
    case '!=':
      return found !== value
    case '=~':
      return found !== null && (value.endsWith('*') ? found.startsWith(value.slice(0, -1)) : found === value)
  }
}

/** The name of the catalogue, whichever alias the alert has. */
const valueOf = (alert: Matched, label: string): string | null => {
  switch (label) {
    case 'service':
      return alert.service
    case 'alertname':
      return alert.title
    case 'severity':
      return alert.severity
    case 'source':
      return alert.source
    default:
      return Object.hasOwn(alert.labels, label) ? (alert.labels[label] ?? null) : null
  }
}

/** Whether it may keep alerts of this service quiet, whatever their other labels are. */
export const mayConcern = (matchers: readonly Matcher[], service: string): boolean =>
  matchers.every(
    (matcher) =>
      matcher.label !== 'service' ||
      matches(matcher, { service, title: '', severity: 'info', source: 'generic', labels: {} }),
  )

export const matcherInWords = ({ label, operator, value }: Matcher): string => `${label}${operator}${value}`

export const matchersInWords = (matchers: readonly Matcher[]): string =>
  matchers.map(matcherInWords).join(' ')

/** `severity!=critical`, as people type it; a bare word is a service. Not checked yet. */
export const matcherOf = (word: string): Matcher => {
  const [, label, operator, value = ''] = /^([^=!~]+)(=~|!=|=)(.*)$/.exec(word) ?? []
  return label === undefined || operator === undefined
    ? { label: 'service', operator: '=', value: bare(word) }
    : { label, operator: operator as MatcherOperator, value: bare(value) }
}

const bare = (text: string): string => text.replaceAll(/^["“”'`]+|["“”'`]+$/g, '')

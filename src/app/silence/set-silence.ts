import { cleanText } from '../../domain/clean-text.ts'
import type { Caller } from '../../domain/person.ts'
import { localInWords } from '../../domain/policy/calendar-words.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { type Matcher, Matchers, matchersInWords, type SilenceKind } from '../../domain/silence.ts'
import { parseWhen, whenExamples } from '../../domain/when.ts'
import type { Tx } from '../../storage/database.ts'
import type { SilenceRow } from '../../storage/silence.repository.ts'
import type { App, Configuration } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseSilencing } from './may-silence.ts'
import { start } from './turn-silence.ts'

export interface SilenceInput {
  readonly kind: SilenceKind
  readonly matchers: readonly Matcher[]
  /** As `parseWhen` reads it; now when absent. */
  readonly from?: string | undefined
  readonly until: string
  readonly reason: string
}

export interface SilenceSet {
  readonly id: string
  readonly kind: SilenceKind
  readonly matchers: readonly Matcher[]
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly reason: string
  /** By whose clock the times were meant. */
  readonly zone: string
}

/** What is quiet for longer is no longer watched: whoever wants that changes the alert. */
const longestDays = 30
/** Every batch of alerts is held against each of them. */
const mostStanding = 200

/** Alerts that match open nothing from then on. Those that fire already stay as they are. */
export const setSilence = async (
  app: App,
  caller: Caller,
  input: SilenceInput,
): Promise<SilenceSet | Rejection> => {
  const configuration = await app.configuration.of(caller.tenantId)
  return commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: caller.tenantId, command: input.kind }
    const forbidden = await refuseSilencing(app, tx, caller.person)
    if (forbidden !== null) return refused(out, about, forbidden)
    const asked = check(configuration, input, tx.now)
    if (isRejection(asked)) return asked
    if ((await countStanding(tx)) >= mostStanding) return refused(out, about, tooMany)
    const { matchers, from, until, reason, zone } = asked
    const row = await tx.db
      .insertInto('silence')
      .values({
        tenant_id: tx.tenantId,
        kind: input.kind,
        matchers: JSON.stringify(matchers),
        from_at: from,
        until_at: until,
        reason,
        set_by: caller.person.id,
        created_at: tx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    out.audit({
      event: 'silence_set',
      actor: caller.person.id,
      subject: row.id,
      details: {
        kind: row.kind,
        matchers: matchersInWords(matchers),
        from: from.toString(),
        until: until.toString(),
        reason,
        via: caller.via,
      },
    })
    if (Temporal.Instant.compare(from, tx.now) <= 0) await start(app, tx, out, row)
    else out.effect({ kind: 'silence', key: row.id, dueAt: from })
    out.changed('governance', tx.tenantId)
    return { id: row.id, kind: row.kind, matchers, from: row.from_at, until: row.until_at, reason, zone }
  })
}

type Asked = Pick<SilenceRow, 'matchers' | 'reason'> & {
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly zone: string
}

const check = (
  configuration: Configuration,
  input: SilenceInput,
  now: Temporal.Instant,
): Asked | Rejection => {
  const named = input.matchers.map((matcher) => withCatalogueName(configuration, matcher))
  const read = Matchers.safeParse(named)
  if (!read.success) {
    const [issue] = read.error.issues
    return invalid(
      `matchers${issue?.path.map((part) => `.${String(part)}`).join('') ?? ''}`,
      `${named.length === 0 ? 'It matches nothing' : matchersInWords(named).slice(0, 200)}: ${issue?.message ?? 'not understood'}.`,
      'Say what to silence, such as service=checkout, severity!=critical or alertname=~High*.',
    )
  }
  const services = read.data.filter(({ label, operator }) => label === 'service' && operator === '=')
  const unknown = services.find(({ value }) => configuration.serviceOf(value) === undefined)
  if (unknown !== undefined)
    return invalid(
      'matchers',
      `There is no service “${unknown.value}” in the catalogue.`,
      'Name a service of the catalogue, or match another label.',
    )
  if (input.kind === 'maintenance' && (read.data.length !== 1 || services.length !== 1))
    return invalid(
      'matchers',
      'Maintenance is of one service.',
      'Name it: /heal maintenance checkout for 2h because upgrade.',
    )
  const reason = cleanText(input.reason, 300)
  if (reason === '')
    return invalid(
      'reason',
      'A silence needs a reason.',
      'Say why: whoever wonders about the quiet reads it.',
    )
  const zone = configuration.serviceOf(services[0]?.value ?? '')?.timeZone ?? 'UTC'
  const times = timesOf(input, now, zone)
  return isRejection(times) ? times : { matchers: read.data, reason, zone, ...times }
}

const timesOf = (
  { from: typedFrom, until: typedUntil }: SilenceInput,
  now: Temporal.Instant,
  zone: string,
): { from: Temporal.Instant; until: Temporal.Instant } | Rejection => {
  const wholeMs = now.round({ smallestUnit: 'millisecond', roundingMode: 'floor' })
  const from = typedFrom === undefined ? wholeMs : timeOf('from', typedFrom, now, zone)
  if (isRejection(from)) return from
  // A duration counts from when it begins.
  const until = timeOf('until', typedUntil, Temporal.Instant.compare(from, now) > 0 ? from : now, zone)
  if (isRejection(until)) return until
  const remedy = `Say a time that lies ahead: ${whenExamples}.`
  if (Temporal.Instant.compare(until, now) <= 0 || Temporal.Instant.compare(until, from) <= 0)
    return invalid('until', `${localInWords(until, zone)} is over: it is ${localInWords(now, zone)}.`, remedy)
  if (Temporal.Instant.compare(until, now.add({ hours: longestDays * 24 })) > 0)
    return invalid(
      'until',
      `${localInWords(until, zone)} is more than ${longestDays} days ahead.`,
      'Silence it for less, or change the alert at its source.',
    )
  return { from, until }
}

const timeOf = (
  field: string,
  typed: string,
  now: Temporal.Instant,
  zone: string,
): Temporal.Instant | Rejection =>
  parseWhen(typed, now, zone)?.round({ smallestUnit: 'millisecond', roundingMode: 'floor' }) ??
  invalid(
    field,
    `“${cleanText(typed, 60)}” is no time that Suture understands.`,
    `Say a time: ${whenExamples}.`,
  )

const withCatalogueName = ({ serviceOf }: Configuration, matcher: Matcher): Matcher =>
  matcher.label === 'service' && matcher.operator !== '=~'
    ? { ...matcher, value: serviceOf(matcher.value)?.name ?? matcher.value }
    : matcher

const invalid = (field: string, detail: string, remedy: string): Rejection =>
  reject('invalid', detail, remedy, { facts: { field } })

const tooMany = reject(
  'conflict',
  `${mostStanding} silences stand already.`,
  'End some that are no longer needed: /heal silences lists them.',
)

const countStanding = async (tx: Tx): Promise<number> => {
  const { count } = await tx.db
    .selectFrom('silence')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tx.tenantId)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

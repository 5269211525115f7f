import { askWithinMs, watchdogGraceMs } from '../../src/app/run/overdue-times.ts'
import { isTerminal, type RunStatus, runStatuses } from '../../src/domain/run.ts'
import { effectKey, type StepPhase, type StepStatus } from '../../src/domain/step.ts'
import type { Cell } from './cell.ts'
import { steps, type Variant } from './estate.ts'
import type { Effect } from './target.ts'

/** The promises, checked from outside: rows of the database and what the target has seen. */

interface RunRow {
  readonly status: RunStatus
  readonly cause: string | null
  readonly reason: string
  readonly fence: string
  /** Negative while the deadline is ahead; null before the run has one. By PostgreSQL's clock. */
  readonly late_ms: number | null
}

interface StepRow {
  readonly step_id: string
  readonly phase: StepPhase
  readonly status: StepStatus
}

/** All that is known of one run at one moment. */
export interface Seen {
  readonly run: RunRow
  readonly steps: readonly StepRow[]
  readonly locks: readonly string[]
  readonly effects: readonly Effect[]
  /** How often each event stands in the audit trail with this run as its subject. */
  readonly audited: Readonly<Record<string, number>>
  readonly learned: number
}

export const look = async (cell: Cell, runId: string): Promise<Seen> => {
  const [runs, stepRows, locks, audited, learned] = await Promise.all([
    cell.rows<RunRow>(
      `select status, cause, reason, fencing_token::text as fence,
         (extract(epoch from coalesce(finished_at, now()) - deadline_at) * 1000)::float8 as late_ms
       from run where id = $1`,
      [runId],
    ),
    cell.rows<StepRow>(
      'select step_id, phase, status from step_execution where run_id = $1 order by started_at, position',
      [runId],
    ),
    cell.rows<{ target: string }>('select target from target_lock where run_id = $1 order by target', [
      runId,
    ]),
    cell.rows<{ event: string; times: number }>(
      'select event, count(*)::int as times from audit_entry where subject = $1 group by event order by event',
      [runId],
    ),
    cell.rows<{ times: number }>('select count(*)::int as times from learning_outcome where run_id = $1', [
      runId,
    ]),
  ])
  const [run] = runs
  if (run === undefined) throw new Error(`there is no ${runId}`)
  return {
    run,
    steps: stepRows,
    locks: locks.map(({ target }) => target),
    effects: cell.target.effects(`${runId}.`),
    audited: Object.fromEntries(audited.map(({ event, times }) => [event, times])),
    learned: learned[0]?.times ?? 0,
  }
}

const sweepMs = 1_000
/** For a machine that does more than this at the same time. How late a run really was stands in the report. */
const slackMs = 6_000
/** How long after its deadline a run has ended at the latest. */
export const latestMs = watchdogGraceMs + askWithinMs + 2 * sweepMs + slackMs

/**
 * Ended by its deadline after it had changed hands more often than any case has it do: every lease ran out on a machine that is too
 * busy. That breaks no promise of Suture's, and shows none: such a case is played again, and alone it has to end right.
 */
export const wasStarved = ({ run }: Seen): boolean =>
  run.cause === 'timed_out' && Number(run.fence) > mostHands
const mostHands = 8

export interface Expected {
  readonly variant: Variant
  /** Whether somebody was there to bring the run to its own end, instead of the watchdog. */
  readonly attended: boolean
}

const ends = {
  heals: 'succeeded',
  refused: 'rolled_back',
  ill: 'rolled_back',
  blind: 'succeeded',
} as const satisfies Record<Variant, RunStatus>

/** Every promise that is broken, in a sentence. */
export const brokenPromises = (seen: Seen, { variant, attended }: Expected): string[] => [
  ...endsInTime(seen),
  ...effectsOnce(seen),
  ...locksOnlyOfUnknown(seen),
  ...saysWhatHappened(seen),
  ...(attended ? endsRight(seen, variant) : []),
]

const endsInTime = ({ run }: Seen): string[] => {
  if (!isTerminal(run.status))
    return [
      `it is still ${run.status}, ${spoken(run.late_ms)} its deadline${run.reason === '' ? '' : `: ${run.reason}`}`,
    ]
  return run.late_ms !== null && run.late_ms > latestMs
    ? [`it ended ${Math.round(run.late_ms)} ms after its deadline; ${latestMs} ms are allowed`]
    : []
}

const spoken = (lateMs: number | null): string =>
  lateMs === null
    ? 'without having had'
    : lateMs < 0
      ? `${-Math.round(lateMs)} ms before`
      : `${Math.round(lateMs)} ms after`

const effectsOnce = ({ effects, steps: rows }: Seen): string[] => [
  ...effects.flatMap(({ key, count }) => (count > 1 ? [`${key} took effect ${count} times`] : [])),
  ...effects.flatMap(({ key }) =>
    rows.some((row) => key.endsWith(effectKey('', row.step_id, row.phase)))
      ? []
      : [`${key} took effect, and no step says that it was meant`],
  ),
]

const locksOnlyOfUnknown = ({ run, locks }: Seen): string[] => {
  if (!isTerminal(run.status)) return []
  if (run.status === 'unknown') return locks.length === 0 ? ['it ended unknown and holds no lock'] : []
  return locks.length === 0 ? [] : [`it ended ${run.status} and still holds ${locks.join(', ')}`]
}

/** The rows agree with the target, and the end is told once. */
const saysWhatHappened = ({ run, steps: rows, effects, audited, learned }: Seen): string[] => {
  if (!isTerminal(run.status)) return []
  const happened = (row: StepRow): boolean =>
    effects.some(({ key }) => key.endsWith(effectKey('', row.step_id, row.phase)))
  const acting = rows.filter(({ phase }) => phase !== 'verify')
  return [
    ...acting.flatMap((row) => {
      const name = `${row.phase} of ${row.step_id}`
      if (row.status === 'intent') return [`it ended, and the ${name} has an intent without a result`]
      if (row.status === 'succeeded' && !happened(row)) return [`the ${name} succeeded, and had no effect`]
      if (row.status === 'unknown' && run.status !== 'unknown')
        return [`the ${name} is unknown, and the run ended ${run.status}`]
      return row.status !== 'succeeded' && row.status !== 'unknown' && happened(row)
        ? [`the ${name} ${row.status}, and had its effect`]
        : []
    }),
    ...(audited['run_finished'] === 1 ? [] : [`its end was audited ${audited['run_finished'] ?? 0} times`]),
    ...(learned === 1 ? [] : [`it was learned from ${learned} times`]),
    ...(run.status === 'unknown' && !acting.some(({ status }) => status === 'unknown')
      ? ['it ended unknown, and every step is known']
      : []),
  ]
}

/** With a worker there to the end it ends as if nobody had been killed; only what can't tell may end unknown. */
const endsRight = (seen: Seen, variant: Variant): string[] => {
  const { run, effects } = seen
  if (!isTerminal(run.status)) return []
  if (variant === 'blind' && run.status === 'unknown') return []
  // Its health did not answer in time: then nothing is undone blindly.
  if (variant === 'ill' && run.cause === 'not_measured') return []
  if (run.status !== ends[variant])
    return [`it ended ${run.status} (${run.cause ?? 'no cause'}: ${run.reason}) instead of ${ends[variant]}`]
  const done = effects.map(({ key }) => key.slice(key.indexOf('.') + 1))
  const expected = expectedEffects(variant)
  return done.join() === expected.join()
    ? []
    : [`the target saw ${done.join(', ') || 'nothing'}, expected ${expected.join(', ')}`]
}

const expectedEffects = (variant: Variant): string[] => {
  const undone = (of: readonly string[]) => [...of, ...of.toReversed().map((step) => `${step}.rollback`)]
  switch (variant) {
    case 'heals':
    case 'blind':
      return [...steps]
    case 'refused':
      return undone(steps.slice(0, 2))
    case 'ill':
      return undone(steps)
  }
}

/**
 * What a worker that wakes up, or a ring that comes late, has changed of a run that had ended. A call that was under way when
 * its worker was stopped may arrive once the run has ended `unknown`, which is what the word says; it arrives once, as
 * is counted elsewhere.
 */
export const changesAfterEnd = (before: Seen, after: Seen): string[] => {
  const text = (seen: Seen): string => {
    const unknown = seen.steps.filter((step) => step.status === 'unknown').map((step) => step.step_id)
    const effects = seen.effects.filter(({ key }) => !unknown.includes(key.slice(key.indexOf('.') + 1)))
    return JSON.stringify({ ...seen, effects, run: { ...seen.run, late_ms: null } })
  }
  return text(before) === text(after)
    ? []
    : [`something changed after its end: ${text(before)} became ${text(after)}`]
}

export const isOver = ({ run }: Seen): boolean => runStatuses.includes(run.status) && isTerminal(run.status)

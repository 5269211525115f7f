import { type Check, isKnownCheck } from '../../domain/check.ts'
import { seenAtLast, seenSoFar } from '../../domain/check-in-words.ts'
import type { Recovery } from '../../domain/learning.ts'
import {
  allOf,
  endOf,
  endOfAll,
  nothingSeen,
  type Patience,
  seeMore,
  standingOf,
} from '../../domain/verification.ts'
import type { App } from '../app.ts'
import { pause } from './built-in-step.ts'
import type { Claim } from './claim-run.ts'
import type { Control } from './control.ts'
import { lookAt } from './look.ts'
import { type CheckNote, noteChecks } from './note-checks.ts'

/** A check with the row that shows it. */
export interface WatchedCheck {
  readonly stepId: string
  readonly title: string
  readonly position: number
  readonly check: Check
}

/** A look that hangs is given up after this time, so that it does not use up all of `within`. */
const longestLookMs = 10_000

/** The card shows the last readings at most this often: each is a commit, and an edit of a message. */
const noteEveryMs = 1_000

/** What was seen in the end; nobody has written it yet, so that it can go with the commit that draws the conclusion. */
export interface Watched {
  readonly recovery: Recovery
  readonly notes: readonly CheckNote[]
}

/** How the rows stand when the looking begins. */
export const firstNotes = (checks: readonly WatchedCheck[]): CheckNote[] =>
  checks.map((each) => noteOf(each, 'intent', ''))

/**
 * Looks at all of them side by side until they hold together, one is known not to, or time is up. `begun`: their first
 * notes are committed already.
 */
export const watchChecks = async (
  app: App,
  claim: Claim,
  control: Control,
  checks: readonly WatchedCheck[],
  { begun = false }: { readonly begun?: boolean } = {},
): Promise<Watched> => {
  const watching = checks.map((each) => ({ ...each, patience: patienceOf(each.check), seen: nothingSeen }))
  type Watching = (typeof watching)[number]
  const beganMs = app.clock.monotonicMs()
  const elapsed = (): number => app.clock.monotonicMs() - beganMs
  const standing = (each: Watching) => standingOf(each.seen, each.patience, elapsed())
  const done = new AbortController()
  const over = AbortSignal.any([control.work, done.signal])

  if (!begun) await noteChecks(app, claim, firstNotes(checks), { begins: true })
  let notedMs = app.clock.monotonicMs()
  let noting: Promise<void> = Promise.resolve()
  const note = (): Promise<void> => {
    if (app.clock.monotonicMs() - notedMs < noteEveryMs) return noting
    notedMs = app.clock.monotonicMs()
    noting = noteChecks(
      app,
      claim,
      watching.map((each) => noteOf(each, 'intent', seenSoFar(each.seen, each.patience.healthy))),
    )
    return noting
  }

  /** For this one; while others wait, "not measured" may still become "not recovered". */
  const decided = (each: Watching): boolean => {
    if (allOf(watching.map(standing)) !== 'waiting') done.abort()
    return done.signal.aborted || standing(each) === 'not_measured'
  }
  const follow = async (each: Watching): Promise<void> => {
    const { check, patience } = each
    const untilMs = patience.settle + patience.within
    if (patience.settle > 0 && !(await pause(patience.settle, over))) return
    while (!over.aborted) {
      const left = untilMs - elapsed()
      const lookMs = Math.min(
        longestLookMs + (check.check === 'command' ? check.timeout : 0),
        each.seen.held ? Number.POSITIVE_INFINITY : Math.max(1, left),
      )
      const ended = AbortSignal.any([over, AbortSignal.timeout(Math.ceil(lookMs))])
      const reading = await lookAt({ app, claim, control, stepId: each.stepId }, check, ended)
      // What comes in after it was decided changes nothing.
      if (done.signal.aborted) return
      // Cut off because there was no more time for it, not because nobody could look: no reading at all.
      const cutOff = control.work.aborted || (ended.aborted && !each.seen.held && lookMs >= left)
      if (reading.measured || !cutOff) each.seen = seeMore(each.seen, reading, patience)
      if (decided(each)) return
      await note()
      const rest = untilMs - elapsed()
      await pause(rest > 0 && !each.seen.held ? Math.min(check.every, rest) : check.every, over)
      if (decided(each)) return
    }
  }
  const settled = await Promise.allSettled(
    watching.map((each) =>
      follow(each).catch((error: unknown) => {
        done.abort()
        throw error
      }),
    ),
  )
  for (const each of settled) if (each.status === 'rejected') throw each.reason
  control.assertHeld()
  const stopped = control.work.aborted ? control.stopped() : null
  const recovery = endOfAll(watching.map((each) => each.seen))
  // A note under way must not come after the last one.
  await noting
  return {
    recovery,
    notes: watching.map((each) => {
      const end = endOf(each.seen)
      const summary = seenAtLast(each.seen, end, each.patience.healthy)
      if (end === 'recovered') return noteOf(each, 'succeeded', summary)
      if (standing(each) !== 'waiting') return noteOf(each, 'failed', summary)
      if (stopped === 'timed_out') return noteOf(each, 'timed_out', summary)
      return noteOf(each, 'canceled', `stopped before it was known: ${summary}`)
    }),
  }
}

/** What is not known is looked at once, to say so: its fields may be anything. */
const patienceOf = (check: Check): Patience =>
  isKnownCheck(check)
    ? { settle: check.settle ?? 0, within: check.within, healthy: check.healthy }
    : { settle: 0, within: 0, healthy: 1 }

const noteOf = (
  { stepId, title, position }: WatchedCheck,
  status: CheckNote['status'],
  summary: string,
): CheckNote => ({ stepId, title, position, status, summary })

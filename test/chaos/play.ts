import type { Cell } from './cell.ts'
import type { Variant } from './estate.ts'
import { fallIll, leaveInPeace, untilOver } from './incident.ts'
import { brokenPromises, type Seen } from './judge.ts'
import type { Case } from './plan.ts'
import { randomOf } from './random.ts'
import { strike } from './strike.ts'

/** Plays one case: an alert, an approval, the blow, and what became of the run. */

export interface Played {
  readonly violations: readonly string[]
  /** Whether the blow fell. A run that is over before it comes by the place again is no violation, but no proof either. */
  readonly struck: boolean
  readonly status: string
  /** How long after its deadline it ended; negative when before. */
  readonly lateMs: number | null
  readonly seen: Seen
}

const usualBudgetMs = 60_000
/** Where the deadline itself is what the case is about. */
const shortBudgetMs = 6_000
/** Where a worker may be stopped while it holds rows. */
const stoppedBudgetMs = 12_000

const budgetOf = ({ kind, place }: Case): number => {
  if (kind === 'no_worker' || kind === 'all_stopped') return shortBudgetMs
  return kind === 'stop' && place?.at.startsWith('committing:') === true ? stoppedBudgetMs : usualBudgetMs
}

/** One run from its alert to its end without any blow; what went through the hands of its worker. */
export const rehearse = async (cell: Cell, variant: Variant): Promise<readonly string[]> => {
  await cell.haveWorkers(1)
  await cell.setBudget(usualBudgetMs)
  const asked = await fallIll(cell, variant)
  const before = cell.workers().map(({ passed }) => passed.length)[0] ?? 0
  await cell.call('approver', `/v1/approvals/${asked.requestId}/decisions`, { decision: 'approve' })
  const seen = await untilOver(cell, asked.runId)
  const problems = brokenPromises(seen, { variant, attended: true })
  if (problems.length > 0)
    throw new Error(`undisturbed, ${asked.runId} on ${asked.service}: ${problems.join('; ')}`)
  await leaveInPeace(cell, variant, asked)
  return cell.workers().flatMap(({ passed }) => passed.slice(before))
}

export const play = async (cell: Cell, given: Case): Promise<Played> => {
  const random = randomOf(given.seed)
  cell.target.takes(random.between(0, 20))
  const workers = given.kind === 'no_worker' ? 1 : given.workers
  await cell.haveWorkers(workers)
  await cell.setBudget(budgetOf(given))
  const asked = await fallIll(cell, given.variant)
  if (given.kind === 'duplicates')
    for (const at of [1, 2]) await cell.ring(asked.runId, `${asked.runId}-early${at}`)
  try {
    const approve = () =>
      cell.call('approver', `/v1/approvals/${asked.requestId}/decisions`, { decision: 'approve' })
    const { struck, after } = await strike(cell, given, asked.runId, approve, random)
    const seen = await untilOver(cell, asked.runId)
    const later = await after(seen)
    // With little time a slow machine may be what ended it.
    const attended = budgetOf(given) === usualBudgetMs
    return {
      violations: [...brokenPromises(seen, { variant: given.variant, attended }), ...later],
      struck,
      status: seen.run.status,
      lateMs: seen.run.late_ms,
      seen,
    }
  } finally {
    await leaveInPeace(cell, given.variant, asked)
  }
}

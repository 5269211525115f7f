import { placeInLine } from '../../domain/waiting-line.ts'

import { knownBlocks } from '../../message/known-of-run.ts'
import type { RunCardInput, Waiting } from '../../message/run-card.ts'
import type { Said } from '../../message/run-resolution.ts'
import type { Executed, PlannedUnit } from '../../message/run-steps.ts'
import type { Named } from '../../message/words.ts'
import { tokenFor } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { holdersOf, lockedBy, queuedRuns } from '../../storage/queue.repository.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import { historyOfIncident } from '../answer/history.ts'

/** What a card says of a run that does not run: why it waits, or what nobody knows of it and who has said so since. */

/** Null when it waits for nothing but a worker. */
export const waitingOf = async (tx: Tx, run: RunRow): Promise<Waiting | null> => {
  if (run.status !== 'queued' || run.reason === '' || run.undo_of !== null) return null
  const queued = await queuedRuns(tx)
  const own = queued.find((each) => each.id === run.id)
  if (own === undefined) return null
  return {
    holders: (await holdersOf(tx, own.targets)).filter((holder) => holder.runId !== run.id),
    place: placeInLine(own, queued),
    givesUpAt: own.givesUpAt,
  }
}

/** Of a run that ended `unknown`: what is known and the three buttons, or what somebody said. Nothing of any other. */
export const unknownOf = async (
  tx: Tx,
  fresh: () => string,
  run: RunRow,
  rows: { readonly planned: readonly PlannedUnit[]; readonly executed: readonly Executed[] },
  resolvedBy: Named | undefined,
): Promise<Pick<RunCardInput, 'known' | 'said'> & { tokens: RunCardInput['tokens'] }> => {
  if (run.status !== 'unknown') return { tokens: {} }
  if (run.resolution !== null) return { said: await saidOf(tx, run, resolvedBy), tokens: {} }
  const locked = await lockedBy(tx, run.id)
  const [happened, did_not_happen, undo] = await Promise.all([
    tokenFor(tx, fresh, 'happened', run.id),
    tokenFor(tx, fresh, 'did_not_happen', run.id),
    tokenFor(tx, fresh, 'undo', run.id),
  ])
  return {
    known: knownBlocks(rows.planned, rows.executed, locked),
    tokens: { resolution: { happened, did_not_happen, undo } },
  }
}

const saidOf = async (tx: Tx, run: RunRow, resolvedBy: Named | undefined): Promise<Said> => {
  const undoing = await tx.db
    .selectFrom('run')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('undo_of', '=', run.id)
    // Ended before it began: it undoes nothing.
    .where('status', 'not in', ['blocked', 'canceled'])
    .executeTakeFirst()
  return {
    by: resolvedBy ?? (await whoResolved(tx, run)),
    words: run.resolution ?? '',
    undoneBy: undoing?.id ?? null,
  }
}

const whoResolved = async (tx: Tx, run: RunRow): Promise<Named | null> => {
  const { entries } = await historyOfIncident(tx, run.incident_id, ['run_resolution'])
  const actor = entries.findLast((entry) => entry.subject === run.id)?.actor
  return actor === undefined ? null : (await namesOf(tx, [actor]))(actor)
}

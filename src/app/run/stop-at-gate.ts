import { standsInWords } from '../../domain/stages.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { findProposal, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { escalate } from '../heal/escalate.ts'

/**
 * A stage after a gate will not come about: the stages before it stand as they are, and a person takes it from there. Does
 * nothing and is false for a first stage, before which nothing was done.
 */
export const stopAtGate = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  run: RunRow,
): Promise<boolean> => {
  if (run.follows === null || incident.status === 'resolved') return false
  const why = `${run.id} ended at its gate: ${run.reason.replace(/\.$/, '')}.`
  await escalate(app, tx, out, incident, `${why} ${await standingBefore(tx, run)}`)
  return true
}

/** What the stages before a run have done and is not undone, in sentences; empty for a first stage. */
export const standingBefore = async (tx: Tx, run: RunRow): Promise<string> => {
  if (run.stage === 0) return ''
  const proposal = await findProposal(tx, run.proposal_id)
  return proposal === undefined ? '' : standsInWords(proposal.body.plan, run.stage)
}

import type { LearningStatus, Recovery } from '../../domain/learning.ts'
import { isTerminal } from '../../domain/run.ts'
import type { Tx } from '../../storage/database.ts'
import { recordOutcome } from '../../storage/learning.repository.ts'
import { findProposal, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { showOutcome } from '../show/outcome.ts'
import { showProposal } from '../show/proposal.ts'
import { showRun } from '../show/run.ts'

/**
 * Everything that belongs to a run's end, in the commit that ends it: learning, audit, locks, the bell for whoever
 * waits, and the cards. An `unknown` run keeps its locks until a person says what happened.
 */
export const finishRun = async (
  app: App,
  tx: Tx,
  out: Outbound,
  run: RunRow,
  facts: { recovery: Recovery },
): Promise<void> => {
  if (!isTerminal(run.status)) throw new Error(`${run.id} is ${run.status}, which is no end`)
  const proposal = await findProposal(tx, run.proposal_id)
  if (proposal === undefined) throw new Error(`${run.id} has no proposal ${run.proposal_id}`)
  const from = run.started_at ?? run.created_at
  const durationMs = Math.max(0, tx.now.epochMilliseconds - from.epochMilliseconds)
  out.settle('run', run.id)
  out.audit(
    {
      event: run.status === 'blocked' ? 'run_blocked' : 'run_finished',
      actor: 'person_suture',
      subject: run.id,
      details: {
        status: run.status,
        cause: run.cause,
        reason: run.reason,
        recovery: facts.recovery,
        duration_ms: durationMs,
      },
    },
    run.incident_id,
  )
  const status = learningStatusOf(run)
  await recordOutcome(tx, app.ids.uuid(), {
    incidentId: run.incident_id,
    runId: run.id,
    service: proposal.body.service,
    playbook: proposal.playbook,
    diagnosisCode: proposal.body.diagnosisCode,
    status,
    recovery: facts.recovery,
    durationMs,
  })
  out.audit(
    {
      event: 'outcome_recorded',
      actor: 'person_suture',
      subject: run.id,
      details: { status, recovery: facts.recovery },
    },
    run.incident_id,
  )
  if (run.status !== 'unknown') await releaseLocks(tx, out, run)
  await tx.db
    .deleteFrom('run_process')
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .execute()
  await showRun(app, tx, out, run.id)
  await showProposal(app, tx, out, run.proposal_id)
  await showOutcome(app, tx, out, { run, proposal, status, recovery: facts.recovery, durationMs })
  out.changed('run', run.id)
}

/** A timeout that was rolled back is still learned from as a timeout: nothing is dropped. */
const learningStatusOf = (run: RunRow): LearningStatus => {
  if (run.cause === 'timed_out' && run.status !== 'unknown' && run.status !== 'rollback_failed')
    return 'timed_out'
  switch (run.status) {
    case 'succeeded':
    case 'failed':
    case 'timed_out':
    case 'canceled':
    case 'rolled_back':
    case 'rollback_failed':
    case 'blocked':
    case 'unknown':
      return run.status
    case 'pending_approval':
    case 'queued':
    case 'running':
    case 'verifying':
    case 'rolling_back':
      throw new Error(`${run.id} is ${run.status}: nothing to learn yet`)
  }
}

export const releaseLocks = async (tx: Tx, out: Outbound, run: RunRow): Promise<void> => {
  const released = await tx.db
    .deleteFrom('target_lock')
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .returning('target')
    .execute()
  if (released.length === 0) return
  const waiting = await tx.db
    .selectFrom('run')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '=', 'queued')
    .execute()
  for (const each of waiting) out.effect({ kind: 'run', key: each.id })
}

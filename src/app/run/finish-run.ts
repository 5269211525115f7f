import { statedBy } from '../../domain/learning/calibration.ts'
import type { LearningStatus, Recovery } from '../../domain/learning.ts'
import { backOffWaits } from '../../domain/policy/proposal-limit.ts'
import { isTerminal } from '../../domain/run.ts'
import { isLastStage } from '../../domain/stages.ts'
import type { Tx } from '../../storage/database.ts'
import { recordOutcome } from '../../storage/learning.repository.ts'
import { backOff, endBackOff, giveClaimBack } from '../../storage/limit.repository.ts'
import { freeLocks } from '../../storage/lock.repository.ts'
import { runsWaitingFor } from '../../storage/queue.repository.ts'
import { findProposal, type ProposalRow, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { drawOutcome, type Ended } from '../show/outcome.ts'
import { type CardInThread, postCardsAlong } from '../show/post-cards.ts'
import { showProposal } from '../show/proposal.ts'
import { showRollbackFailed } from '../show/rollback-failed.ts'
import { drawRun } from '../show/run.ts'
import { askAgain } from './ask-again.ts'
import { neverUndid } from './never-undid.ts'

/**
 * Everything that belongs to a run's end, in the commit that ends it: learning, audit, locks, the bell for whoever
 * waits, and the cards. An `unknown` run keeps its locks until a person says what happened.
 */
export const finishRun = async (
  app: App,
  tx: Tx,
  out: Outbound,
  run: RunRow,
  facts: {
    recovery: Recovery
    proposal?: ProposalRow
    /** It never was more than a request: the proposal's card says all, and there is none of its own. */
    toldByProposal?: boolean
  },
): Promise<void> => {
  if (!isTerminal(run.status)) throw new Error(`${run.id} is ${run.status}, which is no end`)
  const proposal = facts.proposal ?? (await findProposal(tx, run.proposal_id))
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
  out.changed('run', run.id)
  // What was approved is done or not by now; its own card says which, and the proposal's stays as it was.
  if (run.started_at === null || run.undo_of !== null) await showProposal(app, tx, out, run.proposal_id)
  // Nothing was done: whoever wants the same now need not wait.
  if (run.started_at === null && run.undo_of === null && run.stage === 0)
    out.along(giveClaimBack(tx, proposal.body, run.id))
  if (run.status === 'rollback_failed') await showRollbackFailed(app, tx, out, run, proposal)
  const steps = stepsOfRun(tx, run.id)
  const isDoneBeforeGate = run.status === 'succeeded' && !isLastStage(proposal.body.plan, run.stage)
  // Sent together and carried out one after the other.
  const [, rows, outcome] = await Promise.all([
    letGo(app, tx, out, run),
    steps,
    // What undoes a run teaches nothing of its own: the outcome was recorded with the run that it undoes. A stage that is
    // done is no success yet: that is learned once, with the last one.
    run.undo_of === null && !isDoneBeforeGate
      ? learn(app, tx, out, { run, proposal, steps, durationMs, recovery: facts.recovery })
      : [],
  ])
  const card =
    facts.toldByProposal === true ? [] : await drawRun(app, tx, out, run.id, { run, proposal, steps: rows })
  await postCardsAlong(app, tx, out, [...card, ...outcome])
}

/** What it has started is not forgotten here: each host's watchdog ends what still stands of an ended run. */
const letGo = async (app: App, tx: Tx, out: Outbound, run: RunRow): Promise<void> => {
  if (run.undo_of !== null && neverUndid(run)) await askAgain(app, tx, out, run, run.undo_of)
  else if (run.status !== 'unknown') await releaseLocks(tx, out, run)
}

/** Learns from it once, and draws the last word on it. */
const learn = async (
  app: App,
  tx: Tx,
  out: Outbound,
  ended: Omit<Ended, 'status'>,
): Promise<CardInThread[]> => {
  const { run, proposal, recovery, durationMs } = ended
  const status = learningStatusOf(run)
  out.audit(
    {
      event: 'outcome_recorded',
      actor: 'person_suture',
      subject: run.id,
      details: { status, recovery },
    },
    run.incident_id,
  )
  const recorded = recordOutcome(tx, app.ids.uuid(), {
    incidentId: run.incident_id,
    runId: run.id,
    service: proposal.body.service,
    playbook: proposal.playbook,
    diagnosisCode: proposal.body.diagnosisCode,
    status,
    recovery,
    durationMs,
    stated: statedBy(proposal.body),
  })
  // Its odds count this outcome too.
  const [, card] = await Promise.all([
    recorded,
    drawOutcome(app, tx, { ...ended, status }),
    waitAfter(app, tx, ended, status),
  ])
  return card
}

const failures: readonly LearningStatus[] = [
  'failed',
  'timed_out',
  'rolled_back',
  'rollback_failed',
  'unknown',
]

/** How long Suture proposes nothing for this. A run that a person has stopped says nothing of the remedy. */
const waitAfter = async (
  app: App,
  tx: Tx,
  { run, proposal }: Pick<Ended, 'run' | 'proposal'>,
  status: LearningStatus,
): Promise<void> => {
  if (status === 'succeeded') return endBackOff(tx, proposal.body)
  if (!failures.includes(status) || run.started_at === null || run.cause === 'canceled') return
  const { policy } = await app.configuration.of(tx.tenantId)
  await backOff(tx, proposal.body, backOffWaits(policy.document.limits.backOff, app.random()))
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
  const released = await freeLocks(tx, run.id)
  if (released.length === 0) return
  for (const id of await runsWaitingFor(tx, released)) out.effect({ kind: 'run', key: id })
}

import { stillToUndo } from '../../domain/next-move.ts'
import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import {
  findProposal,
  permitOfRun,
  type RunRow,
  type StepRow,
  stepsOfRun,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { issuePermit } from '../approval/issue-permit.ts'
import type { Outbound } from '../commit.ts'
import { governanceOf } from '../policy-facts.ts'
import { showRun } from '../show/run.ts'
import { problemWith, undoingStopped } from './refuse-start.ts'
import { resolveProposal } from './resolve-proposal.ts'
import { unitFacts } from './unit.ts'

/**
 * A run of its own for what the playbook says undoes a run that ended `unknown`: the steps that were done and the one that
 * may have been, last first. It has a permit, a deadline and effect keys of its own, and takes over the other's locks.
 */
export const openUndoing = async (
  app: App,
  tx: Tx,
  out: Outbound,
  caller: Caller,
  unknown: RunRow,
): Promise<RunRow | Rejection> => {
  if ((await governanceOf(tx)).emergency_stop) return undoingStopped(unknown.id)
  const proposal = await findProposal(tx, unknown.proposal_id)
  if (proposal === undefined) throw new Error(`${unknown.id} has no proposal ${unknown.proposal_id}`)
  const resolved = await resolveProposal(app, tx, proposal)
  const configuration = await app.configuration.of(tx.tenantId)
  // As when it begins, but here it can be tried again once the catalogue is as it was.
  const problem = problemWith(app, configuration, proposal, resolved)
  if (problem !== null || !resolved.ok)
    return reject(
      'invalid',
      `${unknown.id} can't be undone by Suture: ${problem}.`,
      'Undo it by hand, then say that it did not happen.',
    )
  const done = (await stepsOfRun(tx, unknown.id)).filter(mayHaveHappened)
  const [lost] = done.filter((step) => step.phase === 'rollback' && step.status === 'unknown')
  if (lost !== undefined)
    return reject(
      'invalid',
      `Nobody can tell whether “${lost.title}” happened: done again, it might be undone twice.`,
      'Look at the target and undo by hand what is left, then say what you have seen.',
    )
  const rolledBack = done.filter((step) => step.phase === 'rollback' && step.status === 'succeeded')
  const toUndo = stillToUndo({
    units: resolved.units.map(unitFacts),
    steps: [
      ...done
        .filter((step) => step.phase === 'action')
        .map((step) => ({ stepId: step.step_id, phase: step.phase, status: 'succeeded' as const })),
      ...rolledBack.map((step) => ({ stepId: step.step_id, phase: step.phase, status: step.status })),
    ],
  }).map((unit) => unit.id)
  if (toUndo.length === 0)
    return reject(
      'invalid',
      `Nothing that ${unknown.id} may have done can be undone by its playbook.`,
      'Look at its targets, set right what is wrong by hand, then say whether it happened.',
    )
  const run = await insertRun(tx, caller, unknown)
  await copySteps(
    tx,
    run,
    done.filter((step) => step.phase === 'action' && toUndo.includes(step.step_id)),
  )
  await tx.db
    .updateTable('target_lock')
    .set({ run_id: run.id })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', unknown.id)
    .execute()
  // Those who approved what it undoes; whoever asks for it is its requester, and no approver.
  const permit = await permitOfRun(tx, unknown.id)
  await issuePermit(app, tx, out, {
    run,
    proposal,
    approverIds: permit?.approver_ids ?? [],
    policyVersion: configuration.version,
    overrides: [],
  })
  await showRun(app, tx, out, run.id)
  out.changed('run', run.id)
  return run
}

const mayHaveHappened = (step: StepRow): boolean =>
  step.phase !== 'verify' && (step.status === 'succeeded' || step.status === 'unknown')

const insertRun = (tx: Tx, caller: Caller, unknown: RunRow): Promise<RunRow> =>
  tx.db
    .insertInto('run')
    .values({
      tenant_id: tx.tenantId,
      incident_id: unknown.incident_id,
      proposal_id: unknown.proposal_id,
      status: 'queued',
      cause: unknown.cause,
      reason: `${caller.person.name} wants ${unknown.id} undone`,
      requester_id: caller.person.id,
      budget_ms: unknown.budget_ms,
      created_at: tx.now,
      queued_at: tx.now,
      undo_of: unknown.id,
      stage: unknown.stage,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

/** What is to be undone stands in the new run as done: from there it goes the way of every rollback. */
const copySteps = async (tx: Tx, run: RunRow, steps: readonly StepRow[]): Promise<void> => {
  await tx.db
    .insertInto('step_execution')
    .values(
      steps.map((step) => ({
        tenant_id: tx.tenantId,
        run_id: run.id,
        step_id: step.step_id,
        phase: step.phase,
        position: step.position,
        title: step.title,
        status: 'succeeded' as const,
        fencing_token: 0,
        started_at: step.started_at,
        finished_at: step.finished_at ?? tx.now,
        summary: `done or begun by ${run.undo_of}`,
      })),
    )
    .execute()
}

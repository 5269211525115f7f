import type { Recovery } from '../../domain/learning.ts'
import type { RunCause, RunStatus } from '../../domain/run.ts'
import { inTenant } from '../../storage/database.ts'
import { moveRun, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { showRun } from '../show/run.ts'
import { asHolder, LeaseLost } from './as-holder.ts'
import { type Claim, claimRun } from './claim-run.ts'
import { concludeRun } from './conclude-run.ts'
import { type Control, startControl } from './control.ts'
import { performStep, type StepOutcome } from './perform-step.ts'
import { reconcileSteps } from './reconcile-steps.ts'
import { rollBack } from './roll-back.ts'
import { verifyRun } from './verify-run.ts'

/** The fourth of the five commits, and the fifth. Rings may come twice or late: the claim decides. */
export const performRun = async (app: App, tenantId: string, runId: string): Promise<void> => {
  const claim = await claimRun(app, tenantId, runId)
  if (claim === null) return
  await app.checkpoint('run_claimed')
  const control = startControl(app, claim)
  try {
    await carryOut(app, claim, control)
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    app.log.warn({ run: runId, fence: claim.fence }, error.message)
  } finally {
    control.stop()
  }
}

const carryOut = async (app: App, claim: Claim, control: Control): Promise<void> => {
  if (claim.resumed && (await reconcileSteps(app, claim)) === 'unknown')
    return end(
      app,
      claim,
      'unknown',
      'lost_worker',
      'a step was under way when its worker died, and its target cannot tell whether it happened',
      'not_measured',
    )
  if (claim.run.status === 'rolling_back')
    return undo(
      app,
      claim,
      control,
      claim.run.cause ?? 'lost_worker',
      claim.run.reason,
      claim.run.cause === 'not_recovered' ? 'not_recovered' : 'not_measured',
    )
  if (claim.run.status === 'running') {
    const failed = await performSteps(app, claim, control)
    if (failed !== null) return afterFailure(app, claim, control, failed)
    await beginVerification(app, claim)
    await app.checkpoint('verifying')
  }
  const recovery = await verifyRun(app, claim, control)
  await app.checkpoint('verified')
  return afterVerification(app, claim, control, recovery)
}

interface Failed {
  readonly title: string
  readonly outcome: StepOutcome
}

/** Null when every step is done. Steps that have a result are not done again. */
const performSteps = async (app: App, claim: Claim, control: Control): Promise<Failed | null> => {
  // A run that begins now has none; looking would be a transaction between the click and the first step.
  const steps = claim.resumed
    ? await inTenant(app.store, claim.tenantId, (tx) => stepsOfRun(tx, claim.run.id))
    : []
  for (const unit of claim.units) {
    const known = steps.find((step) => step.step_id === unit.id && step.phase === 'action')
    if (known?.status === 'succeeded') continue
    if (known !== undefined && known.status !== 'intent') return { title: unit.title, outcome: known.status }
    control.assertHeld()
    const stopped = control.stopped()
    if (stopped !== null)
      return { title: unit.title, outcome: stopped === 'timed_out' ? 'timed_out' : 'canceled' }
    const outcome = await performStep(
      app,
      claim,
      { id: unit.id, phase: 'action', title: unit.title, position: unit.position, call: unit.call },
      {
        signal: control.work,
        mayAct: control.mayAct,
        assertHeld: control.assertHeld,
        leftMs: control.workLeftMs,
      },
    )
    if (outcome !== 'succeeded') return { title: unit.title, outcome }
  }
  return null
}

const afterFailure = (app: App, claim: Claim, control: Control, failed: Failed): Promise<void> => {
  if (failed.outcome === 'unknown')
    return end(
      app,
      claim,
      'unknown',
      causeOf(control, 'failed'),
      `nobody can tell whether “${failed.title}” happened: a person must look`,
      'not_measured',
    )
  const stopped = control.stopped()
  const cause = causeOf(
    control,
    failed.outcome === 'timed_out' || failed.outcome === 'canceled' ? failed.outcome : 'failed',
  )
  const reason =
    stopped === 'timed_out'
      ? `out of time at “${failed.title}”`
      : cause === 'canceled'
        ? `canceled at “${failed.title}”`
        : `“${failed.title}” ${failed.outcome === 'timed_out' ? 'took too long' : 'failed'}`
  return undo(app, claim, control, cause, reason, 'not_measured')
}

const causeOf = (control: Control, otherwise: RunCause): RunCause => {
  const stopped = control.stopped()
  if (stopped === 'timed_out' || stopped === 'canceled') return stopped
  return otherwise
}

const afterVerification = (app: App, claim: Claim, control: Control, recovery: Recovery): Promise<void> => {
  const stopped = control.stopped()
  if (recovery === 'recovered') return end(app, claim, 'succeeded', null, '', recovery)
  if (stopped === 'timed_out' || stopped === 'canceled')
    return undo(
      app,
      claim,
      control,
      stopped,
      stopped === 'timed_out' ? 'out of time before recovery was seen' : 'canceled before recovery was seen',
      recovery,
    )
  // Undoing what may have helped, only because nobody could look, would be as blind as trusting it.
  if (recovery === 'not_measured')
    return end(
      app,
      claim,
      'failed',
      'not_measured',
      'it was carried out, but whether it helped could not be measured',
      recovery,
    )
  return undo(app, claim, control, 'not_recovered', `${claim.service.name} did not recover`, recovery)
}

const undo = async (
  app: App,
  claim: Claim,
  control: Control,
  cause: RunCause,
  reason: string,
  recovery: Recovery,
): Promise<void> => {
  const result = await rollBack(app, claim, control, cause, reason)
  switch (result) {
    case 'nothing_to_undo':
      return end(
        app,
        claim,
        cause === 'timed_out' ? 'timed_out' : cause === 'canceled' ? 'canceled' : 'failed',
        cause,
        reason,
        recovery,
      )
    case 'rolled_back':
      return end(
        app,
        claim,
        'rolled_back',
        cause,
        `${reason}; everything that could be undone was undone`,
        recovery,
      )
    case 'rollback_failed':
      return end(app, claim, 'rollback_failed', cause, `${reason}; and undoing it failed`, recovery)
    case 'unknown':
      return end(
        app,
        claim,
        'unknown',
        cause,
        `${reason}; and nobody can tell whether the undoing happened`,
        recovery,
      )
  }
}

const beginVerification = (app: App, claim: Claim): Promise<void> =>
  asHolder(app, claim, async (tx, out, run) => {
    await moveRun(tx, run, 'verifying')
    out.audit(
      {
        event: 'run_verifying',
        actor: 'person_suture',
        subject: run.id,
        details: { check: claim.playbook.verify.check },
      },
      run.incident_id,
    )
    await showRun(app, tx, out, run.id)
    out.changed('run', run.id)
  })

const end = async (
  app: App,
  claim: Claim,
  status: RunStatus,
  cause: RunCause | null,
  reason: string,
  recovery: Recovery,
): Promise<void> => {
  await concludeRun(app, claim, { status, cause, reason, recovery })
  await app.checkpoint('concluded')
}

import { effectKey, type StepPhase, type StepStatus } from '../../domain/step.ts'
import type { App } from '../app.ts'
import { governanceOf } from '../policy-facts.ts'
import type { StepCallResult } from '../ports.ts'
import { showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import { type BuiltIn, builtInStep } from './built-in-step.ts'
import type { Claim } from './claim-run.ts'
import { createStepLog } from './step-log.ts'
import type { Call } from './unit.ts'

export interface StepToPerform {
  readonly id: string
  readonly phase: Exclude<StepPhase, 'verify'>
  readonly title: string
  readonly position: number
  readonly call: Call
}

export interface StepConditions {
  readonly signal: AbortSignal
  readonly mayAct: () => boolean
  readonly assertHeld: () => void
  readonly leftMs: () => number
}

export type StepOutcome = Exclude<StepStatus, 'intent'>

/** Commit the intent, act outside any transaction, commit the result. The order is what makes a crash tellable. */
export const performStep = async (
  app: App,
  claim: Claim,
  step: StepToPerform,
  conditions: StepConditions,
): Promise<StepOutcome> => {
  conditions.assertHeld()
  if ((await commitIntent(app, claim, step)) === 'canceled') return 'canceled'
  await app.checkpoint(`intent:${step.phase}:${step.id}`)
  const log = createStepLog(app, claim, step)
  let settled: Settled
  try {
    const timeoutMs = Math.min(step.call.timeoutMs, conditions.leftMs())
    const result = await act(app, claim, step, conditions, timeoutMs, log.write)
    await app.checkpoint(`acted:${step.phase}:${step.id}`)
    // Cut short because the lease was lost: the intent stays open, and the next worker asks the target.
    if (result.status !== 'succeeded' && result.status !== 'failed') conditions.assertHeld()
    settled = await settle(app, step, claim, result)
  } finally {
    await log.close()
  }
  await commitResult(app, claim, step, settled, log.tail())
  await app.checkpoint(`result:${step.phase}:${step.id}`)
  return settled.status
}

/** A cancel or emergency stop that was committed before stops every step that has not begun, but no undoing. */
const commitIntent = (app: App, claim: Claim, step: StepToPerform): Promise<'meant' | 'canceled'> =>
  asHolder(app, claim, async (tx, out, run) => {
    const stop = run.cancel_requested_by !== null || (await governanceOf(tx)).emergency_stop
    if (step.phase === 'action' && stop) return 'canceled'
    const row = {
      tenant_id: tx.tenantId,
      run_id: claim.run.id,
      step_id: step.id,
      phase: step.phase,
      position: step.position,
      title: step.title,
      status: 'intent' as const,
      fencing_token: claim.fence,
      started_at: tx.now,
    }
    const written = await tx.db
      .insertInto('step_execution')
      .values(row)
      // Only an intent whose effect is known not to have happened is ever meant again; a result is never overwritten.
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'run_id', 'step_id', 'phase'])
          .doUpdateSet({ fencing_token: claim.fence, started_at: tx.now })
          .where('step_execution.status', '=', 'intent'),
      )
      .returning('step_id')
      .executeTakeFirst()
    if (written === undefined)
      throw new Error(`${claim.run.id}: step ${step.id} (${step.phase}) already has a result`)
    out.audit(
      {
        event: 'step_intended',
        actor: 'person_suture',
        subject: claim.run.id,
        details: {
          step: step.id,
          phase: step.phase,
          action: step.call.action,
          parameters: { ...step.call.parameters },
          target: step.call.target?.name ?? null,
          effect_key: effectKey(claim.run.id, step.id, step.phase),
          fence: claim.fence,
        },
      },
      claim.run.incident_id,
    )
    await showRun(app, tx, out, claim.run.id)
    return 'meant'
  })

const act = async (
  app: App,
  claim: Claim,
  step: StepToPerform,
  conditions: StepConditions,
  timeoutMs: number,
  write: (stream: string, text: string) => void,
): Promise<StepCallResult> => {
  if (conditions.signal.aborted)
    return { status: 'canceled', summary: 'stopped before it began', effect: 'none' }
  const { target } = step.call
  const builtIn: BuiltIn | null = target === null ? builtInStep(step.call.action) : null
  if (builtIn !== null) return builtIn(app, claim, step.call.parameters, conditions.signal, timeoutMs)
  const executor = target === null ? undefined : app.executors.get(target.kind)
  if (target === null || executor === undefined)
    return {
      status: 'failed',
      summary: `nothing here can perform ${step.call.action} on ${target?.name ?? 'no target'}`,
    }
  const request = {
    effectKey: effectKey(claim.run.id, step.id, step.phase),
    target,
    action: step.call.action,
    parameters: step.call.parameters,
    timeoutMs,
  }
  try {
    return await executor.perform(request, {
      signal: conditions.signal,
      mayAct: conditions.mayAct,
      onOutput: ({ stream, text }) => write(stream, text),
      onProcess: (identity) => rememberProcess(app, claim, identity),
    })
  } catch (error) {
    app.log.error(
      { run: claim.run.id, step: step.id, error },
      'an executor threw; what it did is treated as unknown',
    )
    return {
      status: 'unknown',
      summary: `the executor failed: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

const rememberProcess = (
  app: App,
  claim: Claim,
  identity: { pid: number; startTicks: string | null; bootId: string | null },
): Promise<void> =>
  asHolder(app, claim, async (tx) => {
    await tx.db
      .insertInto('run_process')
      .values({
        tenant_id: tx.tenantId,
        run_id: claim.run.id,
        pid: identity.pid,
        start_ticks: identity.startTicks ?? '',
        boot_id: identity.bootId ?? '',
        host: app.host,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  })

interface Settled {
  readonly status: StepOutcome
  readonly summary: string
}

const probeMs = 5_000

/** What can't be told from here is asked of the target. What it can't tell either is `unknown`: never repeated blindly. */
const settle = async (
  app: App,
  step: StepToPerform,
  claim: Claim,
  result: StepCallResult,
): Promise<Settled> => {
  if (result.status === 'succeeded' || result.status === 'failed') return result
  if (result.status !== 'unknown' && result.effect === 'none')
    return { status: result.status, summary: result.summary }
  const answer = await probe(app, claim, step)
  if (answer === 'happened')
    return { status: 'succeeded', summary: `${result.summary}; the target says that it happened` }
  if (answer === 'not_happened')
    return {
      status: result.status === 'unknown' ? 'failed' : result.status,
      summary: `${result.summary}; the target says that it did not happen`,
    }
  return { status: 'unknown', summary: `${result.summary}; the target cannot tell whether it happened` }
}

export const probe = async (
  app: App,
  claim: Claim,
  step: Pick<StepToPerform, 'id' | 'phase' | 'call'>,
): Promise<'happened' | 'not_happened' | 'cannot_tell'> => {
  const { target } = step.call
  if (target === null) return 'not_happened'
  const executor = app.executors.get(target.kind)
  if (executor === undefined) return 'cannot_tell'
  const request = {
    effectKey: effectKey(claim.run.id, step.id, step.phase),
    target,
    action: step.call.action,
    parameters: step.call.parameters,
    timeoutMs: probeMs,
  }
  return executor.probe(request, AbortSignal.timeout(probeMs))
}

const commitResult = (
  app: App,
  claim: Claim,
  step: StepToPerform,
  settled: Settled,
  tail: string,
): Promise<void> =>
  asHolder(app, claim, async (tx, out) => {
    await tx.db
      .updateTable('step_execution')
      .set({
        status: settled.status,
        finished_at: tx.now,
        summary: settled.summary.slice(0, 1_000),
        output_tail: tail,
      })
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', claim.run.id)
      .where('step_id', '=', step.id)
      .where('phase', '=', step.phase)
      .where('status', '=', 'intent')
      .execute()
    await tx.db
      .deleteFrom('run_process')
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', claim.run.id)
      .execute()
    out.audit(
      {
        event: 'step_finished',
        actor: 'person_suture',
        subject: claim.run.id,
        details: {
          step: step.id,
          phase: step.phase,
          status: settled.status,
          summary: settled.summary.slice(0, 1_000),
        },
      },
      claim.run.incident_id,
    )
    await showRun(app, tx, out, claim.run.id)
    out.changed('run', claim.run.id)
  })

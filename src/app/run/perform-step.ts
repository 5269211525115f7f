import { effectKey, type StepStatus } from '../../domain/step.ts'
import type { Tx } from '../../storage/database.ts'
import { endStep, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { LogLine } from '../../storage/run-log.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { governanceOf } from '../policy-facts.ts'
import type { PerformContext, StepCallResult } from '../ports.ts'
import { postCardsAlong } from '../show/post-cards.ts'
import { drawRun, showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import { type BuiltIn, builtInStep } from './built-in-step.ts'
import { type Claim, knownOf } from './claim-run.ts'
import { createStepLog, writeLines } from './step-log.ts'
import { type StepToPerform, writeIntent } from './write-intent.ts'

export interface StepConditions {
  readonly signal: AbortSignal
  readonly mayAct: () => boolean
  readonly assertHeld: () => void
  readonly leftMs: () => number
  /** What goes into the commit of the result, should the step end so. */
  readonly along?: (tx: Tx, out: Outbound, run: RunRow, status: StepOutcome) => Promise<RunRow>
}

export type StepOutcome = Exclude<StepStatus, 'intent'>

/**
 * Commit the intent, act outside any transaction, commit the result. The order is what makes a crash tellable. `not_begun`:
 * a cancel was committed before the intent could be.
 */
export const performStep = async (
  app: App,
  claim: Claim,
  step: StepToPerform,
  conditions: StepConditions,
): Promise<StepOutcome | 'not_begun'> => {
  conditions.assertHeld()
  return (await commitIntent(app, claim, step)) === 'not_begun'
    ? 'not_begun'
    : performIntended(app, claim, step, conditions)
}

/** A step whose intent is committed; the first one's comes with the claim, a commit less between approval and action. */
export const performIntended = async (
  app: App,
  claim: Claim,
  step: StepToPerform,
  conditions: StepConditions,
): Promise<StepOutcome> => {
  await app.checkpoint(`intent:${step.phase}:${step.id}`, () => [claim.run.id])
  const log = createStepLog(app, claim, step)
  try {
    const timeoutMs = Math.min(step.call.timeoutMs, conditions.leftMs())
    let processes = claim.resumed
    const result = await act(app, claim, step, conditions, timeoutMs, {
      onOutput: ({ stream, text }) => log.write(stream, text),
      onProcess: (identity) => {
        processes = true
        return rememberProcess(app, claim, identity)
      },
    })
    await app.checkpoint(`acted:${step.phase}:${step.id}`, () => [claim.run.id])
    // Cut short because the lease was lost: the intent stays open, and the next worker asks the target.
    if (result.status !== 'succeeded' && result.status !== 'failed') conditions.assertHeld()
    const settled = await settle(app, step, claim, result)
    await log.handOver((rest) =>
      commitResult(app, claim, step, { ...settled, tail: log.tail(), rest, processes }, conditions.along),
    )
    await app.checkpoint(`result:${step.phase}:${step.id}`, () => [claim.run.id])
    return settled.status
  } finally {
    await log.close()
  }
}

/** A cancel or emergency stop that was committed before stops every step that has not begun, but no undoing. */
const commitIntent = (app: App, claim: Claim, step: StepToPerform): Promise<'meant' | 'not_begun'> =>
  asHolder(
    app,
    claim,
    async (tx, out, run) => {
      const stop = run.cancel_requested_by !== null || (await governanceOf(tx)).emergency_stop
      if (step.phase === 'action' && stop) return 'not_begun'
      await writeIntent(tx, out, run, step)
      await showRun(app, tx, out, run.id, { ...knownOf(claim), run })
      return 'meant'
    },
    { kind: 'intent' },
  )

const act = async (
  app: App,
  claim: Claim,
  step: StepToPerform,
  conditions: StepConditions,
  timeoutMs: number,
  heard: Pick<PerformContext, 'onOutput' | 'onProcess'>,
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
      ...heard,
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

const probeWithinMs = 5_000

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
  { run }: Pick<Claim, 'run'>,
  step: Pick<StepToPerform, 'id' | 'phase' | 'call'>,
  timeoutMs = probeWithinMs,
): Promise<'happened' | 'not_happened' | 'cannot_tell'> => {
  const { target } = step.call
  if (target === null) return 'not_happened'
  const executor = app.executors.get(target.kind)
  if (executor === undefined) return 'cannot_tell'
  const request = {
    effectKey: effectKey(run.id, step.id, step.phase),
    target,
    action: step.call.action,
    parameters: step.call.parameters,
    timeoutMs,
  }
  return executor.probe(request, AbortSignal.timeout(timeoutMs))
}

const forgetProcesses = (tx: Tx, claim: Claim) =>
  tx.db
    .deleteFrom('run_process')
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', claim.run.id)
    .execute()

interface Result extends Settled {
  /** The end of its output, for the card. */
  readonly tail: string
  /** Output that is not stored yet. */
  readonly rest: readonly LogLine[]
  /** Whether anything was started that is to be forgotten now. */
  readonly processes: boolean
}

const commitResult = (
  app: App,
  claim: Claim,
  step: StepToPerform,
  { status, summary, tail, rest, processes }: Result,
  along: StepConditions['along'],
): Promise<void> =>
  asHolder(
    app,
    claim,
    async (tx, out, run) => {
      const written = endStep(tx, {
        runId: claim.run.id,
        stepId: step.id,
        phase: step.phase,
        status,
        summary: summary.slice(0, 1_000),
        tail,
      })
      const forgotten = processes ? forgetProcesses(tx, claim) : undefined
      out.audit(
        {
          event: 'step_finished',
          actor: 'person_suture',
          subject: claim.run.id,
          details: { step: step.id, phase: step.phase, status, summary: summary.slice(0, 1_000) },
        },
        claim.run.incident_id,
      )
      // Sent together and carried out one after the other.
      const [, , , after, steps] = await Promise.all([
        written,
        forgotten,
        writeLines(tx, claim, step.id, rest),
        along?.(tx, out, run, status),
        stepsOfRun(tx, claim.run.id),
      ])
      const known = { ...knownOf(claim), run: after ?? run, steps }
      await postCardsAlong(app, tx, out, await drawRun(app, tx, out, claim.run.id, known))
      out.changed('run', claim.run.id)
    },
    { kind: 'result' },
  )

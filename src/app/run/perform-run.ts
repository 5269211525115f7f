import { checksOf } from '../../domain/check.ts'
import {
  checkId,
  type End,
  type Move,
  nextMove,
  type RunFacts,
  type StepFacts,
} from '../../domain/next-move.ts'
import type { StepPhase } from '../../domain/step.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { moveRun, type RunRow, stepsOfRun } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { showRun } from '../show/run.ts'
import { asHolder, LeaseLost } from './as-holder.ts'
import { askTarget } from './ask-target.ts'
import { beginRollBack } from './begin-roll-back.ts'
import { checkStep } from './check-step.ts'
import { type Claim, claimRun, knownOf } from './claim-run.ts'
import { concludeRun } from './conclude-run.ts'
import { type Control, startControl } from './control.ts'
import { type CheckNote, noteChecks, writeNotes } from './note-checks.ts'
import { performIntended, performStep, type StepConditions, type StepOutcome } from './perform-step.ts'
import { unitFacts } from './unit.ts'
import { firstNotesOfPlan, verifyRun } from './verify-run.ts'
import { actionStep, rollbackStep } from './write-intent.ts'

/**
 * The fourth of the five commits, and the fifth. Rings may come twice or late: the claim decides. `onOver`: nothing is left to
 * do but to write down how it ended, so that its place may go to another run.
 */
export const performRun = async (
  app: App,
  tenantId: string,
  runId: string,
  onOver: () => void = () => undefined,
): Promise<void> => {
  const claim = await claimRun(app, tenantId, runId)
  if (claim === null) return
  await app.checkpoint('run_claimed')
  const control = startControl(app, claim, onOver)
  try {
    await carryOut(app, claim, control)
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error
    app.log.warn({ run: runId, fence: claim.fence }, error.message)
  } finally {
    control.stop()
  }
}

/** Asks what is next, does it, and asks again. What was done is known here as it was committed. */
const carryOut = async (app: App, claim: Claim, control: Control): Promise<void> => {
  let facts: RunFacts | null = await factsOf(app, claim)
  // Meant in the commit of the claim: it gets its result here, also when it is stopped before it is done.
  if (claim.intended !== null) {
    const { conditions, after } = forWork(app, claim, control, facts, claim.intended)
    facts = after(await performIntended(app, claim, claim.intended, conditions))
  }
  while (facts !== null) {
    control.assertHeld()
    facts = await make(app, claim, control, facts, nextMove({ ...facts, stopped: control.stopped() }))
  }
}

/** How the run stands after the move; null once it has ended. */
const make = async (
  app: App,
  claim: Claim,
  control: Control,
  facts: RunFacts,
  move: Move,
): Promise<RunFacts | null> => {
  switch (move.do) {
    case 'ask_target': {
      const result = await askTarget(app, claim, move)
      const others = facts.steps.filter((step) => step.stepId !== move.stepId || step.phase !== move.phase)
      return { ...facts, steps: result === null ? others : [...others, { ...move, status: result }] }
    }
    case 'perform': {
      const unit = unitOf(claim, move.stepId)
      const step = move.phase === 'action' ? actionStep(unit) : rollbackStep(unit)
      const { conditions, after } =
        move.phase === 'action' ? forWork(app, claim, control, facts, step) : forUndoing(control, facts, step)
      const outcome = await performStep(app, claim, step, conditions)
      if (outcome !== 'not_begun') return after(outcome)
      // Asked for in a commit that no beat has read yet.
      control.heedCancel()
      return facts
    }
    case 'check': {
      const unit = unitOf(claim, move.stepId)
      const recovery = await checkStep(app, claim, unit, control)
      const check = { id: checkId(unit.id), phase: 'verify' } as const
      return withStep(facts, check, recovery === 'recovered' ? 'succeeded' : 'failed')
    }
    case 'begin_verification':
      await beginVerification(app, claim)
      await app.checkpoint('verifying')
      return verify(app, claim, control, { ...facts, status: 'verifying' }, true)
    case 'verify':
      // Begun together with the last step's result, or by a worker that died.
      if (!claim.resumed) await app.checkpoint('verifying')
      return verify(app, claim, control, facts, !claim.resumed)
    case 'begin_rollback': {
      const { cause, reason } = move
      await beginRollBack(app, claim, cause, reason)
      return { ...facts, status: 'rolling_back', cause, reason }
    }
    case 'end':
      return end(app, claim, control, move)
  }
}

/** What was seen goes into the commit that ends the run for it; where it does not end yet, into one of its own. */
const verify = async (
  app: App,
  claim: Claim,
  control: Control,
  before: RunFacts,
  begun: boolean,
): Promise<RunFacts | null> => {
  const { recovery, notes } = await verifyRun(app, claim, control, { begun })
  await app.checkpoint('verified')
  const facts = { ...before, recovery }
  const move = nextMove({ ...facts, stopped: control.stopped() })
  if (move.do === 'end') return end(app, claim, control, move, notes)
  await noteChecks(app, claim, notes)
  return facts
}

const factsOf = async (app: App, claim: Claim): Promise<RunFacts> => {
  // A run that begins now has no steps; looking would be a transaction between the click and the first of them.
  const rows =
    claim.resumed || claim.run.undo_of !== null
      ? await inTenant(app.store, claim.tenantId, (tx) => stepsOfRun(tx, claim.run.id))
      : []
  const { status, cause, reason } = claim.run
  if (status !== 'running' && status !== 'verifying' && status !== 'rolling_back')
    throw new Error(`${claim.run.id} is ${status}, which no worker holds`)
  return {
    status,
    cause,
    reason,
    units: claim.units.map(unitFacts),
    lastStage: claim.lastStage,
    steps: rows.map((row) => ({ stepId: row.step_id, phase: row.phase, status: row.status })),
    stopped: null,
    recovery: null,
    resumed: claim.resumed,
    service: claim.service.name,
  }
}

const withStep = (
  facts: RunFacts,
  { id, phase }: { id: string; phase: StepPhase },
  status: StepFacts['status'],
): RunFacts => ({
  ...facts,
  steps: [
    ...facts.steps.filter((step) => step.stepId !== id || step.phase !== phase),
    { stepId: id, phase, status },
  ],
})

const unitOf = (claim: Claim, id: string) => {
  const unit = claim.units.find((each) => each.id === id)
  if (unit === undefined) throw new Error(`${claim.run.id} has no step ${id}`)
  return unit
}

interface Performing {
  readonly conditions: StepConditions
  readonly after: (outcome: StepOutcome) => RunFacts
}

/** A step with which the plan is carried out takes the beginning of the verification into the commit of its result. */
const forWork = (
  app: App,
  claim: Claim,
  control: Control,
  facts: RunFacts,
  step: { id: string; phase: StepPhase },
): Performing => {
  const { work, mayAct, assertHeld, workLeftMs, stopped } = control
  let begun = false
  const endsPlan = (outcome: StepOutcome): boolean =>
    nextMove({ ...withStep(facts, step, outcome), stopped: stopped() }).do === 'begin_verification'
  return {
    conditions: {
      signal: work,
      mayAct,
      assertHeld,
      leftMs: workLeftMs,
      along: async (tx, out, run, outcome) => {
        begun = endsPlan(outcome)
        return begun ? writeVerifying(app, tx, out, claim, run) : run
      },
    },
    after: (outcome) => ({
      ...withStep(facts, step, outcome),
      ...(begun ? { status: 'verifying' as const } : {}),
    }),
  }
}

const forUndoing = (
  { undo, mayAct, assertHeld, undoLeftMs }: Control,
  facts: RunFacts,
  step: { id: string; phase: StepPhase },
): Performing => ({
  conditions: { signal: undo, mayAct, assertHeld, leftMs: undoLeftMs },
  after: (outcome) => withStep(facts, step, outcome),
})

const beginVerification = (app: App, claim: Claim): Promise<void> =>
  asHolder(app, claim, async (tx, out, run) => {
    const verifying = await writeVerifying(app, tx, out, claim, run)
    await showRun(app, tx, out, run.id, { ...knownOf(claim), run: verifying })
    out.changed('run', run.id)
  })

const writeVerifying = async (
  app: App,
  tx: Tx,
  out: Outbound,
  claim: Claim,
  run: RunRow,
): Promise<RunRow> => {
  out.audit(
    {
      event: 'run_verifying',
      actor: 'person_suture',
      subject: run.id,
      details: { checks: checksOf(claim.playbook.verify).map(({ check }) => check) },
    },
    run.incident_id,
  )
  const [verifying] = await Promise.all([
    moveRun(tx, run, 'verifying'),
    writeNotes(tx, claim, firstNotesOfPlan(claim), { begins: true }),
  ])
  return verifying
}

const end = async (
  app: App,
  claim: Claim,
  control: Control,
  { status, cause, reason, recovery }: End,
  notes: readonly CheckNote[] = [],
): Promise<null> => {
  control.over()
  await concludeRun(app, claim, { status, cause, reason, recovery, notes })
  await app.checkpoint('concluded')
  return null
}

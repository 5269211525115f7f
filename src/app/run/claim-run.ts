import type { Playbook } from '../../domain/playbook.ts'
import { isActive, isTerminal } from '../../domain/run.ts'
import type { Service } from '../../domain/service.ts'
import { isLastStage } from '../../domain/stages.ts'
import { tokenFor, tokenOf } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { giveLocksBack, takeLocks } from '../../storage/lock.repository.ts'
import { runsWaitingFor } from '../../storage/queue.repository.ts'
import {
  moveRun,
  type ProposalRow,
  permitOfRun,
  proposalOfRun,
  type RunRow,
  requestOfRun,
  usePermit,
} from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { approversOfRun } from '../identity/standing-now.ts'
import { type Judged, keepVerdict } from '../policy/keep-verdict.ts'
import { governanceOf } from '../policy-facts.ts'
import { postCardsAlong } from '../show/post-cards.ts'
import { drawRun, type KnownOfRun, showRun } from '../show/run.ts'
import { blockRun } from './block-run.ts'
import { announce, holdBy, type Taken } from './hold-run.ts'
import { type Found, problemWith, refuseStart } from './refuse-start.ts'
import { resolveProposal } from './resolve-proposal.ts'
import { commitOfRun, type Locked } from './run-commits.ts'
import { takeOverRun } from './take-over-run.ts'
import { reserveMs, type Unit } from './unit.ts'
import { actionStep, type StepToPerform, writeIntent } from './write-intent.ts'

/** A worker's hold on a run: nobody else may act for it while fence and lease hold. */
export interface Claim {
  readonly tenantId: string
  readonly run: RunRow
  readonly proposal: ProposalRow
  readonly playbook: Playbook
  readonly service: Service
  /** Those of its stage. */
  readonly units: readonly Unit[]
  /** False where a gate comes after it. */
  readonly lastStage: boolean
  readonly fence: number
  /** On this process' monotonic clock, measured from before the claim was sent: always on the safe side. */
  readonly leaseUntilMs: number
  /** From then on nothing new is done and what was done is undone, in the time kept back for it. */
  readonly workUntilMs: number
  readonly deadlineMs: number
  /** True when another worker began this run and died. */
  readonly resumed: boolean
  /** The first step, when its intent was committed together with the claim. */
  readonly intended: StepToPerform | null
  /** Token of the button Cancel on its card; null when it was not drawn with the claim. */
  readonly cancel: string | null
}

/** What its card need not read again while this worker holds it. */
export const knownOf = ({ proposal, cancel }: Claim): KnownOfRun => ({
  proposal,
  ...(cancel === null ? {} : { cancel }),
})

/** `queued -> running`, or the run of a dead worker taken over. Null when there is nothing (yet) for this worker to do. */
export const claimRun = async (app: App, tenantId: string, runId: string): Promise<Claim | null> => {
  const before = app.clock.monotonicMs()
  const claiming = async (tx: Tx, out: Outbound, locked: Promise<Locked>): Promise<Claim | null> => {
    // Sent together and carried out one after the other.
    const reading = [
      locked,
      proposalOfRun(tx, runId),
      permitOfRun(tx, runId),
      requestOfRun(tx, runId),
      approversOfRun(app, tx, runId),
      tokenOf(tx, { command: 'cancel', subject: runId }),
      governanceOf(tx),
    ] as const
    // One that is left for a later commit leaves nothing behind that still asks when this one has ended.
    await Promise.allSettled(reading)
    const [{ incident, run }, proposal, permit, request, approvers, cancel, governance] =
      await Promise.all(reading)
    if (
      run === undefined ||
      incident === undefined ||
      isTerminal(run.status) ||
      run.status === 'pending_approval'
    ) {
      out.settle('run', runId)
      return null
    }
    if (proposal === undefined) throw new Error(`${runId} has no proposal ${run.proposal_id}`)
    const resolved = await resolveProposal(app, tx, proposal)
    const taken = isActive(run.status)
      ? await takeOverRun(app, tx, out, run)
      : await start(app, tx, out, {
          run,
          proposal,
          incident,
          permit,
          request,
          approvers,
          governance,
          resolved,
          cancel,
        })
    if (taken === null) return null
    // Held to the approval as at its start: what was meant to be called, asked and undone is what was approved, or nothing is.
    const problem = isActive(run.status)
      ? problemWith(app, await app.configuration.of(tx.tenantId), proposal, resolved)
      : null
    if (problem !== null) throw new Error(`${runId} cannot go on: ${problem}`)
    if (!resolved.ok) throw new Error(`${runId} cannot go on: ${resolved.problem}`)
    const { service } = resolved
    const { held, intended } = taken
    const onOurClock = (at: Temporal.Instant | null): number =>
      before + (at?.epochMilliseconds ?? 0) - tx.now.epochMilliseconds
    return {
      tenantId,
      run: held,
      proposal,
      playbook: resolved.playbook,
      service,
      units: ofStage(resolved.units, run),
      lastStage: isLastStage(proposal.body.plan, run.stage),
      fence: held.fencing_token,
      leaseUntilMs: before + app.limits.leaseMs,
      workUntilMs: onOurClock(held.work_until),
      deadlineMs: onOurClock(held.deadline_at),
      resumed: run.status !== 'queued',
      intended,
      cancel: taken.cancel,
    }
  }
  return commitOfRun(app, tenantId, { runId, kind: 'claim', withIncident: true, work: claiming })
}

const start = async (
  app: App,
  tx: Tx,
  out: Outbound,
  found: Found & { readonly cancel: string | undefined },
): Promise<Taken | null> => {
  const { run, proposal, incident, resolved } = found
  const judged: Judged[] = []
  // Sent together: hardly any run is refused, and one that is gives them back.
  const [refusal, locks] = await Promise.all([
    refuseStart(app, tx, found, (each) => judged.push(each)),
    takeLocks(tx, run, proposal.body.targets),
  ])
  // Not while it waits for its targets: it is asked anew at every ring.
  const keepJudged = () => {
    for (const each of judged) keepVerdict(tx, out, { proposalId: proposal.id, runId: run.id }, each)
  }
  if (refusal !== null) {
    if ('taken' in locks) {
      await giveLocksBack(tx, run, locks)
      // Claimed together with it, they were told that it holds what they want.
      for (const id of await runsWaitingFor(tx, locks.taken))
        if (id !== run.id) out.effect({ kind: 'run', key: id })
    }
    keepJudged()
    await blockRun(app, tx, out, run, incident, refusal)
    return null
  }
  if (!('taken' in locks)) {
    await tx.db
      .updateTable('run')
      .set({ reason: locks.reason })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', run.id)
      .execute()
    out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.ringAgainMs }) })
    if (locks.behind !== null) out.effect({ kind: 'run', key: locks.behind })
    await showRun(app, tx, out, run.id)
    return null
  }
  keepJudged()
  const units = resolved.ok ? ofStage(resolved.units, run) : []
  if (run.undo_of !== null)
    return { held: await beginUndoing(app, tx, out, run), intended: null, cancel: null }
  const [unit] = units
  const intended = unit === undefined ? null : actionStep(unit)
  const hold = {
    ...holdBy(app, tx, run),
    ...timesOf(tx, run, reserveMs(units, run.budget_ms)),
    reason: '',
  }
  announce(app, tx, out, { ...run, ...hold }, false)
  const [started, cancel, step] = await Promise.all([
    moveRun(tx, run, 'running', hold),
    found.cancel ?? tokenFor(tx, app.ids.token, 'cancel', run.id),
    intended === null ? null : writeIntent(tx, out, { ...run, ...hold }, intended),
    usePermit(tx, run.id),
  ])
  const steps = step === null ? [] : [step]
  const card = await drawRun(app, tx, out, run.id, { run: started, proposal, steps, cancel })
  await postCardsAlong(app, tx, out, card)
  return { held: started, intended, cancel }
}

/** The approved rollbacks of a run that ended `unknown`, which a person has asked for: it has nothing else to do. */
const beginUndoing = async (app: App, tx: Tx, out: Outbound, run: RunRow): Promise<RunRow> => {
  const hold = { ...holdBy(app, tx, run), ...timesOf(tx, run, run.budget_ms) }
  announce(app, tx, out, { ...run, ...hold }, false)
  const [held] = await Promise.all([moveRun(tx, run, 'rolling_back', hold), usePermit(tx, run.id)])
  await showRun(app, tx, out, run.id)
  return held
}

const timesOf = (tx: Tx, run: RunRow, reserve: number) => ({
  started_at: tx.now,
  deadline_at: tx.now.add({ milliseconds: run.budget_ms }),
  work_until: tx.now.add({ milliseconds: run.budget_ms - reserve }),
})

const ofStage = (units: readonly Unit[], { stage }: RunRow): Unit[] =>
  units.filter((unit) => unit.stage === stage)

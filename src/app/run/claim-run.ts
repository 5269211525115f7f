import { refusePermit } from '../../domain/permit.ts'
import type { Playbook } from '../../domain/playbook.ts'
import { evaluatePolicy } from '../../domain/policy/evaluate.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { isActive, isTerminal } from '../../domain/run.ts'
import type { Service } from '../../domain/service.ts'
import type { Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident } from '../../storage/incident.repository.ts'
import { takeLocks } from '../../storage/lock.repository.ts'
import {
  findProposal,
  findRun,
  lockRun,
  moveRun,
  type PermitRow,
  type ProposalRow,
  permitOfRun,
  type RunRow,
} from '../../storage/run.repository.ts'
import { hasProcesses } from '../../storage/watchdog.repository.ts'
import type { App } from '../app.ts'
import { standingApprovers } from '../approval/standing-approvers.ts'
import { commit, type Outbound } from '../commit.ts'
import { digestOf } from '../digest.ts'
import { policyFacts } from '../policy-facts.ts'
import { showRun } from '../show/run.ts'
import { targetsDigest } from '../targets-digest.ts'
import { blockRun } from './block-run.ts'
import { endOverdueRun } from './end-overdue-run.ts'
import { type Unit, unitsOf } from './unit.ts'

/** A worker's hold on a run: nobody else may act for it while fence and lease hold. */
export interface Claim {
  readonly tenantId: string
  readonly run: RunRow
  readonly proposal: ProposalRow
  readonly playbook: Playbook
  readonly service: Service
  readonly units: readonly Unit[]
  readonly fence: number
  /** On this process' monotonic clock, measured from before the claim was sent: always on the safe side. */
  readonly leaseUntilMs: number
  readonly deadlineMs: number
  /** True when another worker began this run and died. */
  readonly resumed: boolean
}

/** `queued -> running`, or the run of a dead worker taken over. Null when there is nothing (yet) for this worker to do. */
export const claimRun = async (app: App, tenantId: string, runId: string): Promise<Claim | null> => {
  const before = app.clock.monotonicMs()
  return commit(app, tenantId, async (tx, out) => {
    const seen = await findRun(tx, runId)
    const incident = seen === undefined ? undefined : await lockIncident(tx, seen.incident_id)
    const run = await lockRun(tx, runId)
    if (
      run === undefined ||
      incident === undefined ||
      isTerminal(run.status) ||
      run.status === 'pending_approval'
    ) {
      out.settle('run', runId)
      return null
    }
    const proposal = await findProposal(tx, run.proposal_id)
    if (proposal === undefined) throw new Error(`${runId} has no proposal ${run.proposal_id}`)
    const resolved = await resolve(app, tx, proposal)
    const held = isActive(run.status)
      ? await takeOver(app, tx, out, run)
      : await start(app, tx, out, run, proposal, incident, resolved)
    if (held === null) return null
    if (!resolved.ok) throw new Error(`${runId} cannot go on: ${resolved.problem}`)
    const { playbook, service, units } = resolved
    const remainingMs = (held.deadline_at?.epochMilliseconds ?? 0) - tx.now.epochMilliseconds
    return {
      tenantId,
      run: held,
      proposal,
      playbook,
      service,
      units,
      fence: held.fencing_token,
      leaseUntilMs: before + app.limits.leaseMs,
      deadlineMs: before + remainingMs,
      resumed: run.status !== 'queued',
    }
  })
}

type Resolved =
  | { readonly ok: true; readonly playbook: Playbook; readonly service: Service; readonly units: Unit[] }
  | { readonly ok: false; readonly problem: string }

/** The playbook as it was approved: a run that began goes on with it, even if the file has changed since. */
const resolve = async (app: App, tx: Tx, proposal: ProposalRow): Promise<Resolved> => {
  const configuration = await app.configuration.of(tx.tenantId)
  const row = await tx.db
    .selectFrom('config_version')
    .select('body')
    .where('tenant_id', '=', tx.tenantId)
    .where('kind', '=', 'playbook')
    .where('name', '=', proposal.playbook)
    .where('digest', '=', proposal.playbook_digest)
    .executeTakeFirst()
  const service = configuration.serviceOf(proposal.body.service)
  if (row === undefined || service === undefined)
    return {
      ok: false,
      problem: `playbook ${proposal.playbook} or service ${proposal.body.service} is no longer as approved`,
    }
  const playbook = row.body as Playbook
  try {
    return { ok: true, playbook, service, units: unitsOf(playbook, proposal.body, service) }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) }
  }
}

const start = async (
  app: App,
  tx: Tx,
  out: Outbound,
  run: RunRow,
  proposal: ProposalRow,
  incident: IncidentRow,
  resolved: Resolved,
): Promise<RunRow | null> => {
  const refusal = await refuseStart(app, tx, run, proposal, incident, resolved)
  if (refusal !== null) {
    await blockRun(app, tx, out, run, incident, refusal)
    return null
  }
  const waits = await takeLocks(tx, run, proposal.body.targets)
  if (waits !== null) {
    await tx.db
      .updateTable('run')
      .set({ reason: waits })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', run.id)
      .execute()
    out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.ringAgainMs }) })
    await showRun(app, tx, out, run.id)
    return null
  }
  await tx.db
    .updateTable('permit')
    .set({ status: 'used', used_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .where('status', '=', 'issued')
    .execute()
  const started = await moveRun(tx, run, 'running', {
    ...holdBy(app, tx, run),
    started_at: tx.now,
    deadline_at: tx.now.add({ milliseconds: run.budget_ms }),
    reason: '',
  })
  announce(app, tx, out, started, false)
  await showRun(app, tx, out, run.id)
  return started
}

const holdBy = (app: App, tx: Tx, run: RunRow) => ({
  worker_id: app.workerId,
  fencing_token: run.fencing_token + 1,
  lease_until: tx.now.add({ milliseconds: app.limits.leaseMs }),
})

const announce = (app: App, tx: Tx, out: Outbound, run: RunRow, resumed: boolean): void => {
  out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.leaseMs }) })
  out.audit(
    {
      event: 'run_started',
      actor: 'person_suture',
      subject: run.id,
      details: {
        worker: app.workerId,
        fence: run.fencing_token,
        deadline: run.deadline_at?.toString() ?? null,
        resumed,
        policy_checked: true,
      },
    },
    run.incident_id,
  )
  out.changed('run', run.id)
}

/** Permit, policy and precondition once more: all of them may have changed since the approval. */
const refuseStart = async (
  app: App,
  tx: Tx,
  run: RunRow,
  proposal: ProposalRow,
  incident: IncidentRow,
  resolved: Resolved,
): Promise<Rejection | null> => {
  const configuration = await app.configuration.of(tx.tenantId)
  const loaded = configuration.playbooks.find((each) => each.playbook.name === proposal.playbook)
  const permit = await permitOfRun(tx, run.id)
  if (permit === undefined) return reject('permit', `${run.id} has no permit.`, 'Request the proposal again.')
  const about = {
    runId: run.id,
    proposalDigest: digestOf(proposal.body),
    playbookDigest: loaded?.digest ?? 'none',
    parametersDigest: digestOf(proposal.body.parameters),
    targets: proposal.body.targets,
  }
  const { facts } = await policyFacts(app, tx, 'run', incident, proposal.body)
  const verdict = evaluatePolicy(facts)
  if (verdict.outcome === 'deny')
    return verdict.reasons[0] ?? reject('mode', 'Policy refuses this run now.', 'Ask an admin.')
  const needed = verdict.outcome === 'allow' ? 0 : verdict.quorum
  const standing = await standingApprovers(tx, permit.approver_ids, verdict.approverRoles)
  if (standing < needed)
    return reject(
      'quorum',
      `Policy now asks for ${needed} approvals; ${run.id} has ${standing} by people who may still approve.`,
      'Request the proposal again.',
    )
  const refusal = refusePermit(asDomain(permit), about, tx.now)
  if (refusal !== null) return refusal
  if (resolved.ok && targetsDigest(configuration, proposal.body) === proposal.body.targetsDigest) return null
  const problem = resolved.ok ? 'the catalogue has changed how its targets do it' : resolved.problem
  return reject(
    'permit',
    `Permit ${permit.id} does not cover run ${run.id}: ${problem}.`,
    'Request the proposal again and have it approved.',
  )
}

const asDomain = (row: PermitRow) => ({
  id: row.id,
  runId: row.run_id,
  status: row.status,
  proposalDigest: row.proposal_digest,
  playbookDigest: row.playbook_digest,
  parametersDigest: row.parameters_digest,
  targets: row.targets,
  approverIds: row.approver_ids,
  policyVersion: row.policy_version,
  expiresAt: row.expires_at,
})

/** The worker that held the run has let its lease run out. Its fence no longer holds; this worker goes on from the rows. */
const takeOver = async (app: App, tx: Tx, out: Outbound, run: RunRow): Promise<RunRow | null> => {
  if (run.lease_until !== null && Temporal.Instant.compare(run.lease_until, tx.now) > 0) {
    out.effect({ kind: 'run', key: run.id, dueAt: run.lease_until })
    return null
  }
  if (run.deadline_at !== null && Temporal.Instant.compare(run.deadline_at, tx.now) <= 0) {
    // A process that may still work is the watchdog's to kill, before anybody says that the run has ended.
    if (await hasProcesses(tx, run.id))
      out.effect({ kind: 'run', key: run.id, dueAt: tx.now.add({ milliseconds: app.limits.ringAgainMs }) })
    else await endOverdueRun(app, tx, out, run)
    return null
  }
  const held = await tx.db
    .updateTable('run')
    .set({ ...holdBy(app, tx, run), version: run.version + 1 })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', run.id)
    .where('version', '=', run.version)
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx.db
    .updateTable('target_lock')
    .set({ fencing_token: held.fencing_token })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .execute()
  announce(app, tx, out, held, true)
  return held
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Decision, decideApproval } from '../../src/app/approval/decide-approval.ts'
import { expireApproval } from '../../src/app/approval/expire-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { type ClickOutcome, click } from '../../src/app/click.ts'
import { importFiles } from '../../src/app/configuration/import-files.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import { withdrawProposals } from '../../src/app/resolve-incident.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { openStore } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { lockIncident } from '../../src/storage/incident.repository.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld, forgetConfiguration } from './core-world.ts'

describe('approval under fire', () => {
  let world: CoreWorld
  let ada: Caller
  let chloe: Caller
  let dora: Caller
  let emil: Caller
  beforeAll(async () => {
    world = await coreWorld()
    ada = await world.caller('Ada', ['responder', 'approver'])
    chloe = await world.caller('Chloe', ['approver'])
    dora = await world.caller('Dora', ['approver'])
    emil = await world.caller('Emil', ['approver'])
  })
  afterAll(() => world.close())

  const decide = (caller: Caller, requestId: string, decision: Decision['decision'] = 'approve') =>
    decideApproval(world.app, caller, { requestId, decision, reason: decision === 'reject' ? 'not now' : '' })
  const waiting = async (playbook = 'two-steps') => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { name, service, incidentId, ...(await world.requested(incidentId, playbook)) }
  }
  const tokenOf = (subject: string, command: 'approve' | 'reject' | 'request' | 'cancel') =>
    world.read(async (tx) => {
      const row = await tx.db
        .selectFrom('action_token')
        .select('token')
        .where('subject', '=', subject)
        .where('command', '=', command)
        .executeTakeFirstOrThrow()
      return row.token
    })
  const factsOf = (requestId: string, runId: string) =>
    world.read(async (tx) => ({
      request: await tx.db
        .selectFrom('approval_request')
        .selectAll()
        .where('id', '=', requestId)
        .executeTakeFirstOrThrow(),
      votes: (
        await tx.db
          .selectFrom('approval_decision')
          .selectAll()
          .where('request_id', '=', requestId)
          .orderBy('person_id')
          .execute()
      ).map((row) => `${row.person_id} ${row.decision}`),
      permits: await tx.db.selectFrom('permit').selectAll().where('run_id', '=', runId).execute(),
      run: await tx.db.selectFrom('run').selectAll().where('id', '=', runId).executeTakeFirstOrThrow(),
    }))
  const refusalsOf = async (subject: string) =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('audit_entry')
          .select('bytes')
          .where('subject', '=', subject)
          .where('event', '=', 'refused')
          .execute(),
      )
    ).map((row) => (JSON.parse(row.bytes.toString()) as { details: { reason_code: string } }).details)
  const granted = (outcomes: readonly unknown[]) => outcomes.filter((outcome) => !isRejection(outcome))

  it('G8 fifty clicks at once on Approve are one decision and one run, and 49 are told so', async () => {
    const { requestId, runId, service } = await waiting()
    const token = await tokenOf(requestId, 'approve')
    forgetConfiguration(world.app)
    const outcomes: ClickOutcome[] = await Promise.all(
      Array.from({ length: 50 }, () => click(world.app, chloe, token, '')),
    )
    expect(outcomes.filter((outcome) => outcome.done)).toHaveLength(1)
    expect(new Set(outcomes.filter((outcome) => !outcome.done).map((outcome) => outcome.code))).toEqual(
      new Set(['already_decided']),
    )
    const { request, votes, permits } = await factsOf(requestId, runId)
    expect(request.status).toBe('approved')
    expect(votes).toEqual(['person_chloe approve'])
    expect(permits).toHaveLength(1)
    expect((await refusalsOf(requestId)).map((details) => details.reason_code)).toEqual(
      Array.from({ length: 49 }, () => 'already_decided'),
    )
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toHaveLength(2)
  })

  it('G8 64 approvals at once by three people issue one permit', async () => {
    const { requestId, runId } = await waiting()
    forgetConfiguration(world.app)
    const people = [chloe, dora, emil]
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, at) => decide(people[at % 3] ?? chloe, requestId)),
    )
    expect(granted(outcomes)).toHaveLength(1)
    const { votes, permits, run } = await factsOf(requestId, runId)
    expect(votes).toHaveLength(1)
    expect(permits).toHaveLength(1)
    expect(run.status).toBe('queued')
  })

  it('G8 a quorum of two counts different people, however often each of them presses', async () => {
    const { requestId, runId } = await waiting('grave')
    const first = await Promise.all(Array.from({ length: 10 }, () => decide(chloe, requestId)))
    expect(granted(first)).toMatchObject([{ status: 'pending', approvals: 1 }])
    expect((await factsOf(requestId, runId)).run.status).toBe('pending_approval')
    const second = await Promise.all(
      Array.from({ length: 20 }, (_, at) => decide(at % 2 === 0 ? dora : chloe, requestId)),
    )
    expect(granted(second)).toMatchObject([{ status: 'approved', approvals: 2 }])
    const { permits, votes } = await factsOf(requestId, runId)
    expect(votes).toEqual(['person_chloe approve', 'person_dora approve'])
    expect(permits).toMatchObject([{ approver_ids: ['person_chloe', 'person_dora'] }])
  })

  it('G8 approve against reject: the first decides, and the state tells only one of the two', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { requestId, runId } = await waiting()
      const outcomes = await Promise.all([
        decide(chloe, requestId),
        decide(dora, requestId, 'reject'),
        decide(emil, requestId),
        decide(dora, requestId, 'reject'),
      ])
      expect(granted(outcomes)).toHaveLength(1)
      const { request, run, permits, votes } = await factsOf(requestId, runId)
      expect(votes).toHaveLength(1)
      if (request.status === 'approved') {
        expect(run.status).toBe('queued')
        expect(permits).toHaveLength(1)
      } else {
        expect(request.status).toBe('rejected')
        expect(run).toMatchObject({ status: 'canceled', cause: 'rejected' })
        expect(permits).toEqual([])
      }
    }
  })

  it('G8 approve against expiry: whoever comes after the time is told that it expired', async () => {
    const { requestId, runId, incidentId } = await waiting()
    world.shift(world.app.limits.approvalTtlMs)
    const [outcome] = await Promise.all([
      decide(chloe, requestId),
      expireApproval(world.app, testTenant, requestId),
      expireApproval(world.app, testTenant, requestId),
    ])
    expect(outcome).toMatchObject({ code: 'expired' })
    const { request, run, permits } = await factsOf(requestId, runId)
    expect(request.status).toBe('expired')
    expect(run).toMatchObject({ status: 'canceled', cause: 'expired' })
    expect(permits).toEqual([])
    await world.requested(incidentId, 'two-steps')
  })

  it('G8 a ring for the expiry that comes too early changes nothing', async () => {
    const { requestId, runId } = await waiting()
    await expireApproval(world.app, testTenant, requestId)
    expect((await factsOf(requestId, runId)).request.status).toBe('pending')
  })

  it('G8 D4 approve against resolve: no run is left that could start, whoever was first', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { requestId, runId, name, service, incidentId } = await waiting()
      await Promise.all([decide(chloe, requestId), world.resolve(name)])
      await performRun(world.app, testTenant, runId)
      expect(service.calls).toEqual([])
      expect(['blocked', 'canceled']).toContain((await world.run(runId)).status)
      expect(await world.incident(incidentId)).toMatchObject({ status: 'resolved' })
    }
  })

  it('G5 Request pressed fifty times at once makes one run and one request', async () => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const token = await tokenOf(await world.proposalOf(incidentId, 'two-steps'), 'request')
    forgetConfiguration(world.app)
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => click(world.app, ada, token, '')))
    expect(outcomes.filter((outcome) => outcome.done)).toHaveLength(1)
    const runs = await world.read((tx) =>
      tx.db.selectFrom('run').select('id').where('incident_id', '=', incidentId).execute(),
    )
    expect(runs).toHaveLength(1)
    expect(new Set(outcomes.filter((each) => !each.done).map((each) => each.code))).toEqual(
      new Set(['duplicate_request']),
    )
  })

  it('G8 G13 a requester approves by no path, not even as an admin', async () => {
    const { requestId, runId } = await waiting()
    const asAdmin = { ...ada, person: { ...ada.person, roles: ['admin', 'approver'] as const } }
    const paths = [
      await decide(ada, requestId),
      await decide(asAdmin, requestId),
      await decide({ ...asAdmin, via: 'key' }, requestId),
      await decide({ ...ada, via: 'slack' }, requestId),
    ]
    for (const outcome of paths) expect(outcome).toMatchObject({ code: 'separation_of_duties' })
    expect(await click(world.app, ada, await tokenOf(requestId, 'approve'), '')).toMatchObject({
      code: 'separation_of_duties',
    })
    expect((await factsOf(requestId, runId)).votes).toEqual([])
    expect((await refusalsOf(requestId)).map((details) => details.reason_code)).toEqual(
      Array.from({ length: 5 }, () => 'separation_of_duties'),
    )
  })

  it('G8 a service account cannot vote, whatever its roles', async () => {
    const { requestId } = await waiting()
    const person: Caller['person'] = {
      id: 'person_robot',
      name: 'Robot',
      kind: 'service_account',
      roles: ['admin', 'approver'],
    }
    const robot: Caller = { ...chloe, via: 'key', person }
    await world.read((tx) =>
      tx.db
        .insertInto('person')
        .values({ ...person, roles: [...person.roles], tenant_id: tx.tenantId })
        .execute(),
    )
    expect(await decide(robot, requestId)).toMatchObject({ code: 'separation_of_duties' })
    expect(await decide(robot, requestId, 'reject')).toMatchObject({ code: 'separation_of_duties' })
  })

  it('G8 a role that may no longer approve is refused, although it might when the request was made', async () => {
    const roles = (approverRoles: ('approver' | 'responder')[]) =>
      world.read((tx) =>
        tx.db
          .updateTable('governance')
          .set({ approver_roles: approverRoles })
          .where('tenant_id', '=', testTenant)
          .execute(),
      )
    await roles(['approver', 'responder'])
    const { requestId, runId } = await waiting()
    await roles(['approver'])
    const finn = await world.caller('Finn', ['responder'])
    expect(await decide(finn, requestId)).toMatchObject({ code: 'forbidden' })
    expect((await factsOf(requestId, runId)).run.status).toBe('pending_approval')
    expect(await decide(chloe, requestId)).toMatchObject({ status: 'approved' })
  })

  it('G8 a second click after a restart says that it is already decided', async () => {
    const { requestId } = await waiting()
    const token = await tokenOf(requestId, 'approve')
    expect(await click(world.app, chloe, token, '')).toMatchObject({ done: true })
    const store = openStore({ url: world.appUrl, maxConnections: 3, onError: () => undefined })
    // A process that starts anew has nothing but the rows.
    const restarted = { ...world.app, store, workerId: 'restarted' }
    try {
      expect(await click(restarted, dora, token, '')).toMatchObject({ done: false, code: 'already_decided' })
    } finally {
      await store.close()
    }
  })

  it("H4 another tenant's button, request, proposal and run do not exist here", async () => {
    const { requestId, runId, incidentId } = await waiting()
    await ensureTenant(world.ownerUrl, 'other', 'Other')
    await bootstrapTenant(world.app, 'other', { lab: true })
    await importFiles(world.app, 'other', {
      catalogue: { value: { services: [] }, source: 'none' },
      playbooks: [],
      policy: null,
    })
    const stranger = await world.caller('Stranger', ['admin', 'approver'], 'other')
    const proposalId = (
      await world.read((tx) =>
        tx.db.selectFrom('proposal').select('id').where('incident_id', '=', incidentId).execute(),
      )
    )[0]?.id
    const outcomes = [
      await click(world.app, stranger, await tokenOf(requestId, 'approve'), ''),
      await decide(stranger, requestId),
      await requestRun(world.app, stranger, proposalId ?? ''),
      await cancelRun(world.app, stranger, runId),
    ]
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'not_found' })
    expect((await factsOf(requestId, runId)).request.status).toBe('pending')
  })

  it('G8 a request that waited while its proposal was withdrawn is refused as stale', async () => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const proposalId = await world.proposalOf(incidentId, 'two-steps')
    let asked: Promise<unknown> = Promise.resolve()
    await world.read(async (tx) => {
      await lockIncident(tx, incidentId)
      asked = requestRun(world.app, ada, proposalId)
      // It waits for the incident now, and has read the proposal before.
      await expect
        .poll(
          async () =>
            (
              await world.app.store.pool.query<{ waiting: number }>(
                `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
              )
            ).rows[0]?.waiting,
        )
        .toBeGreaterThan(0)
      await withdrawProposals(tx, incidentId)
    })
    expect(await asked).toMatchObject({ code: 'stale' })
  })

  it('G9 the emergency stop refuses what waits and cancels what runs', async () => {
    const admin = await world.caller('Root', ['admin'])
    const running = await waiting()
    await decide(chloe, running.requestId)
    const pending = await waiting()
    const app = { ...world.app, limits: { ...world.app.limits, leaseMs: 800 } }
    try {
      await performRun(
        {
          ...app,
          checkpoint: async (at) => {
            if (at === 'result:action:flag') await changeGovernance(app, admin, { emergencyStop: true })
          },
        },
        testTenant,
        running.runId,
      )
      expect(running.service.calls).toEqual([
        `set_feature_flag ${running.runId}.flag`,
        `set_feature_flag ${running.runId}.flag.rollback`,
      ])
      expect(await world.run(running.runId)).toMatchObject({ status: 'rolled_back', cause: 'canceled' })
      expect(await decide(chloe, pending.requestId)).toMatchObject({ code: 'emergency_stop' })
    } finally {
      await changeGovernance(app, admin, { emergencyStop: false })
    }
  })
})

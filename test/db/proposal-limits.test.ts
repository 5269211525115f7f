import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { takeOver } from '../../src/app/take-over.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { openStore } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const minute = 60_000

describe('proposal limits', () => {
  let world: CoreWorld
  let owner: pg.Client
  let ada: Caller
  beforeAll(async () => {
    // Half of the way: the wait is neither shortened nor made longer.
    world = await coreWorld({ overrides: { random: () => 0.5 } })
    await world.configure({}, undefined, undefined, 'windows: []\nlimits: { duplicateWithin: 0s }\n')
    owner = new pg.Client({ connectionString: world.ownerUrl })
    await owner.connect()
    ada = await world.caller('Ada', ['responder', 'approver', 'admin'])
  })
  afterAll(async () => {
    await owner.end()
    await world.close()
  })

  const heal = (incidentId: string) => healIncident(world.app, testTenant, incidentId)
  const proposalsOf = async (incidentId: string): Promise<string[]> =>
    (
      await owner.query<{ playbook: string }>(
        `select playbook from proposal where incident_id = $1 and withdrawn_at is null order by rank`,
        [incidentId],
      )
    ).rows.map((row) => row.playbook)
  const backOffOf = async (service: string): Promise<{ failures: number; minutes: number } | undefined> =>
    (
      await owner.query<{ failures: number; minutes: number }>(
        `select b.failures, round(extract(epoch from b.until - r.finished_at) / 60)::int as minutes from proposal_back_off b,
           lateral (select max(run.finished_at) as finished_at from run join proposal p on p.id = run.proposal_id where p.service = $1) r
         where b.service = $1`,
        [service],
      )
    ).rows[0]
  const dueAt = async (incidentId: string): Promise<string | undefined> =>
    (
      await owner.query<{ due: string }>(
        `select due_at::text as due from outbox where kind = 'heal' and key = $1`,
        [incidentId],
      )
    ).rows[0]?.due
  const lookAgainAt = async (incidentId: string) =>
    (
      await owner.query<{ at: string | null }>(
        `select look_again_at::text as at from incident where id = $1`,
        [incidentId],
      )
    ).rows[0]?.at
  const noticesOf = async (incidentId: string): Promise<string[]> =>
    (
      await owner.query<{ body: string }>(
        `select body::text as body from card where incident_id = $1 and kind = 'notice' order by created_at`,
        [incidentId],
      )
    ).rows.map((row) => row.body)
  /** A run that changes nothing: the service stays as it is. */
  const failed = async () => {
    const { name, service } = world.take()
    service.heals = false
    const { incidentId, runId } = await world.queued(name)
    await performRun(world.app, testTenant, runId)
    return { name, service, incidentId, runId }
  }

  it('D5 after a failure Suture is silent, says until when, and looks again then, also after a restart', async () => {
    const { name, incidentId } = await failed()
    expect(await backOffOf(name)).toEqual({ failures: 1, minutes: 5 })
    await heal(incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect(await proposalsOf(incidentId)).toEqual([])
    const until = await lookAgainAt(incidentId)
    expect(await dueAt(incidentId)).toBe(until)
    const [notice] = (await noticesOf(incidentId)).slice(-1)
    expect(notice).toContain('A run did not heal')
    expect(notice).toContain('Suture looks again at ')

    // A ring that came too early does nothing, and does not lose the one that is to come.
    await heal(incidentId)
    expect(await dueAt(incidentId)).toBe(until)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })

    world.shift(5 * minute)
    const store = openStore({
      url: world.appUrl,
      maxConnections: 4,
      shiftMs: world.app.store.shiftMs,
      onError: () => undefined,
    })
    await healIncident({ ...world.app, store }, testTenant, incidentId)
    await store.close()
    expect(await world.incident(incidentId)).toMatchObject({ status: 'proposed', look_again_at: null })
    expect(await proposalsOf(incidentId)).toContain('restart')
  })

  it('D5 the wait doubles with the second failure in a row, and one success ends it', async () => {
    const { name, service, incidentId } = await failed()
    world.shift(6 * minute)
    await heal(incidentId)
    const second = await world.requested(incidentId, 'restart')
    await approve(second.requestId)
    await performRun(world.app, testTenant, second.runId)
    expect(await backOffOf(name)).toEqual({ failures: 2, minutes: 10 })
    world.shift(11 * minute)
    await heal(incidentId)
    service.heals = true
    const third = await world.requested(incidentId, 'grave')
    await approve(third.requestId)
    await approve(third.requestId, 'Dora')
    await performRun(world.app, testTenant, third.runId)
    expect(await world.run(third.runId)).toMatchObject({ status: 'succeeded' })
    expect(await backOffOf(name)).toBeUndefined()
  })

  it('D5 an incident that a person has taken meanwhile is left to them', async () => {
    const { incidentId } = await failed()
    await heal(incidentId)
    await takeOver(world.app, ada, incidentId)
    expect(await lookAgainAt(incidentId)).toBeNull()
    world.shift(6 * minute)
    await heal(incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect(await proposalsOf(incidentId)).toEqual([])
  })

  it('D5 a run that a person stopped says nothing of the remedy', async () => {
    const { name } = world.take()
    const { runId } = await world.queued(name)
    await owner.query(`update run set cancel_requested_by = 'person_ada' where id = $1`, [runId])
    await performRun(world.app, testTenant, runId)
    expect(await backOffOf(name)).toBeUndefined()
  })

  it('D5 Suture proposes three times an hour for a service, and people request all the same', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    const threads = (
      await owner.query<{ id: string }>(
        `insert into incident (tenant_id, group_key, service, severity, title, summary, status, opened_at, firing)
         select tenant_id, id || ' again ' || n, service, severity, title, summary, 'open', opened_at, 1
         from incident, generate_series(1, 3) as n where id = $1 returning id`,
        [incidentId],
      )
    ).rows.map((row) => row.id)
    const [second = '', third = '', fourth = ''] = threads
    await heal(incidentId)
    world.shift(10 * minute)
    await heal(second)
    await heal(third)
    for (const each of [incidentId, second, third]) expect(await proposalsOf(each)).not.toEqual([])
    await heal(fourth)
    expect(await proposalsOf(fourth)).toEqual([])
    expect((await noticesOf(fourth)).at(-1)).toContain('Suture has proposed 3 times')
    const result = await requestRun(world.app, ada, await world.proposalOf(third, 'two-steps'))
    expect(isRejection(result)).toBe(false)

    // Fifty minutes on, the first of the three is an hour old.
    world.shift(49 * minute)
    await heal(fourth)
    expect(await proposalsOf(fourth)).toEqual([])
    world.shift(2 * minute)
    await heal(fourth)
    expect(await proposalsOf(fourth)).not.toEqual([])
  })

  it('D5 what one service has used up is not missed by another', async () => {
    const incidentId = await world.proposed(world.take().name)
    expect(await proposalsOf(incidentId)).not.toEqual([])
  })

  const approve = async (requestId: string, name = 'Chloe') => {
    const caller = await world.caller(name, ['approver'])
    const decided = await decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
    if (isRejection(decided)) throw new Error(decided.detail)
  }
})

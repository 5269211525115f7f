import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { comeBack, endDelegation } from '../../src/app/delegation/end-delegation.ts'
import { listDelegations } from '../../src/app/delegation/list-delegations.ts'
import { setDelegation } from '../../src/app/delegation/set-delegation.ts'
import { pendingOf, restsOn } from '../../src/app/identity/pending-of.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { revokeSharedPermits } from '../../src/storage/run.repository.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('G8 delegation while away', () => {
  let world: CoreWorld
  let ada: Caller
  let bea: Caller
  let chloe: Caller
  beforeAll(async () => {
    world = await coreWorld()
    ada = await world.caller('Ada', ['responder', 'approver'])
    bea = await world.caller('Bea', ['viewer'])
    chloe = await world.caller('Chloe', ['approver'])
  })
  afterAll(() => world.close())

  const waiting = async (playbook = 'two-steps') => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, service, ...(await world.requested(incidentId, playbook)) }
  }
  const approve = (caller: Caller, requestId: string) =>
    decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
  const away = async (caller: Caller, to: Caller, until = '2h') => {
    const set = await setDelegation(world.app, caller, { to: to.person.id, until })
    if (isRejection(set)) throw new Error(set.detail)
    return set
  }
  const cardOf = async (incidentId: string) =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select('body')
          .where('incident_id', '=', incidentId)
          .where('kind', '=', 'proposal')
          .execute(),
      )
    )
      .map(({ body }) => plainText(body))
      .join('\n')

  it('G8 the delegate votes without the role, once, and it is shown for whom', async () => {
    const { requestId, incidentId, runId } = await waiting('grave')
    expect(await approve(bea, requestId)).toMatchObject({ code: 'forbidden' })
    const { id } = await away(chloe, bea)
    expect(await listDelegations(world.app, testTenant)).toMatchObject([{ id, holds: true }])
    expect(await approve(bea, requestId)).toMatchObject({
      status: 'pending',
      vote: { forPersonId: 'person_chloe' },
    })
    expect(await cardOf(incidentId)).toContain('Bea for Chloe')
    expect(await approve(bea, requestId)).toMatchObject({ code: 'already_decided' })
    expect(await approve(chloe, requestId)).toMatchObject({ code: 'already_decided' })
    expect(await comeBack(world.app, chloe)).toMatchObject([{ id }])
    expect(await approve(chloe, requestId)).toMatchObject({ code: 'already_decided' })
    const dora = await world.caller('Dora', ['approver'])
    expect(await approve(dora, requestId)).toMatchObject({ status: 'approved' })
    expect(await cardOf(incidentId)).toContain('Bea for Chloe (approver) and Dora')
    expect(await world.eventsOf(id)).toEqual(['delegation_set', 'delegation_ended'])
    await performRun(world.app, testTenant, runId)
    expect((await world.run(runId)).started_at).not.toBeNull()
  })

  it('G8 what begins now holds at once, whatever part of a millisecond it is', async () => {
    for (let round = 0; round < 10; round += 1) {
      expect(await away(chloe, bea)).toMatchObject({ holds: true })
      await comeBack(world.app, chloe)
    }
  })

  it('G8 whoever is away has lost the role before the start: it does not run', async () => {
    const { requestId, runId, service } = await waiting()
    const { id } = await away(chloe, bea)
    expect(await approve(bea, requestId)).toMatchObject({ status: 'approved' })
    await world.caller('Chloe', ['viewer'])
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toEqual([])
    expect(await world.run(runId)).toMatchObject({ status: 'blocked' })
    expect((await world.run(runId)).reason).toContain('Chloe (approver) no longer has the role approver')
    await world.caller('Chloe', ['approver'])
    await endDelegation(world.app, chloe, id)
  })

  it('G8 somebody disabled delegates nothing, and neither does one whose time has not come or is over', async () => {
    const { requestId } = await waiting()
    const set = await setDelegation(world.app, chloe, { to: 'person_bea', from: '1h', until: '2h' })
    expect(isRejection(set)).toBe(false)
    expect(await approve(bea, requestId)).toMatchObject({ code: 'forbidden' })
    const disable = (at: Temporal.Instant | null) =>
      world.read((tx) =>
        tx.db.updateTable('person').set({ disabled_at: at }).where('id', '=', 'person_chloe').execute(),
      )
    const later = await waiting()
    world.shift(90 * 60_000)
    const now = await waiting()
    await disable(Temporal.Instant.from('2026-01-01T00:00:00Z'))
    expect(await approve(bea, now.requestId)).toMatchObject({ code: 'forbidden' })
    await disable(null)
    expect(await approve(bea, now.requestId)).toMatchObject({ status: 'approved' })
    expect(await approve(bea, later.requestId)).toMatchObject({ code: 'expired' })
    world.shift(60 * 60_000)
    const over = await waiting()
    expect(await approve(bea, over.requestId)).toMatchObject({ code: 'forbidden' })
  })

  it('G8 separation of duties holds for both', async () => {
    const { requestId } = await waiting()
    const dora = await world.caller('Dora', ['approver'])
    await away(ada, dora)
    expect(await approve(dora, requestId)).toMatchObject({ code: 'separation_of_duties' })
    await comeBack(world.app, ada)
    await away(dora, ada)
    expect(await approve(dora, requestId)).toMatchObject({ code: 'separation_of_duties' })
    expect(await approve(ada, requestId)).toMatchObject({ code: 'separation_of_duties' })
    await comeBack(world.app, dora)
  })

  it('G8 delegate and delegator at the same moment: one vote counts', async () => {
    const set = await away(chloe, bea)
    for (let round = 0; round < 6; round += 1) {
      const { requestId, runId } = await waiting('grave')
      const both = await Promise.all([approve(chloe, requestId), approve(bea, requestId)])
      expect(both.filter((each) => !isRejection(each))).toHaveLength(1)
      expect((await world.run(runId)).status).toBe('pending_approval')
    }
    await endDelegation(world.app, chloe, set.id)
  })

  it('G8 what cannot be is refused, and says why', async () => {
    const set = (caller: Caller, to: string, until: string) => setDelegation(world.app, caller, { to, until })
    expect(await set(bea, 'person_chloe', '2h')).toMatchObject({ code: 'forbidden' })
    expect(await set(chloe, 'chloe (approver)', '2h')).toMatchObject({ code: 'invalid' })
    expect(await set(chloe, 'Nobody At All', '2h')).toMatchObject({ code: 'not_found' })
    expect(await set(chloe, 'Bea', '31d')).toMatchObject({ code: 'invalid' })
    expect(await set(chloe, 'Bea', 'soon')).toMatchObject({ code: 'invalid' })
    expect(await set(chloe, 'Bea', '2020-01-01 10:00')).toMatchObject({ code: 'invalid' })
    const { id } = await away(chloe, bea, '30d')
    expect(await set(chloe, 'Dora', '2h')).toMatchObject({ code: 'already_decided', facts: { first: id } })
    expect(await endDelegation(world.app, bea, id)).toMatchObject({ code: 'forbidden' })
    const root = await world.caller('Root', ['admin'])
    expect(await endDelegation(world.app, root, id)).toMatchObject({ id })
    expect(await endDelegation(world.app, root, id)).toMatchObject({ code: 'already_decided' })
    expect(await endDelegation(world.app, root, 'away-0')).toMatchObject({ code: 'not_found' })
  })

  it('G8 for whom a delegate voted has had a say: no account is taken off, and no permit of both stands', async () => {
    const eve = await world.caller('Eve', ['approver'])
    await away(eve, bea)
    const { requestId, runId } = await waiting('grave')
    const open = (personId: string) => world.read((tx) => pendingOf(tx, personId))
    expect(await open(eve.person.id)).toBeNull()
    expect(await approve(bea, requestId)).toMatchObject({ vote: { forPersonId: eve.person.id } })
    expect(await open(eve.person.id)).toBe(requestId)
    expect(await world.read((tx) => restsOn(tx, eve.person.id))).toBe(true)
    const fay = await world.caller('Fay', ['approver'])
    expect(await approve(fay, requestId)).toMatchObject({ status: 'approved' })
    expect(await open(eve.person.id)).toBeNull()
    expect(await world.read((tx) => restsOn(tx, eve.person.id))).toBe(true)
    const revoke = (one: Caller, other: Caller) =>
      world.read(async (tx) => {
        await revokeSharedPermits(tx, [one.person.id, other.person.id])
        return (
          await tx.db
            .selectFrom('permit')
            .select('status')
            .where('run_id', '=', runId)
            .executeTakeFirstOrThrow()
        ).status
      })
    expect(await revoke(fay, await world.caller('Gus', ['approver']))).toBe('issued')
    // Fay turns out to be Eve: one human would be both approvers.
    expect(await revoke(fay, eve)).toBe('revoked')
    await comeBack(world.app, eve)
  })
})

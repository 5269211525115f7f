import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { expireApproval } from '../../src/app/approval/expire-approval.ts'
import { revokeApproval } from '../../src/app/approval/revoke-approval.ts'
import { click } from '../../src/app/click.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('G8 an approval is taken back until the start', () => {
  let world: CoreWorld
  let chloe: Caller
  let dora: Caller
  beforeAll(async () => {
    world = await coreWorld()
    chloe = await world.caller('Chloe', ['approver'])
    dora = await world.caller('Dora', ['approver'])
  })
  afterAll(() => world.close())

  const waiting = async (playbook = 'two-steps') => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, service, ...(await world.requested(incidentId, playbook)) }
  }
  const approve = (caller: Caller, requestId: string) =>
    decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
  const revoke = (caller: Caller, requestId: string) =>
    revokeApproval(world.app, caller, requestId, 'wrong one')
  const permitOf = async (runId: string) =>
    world.read((tx) =>
      tx.db.selectFrom('permit').select('status').where('run_id', '=', runId).executeTakeFirst(),
    )

  it('G8 from the card of the queued run: it does not run, its permit is gone, and it can be requested again', async () => {
    const { requestId, runId, incidentId, service } = await waiting()
    await approve(chloe, requestId)
    const { token } = await world.read((tx) =>
      tx.db
        .selectFrom('action_token')
        .select('token')
        .where('subject', '=', requestId)
        .where('command', '=', 'revoke')
        .executeTakeFirstOrThrow(),
    )
    expect(await click(world.app, dora, token, '')).toMatchObject({ code: 'forbidden' })
    expect(await click(world.app, chloe, token, '')).toMatchObject({ done: true, title: 'Approval revoked' })
    expect(await click(world.app, chloe, token, '')).toMatchObject({ code: 'already_decided' })
    expect(await world.run(runId)).toMatchObject({ status: 'canceled', cause: 'revoked' })
    expect(await permitOf(runId)).toEqual({ status: 'revoked' })
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toEqual([])
    expect(await world.incident(incidentId)).toMatchObject({ status: 'proposed' })
    expect(await world.eventsOf(requestId)).toContain('approval_revoked')
    const again = await world.requested(incidentId, 'two-steps')
    expect(await approve(chloe, again.requestId)).toMatchObject({ status: 'approved' })
  })

  it('G8 a vote that is not enough yet is taken back as well, and may be cast again', async () => {
    const { requestId, runId } = await waiting('grave')
    await approve(chloe, requestId)
    expect(await revoke(chloe, requestId)).toEqual({ runId, status: 'pending' })
    expect(await approve(dora, requestId)).toMatchObject({ status: 'pending', approvals: 1 })
    expect(await approve(chloe, requestId)).toMatchObject({ status: 'approved', approvals: 2 })
  })

  it('G8 what has begun is not revoked, and the way out is named', async () => {
    const { requestId, runId } = await waiting()
    await approve(chloe, requestId)
    await performRun(world.app, testTenant, runId)
    expect(await revoke(chloe, requestId)).toMatchObject({ code: 'already_decided' })
    expect(await revoke(chloe, 'req-0')).toMatchObject({ code: 'not_found' })
  })

  it('G8 revoke against claim: it runs with its permit, or it does not run at all', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { requestId, runId, service } = await waiting()
      await approve(chloe, requestId)
      const [revoked] = await Promise.all([
        revoke(chloe, requestId),
        performRun(world.app, testTenant, runId),
      ])
      const run = await world.run(runId)
      if (isRejection(revoked)) {
        expect(await permitOf(runId)).toEqual({ status: 'used' })
        expect(service.calls).toHaveLength(2)
      } else {
        expect(run).toMatchObject({ status: 'canceled', cause: 'revoked', started_at: null })
        expect(await permitOf(runId)).toEqual({ status: 'revoked' })
        expect(service.calls).toEqual([])
      }
    }
  })

  it('G8 two approvals and revocations at once never leave a run with one of two', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { requestId, runId, service } = await waiting('grave')
      await approve(chloe, requestId)
      const [revoked, approved] = await Promise.all([revoke(chloe, requestId), approve(dora, requestId)])
      expect(isRejection(revoked)).toBe(false)
      expect(isRejection(approved)).toBe(false)
      await performRun(world.app, testTenant, runId)
      expect(service.calls).toEqual([])
      expect(['pending_approval', 'canceled']).toContain((await world.run(runId)).status)
    }
  })

  it('G8 revoke against expiry leaves nothing that could begin', async () => {
    const { requestId, runId, service } = await waiting('grave')
    await approve(chloe, requestId)
    world.shift(world.app.limits.approvalTtlMs)
    await Promise.all([revoke(chloe, requestId), expireApproval(world.app, testTenant, requestId)])
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'canceled', cause: 'expired' })
    expect(service.calls).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { expireApproval } from '../../src/app/approval/expire-approval.ts'
import { remindApproval } from '../../src/app/approval/remind-approval.ts'
import { comeBack } from '../../src/app/delegation/end-delegation.ts'
import { setDelegation } from '../../src/app/delegation/set-delegation.ts'
import { sweepOnce } from '../../src/app/sweep.ts'
import type { Caller, Role } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const minute = 60_000

const policy = `version: 1
windows: []
approval:
  remindAfter: 10m
  escalation:
    - { after: 20m, roles: [override] }
    - { after: 30m, roles: [admin, responder], channel: oncall }
limits: { proposalsPerHour: 1000, backOff: { first: 0s, most: 0s }, duplicateWithin: 0s }
`

describe('G8 nobody decides', () => {
  let world: CoreWorld
  let chloe: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({}, undefined, undefined, policy)
    chloe = await world.caller('Chloe', ['approver'])
    await world.caller('Dora', ['approver'])
    await world.caller('Cem', ['override'])
  })
  afterAll(() => world.close())

  const waiting = async (playbook = 'two-steps') => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, ...(await world.requested(incidentId, playbook)) }
  }
  const remind = (requestId: string) => remindApproval(world.app, testTenant, requestId)
  const effectOf = async (requestId: string) =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('outbox')
          .select('due_at')
          .where('kind', '=', 'remind_approval')
          .where('key', '=', requestId)
          .executeTakeFirst(),
      )
    )?.due_at ?? null
  const noticesOf = async (incidentId: string, requestId: string) =>
    (
      await world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select(['body', 'id'])
          .where('incident_id', '=', incidentId)
          .where('id', 'like', `%/notice/reminder-${requestId}-%`)
          .orderBy('id')
          .execute(),
      )
    ).map(({ body }) => plainText(body))
  const told = async (requestId: string) =>
    (await world.eventsOf(requestId)).filter(
      (event) => event === 'approval_reminded' || event === 'approval_escalated',
    )
  const requestOf = (requestId: string) =>
    world.read((tx) =>
      tx.db.selectFrom('approval_request').selectAll().where('id', '=', requestId).executeTakeFirstOrThrow(),
    )

  const letApprove = (roles: Role[]) =>
    world.read((tx) => tx.db.updateTable('governance').set({ approver_roles: roles }).execute())

  it('G8 whoever may decide is reminded once, by name, and until when', async () => {
    const { requestId, incidentId } = await waiting()
    await remind(requestId)
    expect(await told(requestId)).toEqual([])
    const { created_at: createdAt, expires_at: expiresAt } = await requestOf(requestId)
    expect(await effectOf(requestId)).toEqual(createdAt.add({ minutes: 10 }))
    world.shift(10 * minute)
    await Promise.all([remind(requestId), remind(requestId)])
    expect(await told(requestId)).toEqual(['approval_reminded'])
    const [notice = ''] = await noticesOf(incidentId, requestId)
    expect(notice).toContain('Still waiting for approval')
    expect(notice).toContain('Two steps on')
    expect(notice).toContain('1 approval still needed')
    expect(notice).toContain(expiresAt.toString())
    expect(notice).toContain('the role approver')
    expect(notice).toContain('Chloe')
    expect(notice).toContain('Dora')
    expect(notice).not.toMatch(/Ada|Cem/)
    expect(await effectOf(requestId)).toEqual(createdAt.add({ minutes: 20 }))
  })

  it('G8 each step is done once and adds only roles that policy lets approve', async () => {
    const { requestId, incidentId } = await waiting()
    expect((await requestOf(requestId)).approver_roles).toEqual(['approver'])
    await letApprove(['approver', 'override'])
    try {
      const cem = await world.caller('Cem', ['override'])
      const approve = () => decideApproval(world.app, cem, { requestId, decision: 'approve', reason: '' })
      expect(await approve()).toMatchObject({ code: 'forbidden' })
      world.shift(30 * minute)
      await remind(requestId)
      await remind(requestId)
      expect(await told(requestId)).toEqual(['approval_reminded', 'approval_escalated', 'approval_escalated'])
      const after = await requestOf(requestId)
      expect(after).toMatchObject({
        approver_roles: ['approver', 'override'],
        reminders: 3,
        status: 'pending',
      })
      expect(await effectOf(requestId)).toBeNull()
      const [, second = '', third = ''] = await noticesOf(incidentId, requestId)
      expect(second).toContain('asking the role override')
      expect(second).toContain('Cem')
      expect(third).toContain('the role admin or responder')
      const apart = await world.read((tx) =>
        tx.db
          .selectFrom('card')
          .select(['channel', 'id'])
          .where('incident_id', '=', incidentId)
          .where('channel', '=', 'oncall')
          .execute(),
      )
      expect(apart).toEqual([{ channel: 'oncall', id: `${incidentId}/apart/reminder-${requestId}-3` }])
      expect(await approve()).toMatchObject({ status: 'approved' })
    } finally {
      await letApprove(['approver'])
    }
  })

  it('G8 what is decided, expired or withdrawn is no longer reminded of', async () => {
    const decided = await waiting()
    await decideApproval(world.app, chloe, { requestId: decided.requestId, decision: 'approve', reason: '' })
    expect(await effectOf(decided.requestId)).toBeNull()
    const expired = await waiting()
    expect(await effectOf(expired.requestId)).not.toBeNull()
    world.shift(world.app.limits.approvalTtlMs)
    await remind(expired.requestId)
    expect(await told(expired.requestId)).toEqual([])
    await expireApproval(world.app, testTenant, expired.requestId)
    expect(await effectOf(expired.requestId)).toBeNull()
    await remind(decided.requestId)
    await remind('req-0')
    expect(await told(decided.requestId)).toEqual([])
  })

  it('G8 a reminder against a decision: told before it, or not at all, and nothing is left to ring', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { requestId } = await waiting('restart')
      world.shift(10 * minute)
      await Promise.all([
        remind(requestId),
        decideApproval(world.app, chloe, { requestId, decision: 'approve', reason: '' }),
      ])
      expect((await requestOf(requestId)).status).toBe('approved')
      const events = await world.eventsOf(requestId)
      if (events.includes('approval_reminded'))
        expect(events.indexOf('approval_reminded')).toBeLessThan(events.indexOf('approval_vote'))
      expect(await effectOf(requestId)).toBeNull()
    }
  })

  it('G8 the sweeper rings for it when it is due, whoever has started meanwhile', async () => {
    const { requestId } = await waiting()
    const rung = () =>
      world.rings.filter(({ kind, key }) => kind === 'remind_approval' && key === requestId).length
    await sweepOnce(world.app)
    expect(rung()).toBe(0)
    world.shift(10 * minute)
    await sweepOnce(world.app)
    expect(rung()).toBe(1)
    world.shift(world.app.limits.ringAgainMs)
    await sweepOnce(world.app)
    expect(rung()).toBe(2)
  })

  it('G8 in place of whoever is away their delegate is named, unless they have a part in it', async () => {
    const bea = await world.caller('Bea', ['viewer'])
    const dora = await world.caller('Dora', ['approver'])
    const ada = await world.caller('Ada', ['responder', 'approver'])
    const away = async (caller: Caller, to: Caller) => {
      const set = await setDelegation(world.app, caller, { to: to.person.id, until: '5h' })
      if (isRejection(set)) throw new Error(set.detail)
    }
    const noticeFor = async (vote?: Caller) => {
      const { requestId, incidentId } = await waiting(vote === undefined ? 'two-steps' : 'grave')
      if (vote !== undefined)
        await decideApproval(world.app, vote, { requestId, decision: 'approve', reason: '' })
      world.shift(10 * minute)
      await remind(requestId)
      return (await noticesOf(incidentId, requestId))[0] ?? ''
    }
    await away(chloe, bea)
    expect(await noticeFor()).toContain('approver: Bea for Chloe (approver) (away), Dan (admin) and Dora.')
    // Bea votes for Chloe: neither of them has a say in it any more.
    expect(await noticeFor(bea)).toContain('the role approver: Dan (admin) and Dora.')
    // Who has a role of their own is named once.
    await comeBack(world.app, chloe)
    await away(chloe, dora)
    expect(await noticeFor()).toContain('approver: Dora for Chloe (approver) (away) and Dan (admin).')
    // Ada asks: whoever stands in for her decides nothing of hers, and is not sent to.
    await comeBack(world.app, chloe)
    await away(ada, dora)
    expect(await noticeFor()).toContain('the role approver: Chloe (approver) and Dan (admin).')
    await comeBack(world.app, ada)
  })

  it('G8 nobody else may decide: the reminder says so, and what policy would refuse', async () => {
    const { requestId, incidentId } = await waiting()
    await world.read((tx) =>
      tx.db
        .updateTable('person')
        .set({ roles: ['viewer'] })
        .execute(),
    )
    world.shift(10 * minute)
    await remind(requestId)
    const [notice = ''] = await noticesOf(incidentId, requestId)
    expect(notice).toContain('nobody is known here who may')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { setDelegation } from '../../src/app/delegation/set-delegation.ts'
import { trustFacts } from '../../src/app/policy/trust-facts.ts'
import { readApprovalSignals } from '../../src/app/read/approval-signals.ts'
import { readTimeline } from '../../src/app/read/timeline.ts'
import type { Caller } from '../../src/domain/person.ts'
import { couldApprove } from '../../src/domain/policy/could-approve.ts'
import type { DataRule } from '../../src/domain/policy/data-rule.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** The two seconds are a thousand times as long here, so that how fast this machine is decides nothing. */
const second = 1_000_000
const day = 24 * 3_600_000

describe('G14 rubber stamps', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld({ settle: { rushedUnderMs: 2 * second } })
  })
  afterAll(() => world.close())

  const asked = async (requester: Caller) => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    const requested = await requestRun(world.app, requester, await world.proposalOf(incidentId, 'two-steps'))
    if (isRejection(requested) || requested.requestId === null) throw new Error(JSON.stringify(requested))
    return { incidentId, requestId: requested.requestId }
  }
  const approve = async (approver: Caller, requestId: string, decision: 'approve' | 'reject' = 'approve') => {
    const decided = await decideApproval(world.app, approver, { requestId, decision, reason: 'no' })
    if (isRejection(decided)) throw new Error(decided.detail)
  }
  const approvedAfter = async (requester: Caller, approver: Caller, milliseconds: number) => {
    const request = await asked(requester)
    world.shift(milliseconds)
    await approve(approver, request.requestId)
    return request
  }
  const signals = () => readApprovalSignals(world.app, testTenant)
  const counted = (asker: Caller | null, by = couldApprove([], {})) =>
    world.read(async (tx) => {
      const nothing = { service: 'none', playbook: 'none', diagnosisCode: 'none' } as never
      return (await trustFacts(tx, nothing, asker?.person.id ?? null, by)).rubberStamps
    })

  it('G14 1.9 s after the request is rushed, told in the timeline and counted into the risk; 2.1 s is not; 30 days later it is forgotten', async () => {
    const ada = await world.caller('Ada', ['responder'])
    const chloe = await world.caller('Chloe', ['approver'])
    const dan = await world.caller('Dan', ['approver'])
    expect(await signals()).toMatchObject({ rushed: [], pairs: [] })
    expect(await counted(ada)).toBe(0)
    const rushed = await approvedAfter(ada, chloe, 1.9 * second)
    const calm = await approvedAfter(ada, dan, 2.1 * second)
    expect(await world.eventsOf(rushed.requestId)).toContain('approval_rushed')
    expect(await world.eventsOf(calm.requestId)).not.toContain('approval_rushed')
    const told = await readTimeline(world.app, testTenant, rushed.incidentId, { limit: 200 })
    if (told === null || isRejection(told)) throw new Error('there is no timeline')
    expect(told.items.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(
        /^Chloe \(approver\) approved req-\d+ 19\d\d\.\d s after it was asked for: hardly time to read it\.$/,
      ),
    )
    expect((await signals()).rushed).toMatchObject([
      {
        person: { id: 'person_chloe' },
        requester: { id: 'person_ada' },
        requestId: rushed.requestId,
        via: 'console',
      },
    ])
    expect(await counted(ada)).toBe(1)
    // Whoever asks: what counts is who could approve it.
    expect(await counted(null)).toBe(1)
    world.shift(30 * day - 3 * second)
    expect(await counted(ada)).toBe(1)
    world.shift(3 * second)
    expect(await counted(ada)).toBe(0)
    expect((await signals()).rushed).toEqual([])
  })

  it('G14 a rejection may be as quick as it likes', async () => {
    const ada = await world.caller('Ada', ['responder'])
    const { requestId } = await asked(ada)
    await approve(await world.caller('Dan', ['approver']), requestId, 'reject')
    expect(await world.eventsOf(requestId)).not.toContain('approval_rushed')
    expect(await counted(ada)).toBe(0)
  })

  it('G14 two who approve each other are a pair from the fifth approval on, for 30 days, and for nobody else', async () => {
    const bea = await world.caller('Bea', ['responder', 'approver'])
    const cleo = await world.caller('Cleo', ['responder', 'approver'])
    const ada = await world.caller('Ada', ['responder'])
    for (const [requester, approver] of [
      [bea, cleo],
      [cleo, bea],
      [bea, cleo],
      [cleo, bea],
    ] as const)
      await approvedAfter(requester, approver, 3 * second)
    expect([(await signals()).pairs, await counted(bea)]).toEqual([[], 0])
    await approvedAfter(bea, cleo, 3 * second)
    expect((await signals()).pairs).toEqual([
      { people: [bea, cleo].map(({ person: { id, name } }) => ({ id, name })), approvals: 5 },
    ])
    expect([await counted(bea), await counted(cleo), await counted(ada)]).toEqual([5, 5, 0])

    // As soon as others approve as much, they are no pair any more.
    const dan = await world.caller('Dan', ['approver'])
    for (let more = 0; more < 3; more += 1) await approvedAfter(bea, dan, 3 * second)
    expect([(await signals()).pairs, await counted(cleo)]).toEqual([[], 0])
  })

  it('G14 a pair is forgotten after 30 days', async () => {
    const eve = await world.caller('Eve', ['responder', 'approver'])
    const fay = await world.caller('Fay', ['responder', 'approver'])
    for (let more = 0; more < 3; more += 1) {
      await approvedAfter(eve, fay, 3 * second)
      await approvedAfter(fay, eve, 3 * second)
    }
    expect(await counted(eve)).toBe(6)
    world.shift(31 * day)
    expect([(await signals()).pairs, await counted(eve)]).toEqual([[], 0])
  })

  it('G14 whoever was disabled counts no longer among the rushed', async () => {
    const ada = await world.caller('Ada', ['responder'])
    await approvedAfter(ada, await world.caller('Gus', ['approver']), 0)
    expect(await counted(null)).toBe(1)
    await world.read((tx) =>
      tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', 'person_gus').execute(),
    )
    expect(await counted(null)).toBe(0)
    // What happened stays on the page.
    expect((await signals()).rushed).toMatchObject([{ person: { name: 'Gus' } }])
  })

  it('G14 only those count who could approve this, by role, by group, or for somebody who is away', async () => {
    const ada = await world.caller('Ada', ['responder'])
    const hal = await world.caller('Hal', ['approver'])
    await approvedAfter(ada, hal, 0)
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the file; nobody awaits a rule
    const rule = (then: DataRule['then']) => couldApprove([{ then }], { dba: ['person_hal', 'person_ian'] })
    expect(await counted(null)).toBe(1)
    expect(await counted(null, rule({ roles: ['approver'] }))).toBe(1)
    expect(await counted(null, rule({ roles: ['responder'] }))).toBe(0)
    expect(await counted(null, rule({ roles: ['responder'], groups: ['dba'] }))).toBe(1)
    expect(await counted(null, rule({ roles: ['responder'], groups: ['elsewhere'] }))).toBe(0)
    // The role is gone: nothing that Hal does so fast is approved any more.
    await world.caller('Hal', ['viewer'])
    expect(await counted(null)).toBe(0)
    for (const role of ['override', 'admin'] as const) {
      await world.caller('Hal', [role])
      expect(await counted(null, rule({ roles: ['responder'] }))).toBe(1)
    }
    await world.caller('Hal', ['viewer'])
    // Ian votes for Hal, who has the role again: it is Hal's that counts.
    await world.caller('Hal', ['approver'])
    const ian = await world.caller('Ian', ['viewer'])
    const away = await setDelegation(world.app, hal, { to: ian.person.id, until: '2h' })
    expect(isRejection(away)).toBe(false)
    await approvedAfter(ada, ian, 0)
    expect(await counted(null)).toBe(2)
    await world.caller('Hal', ['viewer'])
    expect(await counted(null)).toBe(0)
  })
})

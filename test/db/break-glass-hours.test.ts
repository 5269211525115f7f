import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { endBreakGlass } from '../../src/app/break-glass/end.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import { setFreeze } from '../../src/app/freeze/set-freeze.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const minute = 60_000
/** A Wednesday far ahead, after hours: what day it is while the tests run says nothing. */
const evening = Temporal.Instant.from('2031-06-04T19:00:00Z')

describe('a broken glass outside the hours', () => {
  let world: CoreWorld
  let dan: Caller
  let ada: Caller
  let chloe: Caller
  let ines: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({}, undefined, undefined, 'windows:\n  - { id: working-hours }\n')
    dan = await world.caller('Dan', ['admin'])
    ada = await world.caller('Ada', ['responder', 'approver'])
    chloe = await world.caller('Chloe', ['approver'])
    ines = await world.caller('Ines', ['override'])
    const now = await world.read(async (tx) => tx.now)
    world.shift(evening.epochMilliseconds - now.epochMilliseconds)
  })
  afterAll(() => world.close())

  const broken = async (service: string) => {
    const opened = await openBreakGlass(world.app, dan, { service, reason: 'it burns', forMs: 30 * minute })
    if (isRejection(opened)) throw new Error(opened.detail)
    return opened
  }
  /** Frozen, outside its window, behind a broken glass, and approved by somebody with the role override. */
  const approved = async () => {
    const { name, service } = world.take()
    const proposalId = await world.proposalOf(await world.proposed(name), 'two-steps')
    await setFreeze(world.app, ines, { what: name, until: '2h', reason: 'the fair' })
    expect(await requestRun(world.app, ada, proposalId)).toMatchObject({ code: 'freeze' })
    const glass = await broken(name)
    const asked = await requestRun(world.app, ada, proposalId)
    if (isRejection(asked) || asked.requestId === null) throw new Error(JSON.stringify(asked))
    const { requestId, runId } = asked
    const approve = (by: Caller) =>
      decideApproval(world.app, by, { requestId, decision: 'approve', reason: '' })
    expect(await approve(ada)).toMatchObject({ code: 'separation_of_duties' })
    expect(await approve(chloe)).toMatchObject({ status: 'pending' })
    expect(await approve(ines)).toMatchObject({ status: 'approved' })
    return { glass, runId, service }
  }

  it('G10 a freeze and a closed window ask somebody with the role override, and the permit names both', async () => {
    const { runId, service } = await approved()
    const permit = await world.read((tx) =>
      tx.db.selectFrom('permit').select('overrides').where('run_id', '=', runId).executeTakeFirstOrThrow(),
    )
    expect(permit.overrides).toEqual(['change_window', 'freeze'])
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toHaveLength(2)
  })

  it('G10 what it let past is refused at the start once it has ended, with zero executor calls', async () => {
    const { glass, runId, service } = await approved()
    await endBreakGlass(world.app, dan, glass.id)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'policy' })
    expect(service.calls).toEqual([])
  })

  it('G10 a window alone stands again too, although the permit that it gave has not expired', async () => {
    const { name, service } = world.take()
    const proposalId = await world.proposalOf(await world.proposed(name), 'two-steps')
    await broken(name)
    const asked = await requestRun(world.app, ada, proposalId)
    if (isRejection(asked) || asked.requestId === null) throw new Error(JSON.stringify(asked))
    world.shift(29 * minute)
    expect(
      await decideApproval(world.app, ines, {
        requestId: asked.requestId,
        decision: 'approve',
        reason: '',
      }),
    ).toMatchObject({ status: 'approved' })
    world.shift(minute)
    await performRun(world.app, testTenant, asked.runId)
    expect(await world.run(asked.runId)).toMatchObject({
      status: 'blocked',
      reason: expect.stringContaining('outside the change window') as string,
    })
    expect(service.calls).toEqual([])
  })

  it('G10 of many who break it at once one does, and the others are told which it is', async () => {
    const { name } = world.take()
    const admins = await Promise.all(
      ['Dan', 'Dora', 'Dirk', 'Dilys', 'Dov'].map((each) => world.caller(each, ['admin'])),
    )
    const answers = await Promise.all(
      admins.map((admin) =>
        openBreakGlass(world.app, admin, { service: name, reason: 'it burns', forMs: 30 * minute }),
      ),
    )
    const opened = answers.flatMap((each) => (isRejection(each) ? [] : [each.id]))
    expect(opened).toHaveLength(1)
    for (const each of answers)
      if (isRejection(each)) expect(each).toMatchObject({ code: 'conflict', facts: { first: opened[0] } })
  })
})

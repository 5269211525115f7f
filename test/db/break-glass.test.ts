import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { type Requested, requestRun } from '../../src/app/approval/request-run.ts'
import { endBreakGlass, expireBreakGlass } from '../../src/app/break-glass/end.ts'
import { openBreakGlass } from '../../src/app/break-glass/open.ts'
import { reviewBreakGlass } from '../../src/app/break-glass/review.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { listBreakGlasses } from '../../src/app/read/break-glass.ts'
import { readModes } from '../../src/app/read/modes.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const minute = 60_000

let world: CoreWorld
let dan: Caller
let ada: Caller
let ines: Caller
let chloe: Caller
beforeAll(async () => {
  world = await coreWorld()
  dan = await world.caller('Dan', ['admin'])
  ada = await world.caller('Ada', ['responder', 'approver'])
  ines = await world.caller('Ines', ['override'])
  chloe = await world.caller('Chloe', ['approver'])
})
afterAll(() => world.close())
let name = ''
beforeEach(() => {
  name = world.take().name
})

const broken = async (service: string | null = name, forMs = 30 * minute) => {
  const opened = await openBreakGlass(world.app, dan, { service, reason: 'the shop is down', forMs })
  if (isRejection(opened)) throw new Error(opened.detail)
  return opened
}
const requested = async (incident: string, playbook: string, by = ada): Promise<string> => {
  const result = await requestRun(world.app, by, await world.proposalOf(incident, playbook))
  if (isRejection(result)) throw new Error(result.detail)
  const { requestId } = result as Requested
  if (requestId === null) throw new Error('nobody was asked')
  return requestId
}
const approve = (by: Caller, requestId: string) =>
  decideApproval(world.app, by, { requestId, decision: 'approve', reason: '' })
const detailsOf = (event: string, subject: string) =>
  world.read(async (tx) => {
    const rows = await tx.db
      .selectFrom('audit_entry')
      .select('bytes')
      .where('subject', '=', subject)
      .where('event', '=', event as 'refused')
      .orderBy('seq')
      .execute()
    return rows.map(
      ({ bytes }) => (JSON.parse(bytes.toString('utf8')) as { details: Record<string, unknown> }).details,
    )
  })

describe('break-glass', () => {
  it('G10 only an admin breaks the glass, with a reason, for 5 minutes to 4 hours, for a service there is', async () => {
    const asked = { service: name, reason: 'why not', forMs: 30 * minute }
    expect(await openBreakGlass(world.app, ada, asked)).toMatchObject({ code: 'forbidden' })
    expect(await openBreakGlass(world.app, dan, { ...asked, reason: ' ' })).toMatchObject({ code: 'invalid' })
    for (const forMs of [0, 5 * minute - 1, 240 * minute + 1, Number.NaN, Number.POSITIVE_INFINITY, 1.5])
      expect(await openBreakGlass(world.app, dan, { ...asked, forMs })).toMatchObject({ code: 'invalid' })
    expect(await openBreakGlass(world.app, dan, { ...asked, service: '__proto__' })).toMatchObject({
      code: 'not_found',
    })
    expect((await detailsOf('refused', name)).length).toBeGreaterThanOrEqual(8)
    expect((await broken()).state).toBe('open')
    expect(await openBreakGlass(world.app, dan, asked)).toMatchObject({ code: 'conflict' })
  })

  it('G10 it is told in the threads of the open incidents that it touches, and in no others', async () => {
    const touched = await world.proposed(name)
    const other = await world.proposed(world.take().name)
    await broken()
    const notices = (incident: string) =>
      world.read(async (tx) =>
        (await tx.db.selectFrom('card').select('body').where('incident_id', '=', incident).execute()).filter(
          ({ body }) => body.title === 'The glass is broken',
        ),
      )
    expect([(await notices(touched)).length, (await notices(other)).length]).toEqual([1, 0])
  })

  it('G10 two approvals fall to one of role override or admin, never to nobody and never to who asked', async () => {
    const incident = await world.proposed(name)
    const { id } = await broken()
    const requestId = await requested(incident, 'grave')
    expect(await approve(ada, requestId)).toMatchObject({ code: 'separation_of_duties' })
    const first = await approve(chloe, requestId)
    expect(isRejection(first) ? first.code : first.status).not.toBe('approved')
    expect(await approve(ines, requestId)).toMatchObject({ status: 'approved' })
    const { run_id: runId } = await world.read((tx) =>
      tx.db
        .selectFrom('approval_request')
        .select('run_id')
        .where('id', '=', requestId)
        .executeTakeFirstOrThrow(),
    )
    expect(await detailsOf('break_glass_used', runId)).toMatchObject([
      { break_glass: id, layers: ['quorum'] },
    ])
    const permit = await world.read((tx) =>
      tx.db.selectFrom('permit').select('overrides').where('run_id', '=', runId).executeTakeFirstOrThrow(),
    )
    expect(permit.overrides).toEqual(['quorum'])
  })

  it('G10 the emergency stop holds whatever is broken', async () => {
    const incident = await world.proposed(name)
    await broken()
    await changeGovernance(world.app, dan, { emergencyStop: true })
    const proposal = await world.proposalOf(incident, 'restart')
    expect(await requestRun(world.app, ada, proposal)).toMatchObject({ code: 'emergency_stop' })
    await changeGovernance(world.app, dan, { emergencyStop: false })
  })

  it('G10 when its time is up it ends by itself, before anybody comes to write it down, and once', async () => {
    const { id } = await broken()
    await expireBreakGlass(world.app, testTenant, id)
    expect(await world.eventsOf(id)).toEqual(['break_glass_opened'])
    world.shift(31 * minute)
    const [seen] = (await listBreakGlasses(world.app, testTenant)).filter((each) => each.id === id)
    expect(seen).toMatchObject({ state: 'unreviewed', endedBy: null })
    await expireBreakGlass(world.app, testTenant, id)
    await expireBreakGlass(world.app, testTenant, id)
    expect(await world.eventsOf(id)).toEqual(['break_glass_opened', 'break_glass_ended'])
    expect(await endBreakGlass(world.app, dan, id)).toMatchObject({ code: 'already_decided' })
  })

  it('G10 after it Suture does no more than propose there until somebody else reviews it with a note', async () => {
    await changeGovernance(world.app, dan, { mode: 'approve' })
    const { id } = await broken()
    const holds = async () => {
      const modes = await readModes(world.app, testTenant, { service: name })
      return isRejection(modes) ? modes.code : modes.holds?.mode
    }
    expect(await holds()).toBe('approve')
    expect(await reviewBreakGlass(world.app, chloe, id, 'all well')).toMatchObject({ code: 'conflict' })
    await endBreakGlass(world.app, ada, id)
    expect(await holds()).toBe('propose')
    const incident = await world.proposed(name)
    const runs = await world.read((tx) =>
      tx.db.selectFrom('run').select('id').where('incident_id', '=', incident).execute(),
    )
    expect(runs).toEqual([])
    expect(await reviewBreakGlass(world.app, dan, id, 'all well')).toMatchObject({
      code: 'separation_of_duties',
    })
    expect(await reviewBreakGlass(world.app, chloe, id, ' ')).toMatchObject({ code: 'invalid' })
    expect(await reviewBreakGlass(world.app, chloe, id, 'looked at run-1')).toMatchObject({
      state: 'reviewed',
    })
    expect(await reviewBreakGlass(world.app, chloe, id, 'again')).toMatchObject({ code: 'already_decided' })
    expect(await holds()).toBe('approve')
    expect((await world.eventsOf(id)).filter((event) => event !== 'refused')).toEqual([
      'break_glass_opened',
      'break_glass_ended',
      'break_glass_reviewed',
    ])
    await changeGovernance(world.app, dan, { mode: 'propose' })
  })

  it('G10 one that is over makes room for the next; another tenant has never heard of it', async () => {
    const first = await broken()
    world.shift(31 * minute)
    expect((await broken()).id).not.toBe(first.id)
    expect(await listBreakGlasses(world.app, 'nobody')).toEqual([])
  })
})

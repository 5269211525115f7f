import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { remindApproval } from '../../src/app/approval/remind-approval.ts'
import { sweepOnce } from '../../src/app/sweep.ts'
import type { Caller } from '../../src/domain/person.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const minute = 60_000

describe('G8 hand-over at the end of a shift', () => {
  let world: CoreWorld
  let chloe: Caller
  let dora: Caller
  beforeAll(async () => {
    world = await coreWorld()
    chloe = await world.caller('Chloe', ['approver'])
    dora = await world.caller('Dora', ['approver'])
    await world.caller('Vic', ['viewer'])
    await world.caller('Wes', ['viewer'])
  })
  afterAll(() => world.close())

  const now = () => world.read((tx) => Promise.resolve(tx.now))

  /** Until a whole minute within the next half an hour `first` is on, then `second`. */
  const shifts = async (first: string, second: string, match = '{}', remindAfter = '24h') => {
    const ends = (await now()).add({ minutes: 30 }).toZonedDateTimeISO('UTC')
    // Turns change daily: the one that ends then began the day before.
    const starts = ends.subtract({ days: 1 }).toPlainDate().toString()
    const at = ends.toPlainTime().toString({ smallestUnit: 'minute' })
    await world.configure(
      {},
      undefined,
      undefined,
      `version: 1
windows: []
approval: { remindAfter: ${remindAfter} }
limits: { proposalsPerHour: 1000, backOff: { first: 0s, most: 0s }, duplicateWithin: 0s }
shifts:
  - { id: first-line, match: ${match}, people: [${first}, ${second}], starts: ${starts}, every: day, at: '${at}' }
`,
    )
    return ends.round({ smallestUnit: 'minute', roundingMode: 'floor' }).toInstant()
  }
  const waiting = async (playbook = 'two-steps') => {
    const { name } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, ...(await world.requested(incidentId, playbook)) }
  }
  const remind = (requestId: string) => remindApproval(world.app, testTenant, requestId)
  const cardsOf = (incidentId: string, like: string) =>
    world.read(async (tx) =>
      (
        await tx.db
          .selectFrom('card')
          .select('body')
          .where('incident_id', '=', incidentId)
          .where('id', 'like', `%/${like}%`)
          .orderBy('position')
          .execute()
      ).map(({ body }) => plainText(body)),
    )
  const requestOf = (requestId: string) =>
    world.read((tx) =>
      tx.db.selectFrom('approval_request').selectAll().where('id', '=', requestId).executeTakeFirstOrThrow(),
    )
  const dueAt = (requestId: string) =>
    world.read(
      async (tx) =>
        (
          await tx.db
            .selectFrom('outbox')
            .select('due_at')
            .where('kind', '=', 'remind_approval')
            .where('key', '=', requestId)
            .executeTakeFirst()
        )?.due_at ?? null,
    )
  const told = async (requestId: string) =>
    (await world.eventsOf(requestId)).filter((event) => event === 'approval_handed_over')
  const detailsOf = (requestId: string) =>
    world.read(async (tx) => {
      const { bytes } = await tx.db
        .selectFrom('audit_entry')
        .select('bytes')
        .where('subject', '=', requestId)
        .where('event', '=', 'approval_handed_over')
        .executeTakeFirstOrThrow()
      return (JSON.parse(bytes.toString('utf8')) as { details: unknown }).details
    })

  it('G8 the card says who is on, whoever comes on is told once, and no vote is lost', async () => {
    const ends = await shifts('person_chloe', 'person_dora')
    const { requestId, incidentId } = await waiting('grave')
    const card = async () =>
      (await cardsOf(incidentId, 'proposal/')).find((each) => each.includes('On shift'))
    expect(await card()).toMatch(new RegExp(`On shift: Chloe \\(approver\\) until ${ends.toString()}`))
    expect(await dueAt(requestId)).toEqual(ends)
    const vote = (caller: Caller) =>
      decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
    expect(await vote(chloe)).toMatchObject({ status: 'pending', approvals: 1 })
    await remind(requestId)
    expect(await told(requestId)).toEqual([])
    world.shift(31 * minute)
    const before = world.rings.length
    await sweepOnce(world.app)
    expect(world.rings.slice(before)).toContainEqual(
      expect.objectContaining({ kind: 'remind_approval', key: requestId }),
    )
    await Promise.all([remind(requestId), remind(requestId), remind(requestId)])
    expect(await told(requestId)).toEqual(['approval_handed_over'])
    expect(await detailsOf(requestId)).toMatchObject({
      shift: 'first-line',
      from: ['person_chloe'],
      to: ['person_dora'],
      may_decide: ['person_dora'],
      votes: 1,
    })
    const [notice = '', ...more] = await cardsOf(incidentId, 'notice/hand-over-')
    expect(more).toEqual([])
    expect(notice).toContain('Handed over with the shift')
    expect(notice).toMatch(/The shift of Chloe \(approver\) has ended. On now: Dora/)
    expect(notice).toContain('1 approval still needed')
    expect(notice).toContain('1 vote that was cast stands')
    expect(notice).toMatch(/May decide: the role approver: Dora \(on shift\)/)
    expect(await card()).toMatch(/On shift: Dora/)
    expect((await requestOf(requestId)).handed_over_at).not.toBeNull()
    expect(await vote(dora)).toMatchObject({ status: 'approved', approvals: 2 })
    expect(await dueAt(requestId)).toBeNull()
  })

  it('G8 a shift gives no right: whoever comes on without the role is named, and cannot approve', async () => {
    await shifts('person_chloe', 'person_vic')
    const { requestId, incidentId } = await waiting()
    world.shift(31 * minute)
    await remind(requestId)
    const [notice = ''] = await cardsOf(incidentId, 'notice/hand-over-')
    expect(notice).toMatch(/On now: Vic, until .*, who may not decide this: a shift gives no right/)
    expect(notice).toMatch(/May decide: the role approver: Chloe \(approver\), Dan \(admin\) and Dora\./)
    expect(await detailsOf(requestId)).toMatchObject({ to: ['person_vic'], may_decide: [] })
    const vic = await world.caller('Vic', ['viewer'])
    const approve = (caller: Caller) =>
      decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
    expect(await approve(vic)).toMatchObject({ code: 'forbidden' })
    // Whoever went off still may: a shift takes no right either.
    expect(await approve(chloe)).toMatchObject({ status: 'approved' })
  })

  it('G8 whoever comes on and has voted already is told so, and others are named', async () => {
    await shifts('person_chloe', 'person_dora')
    const { requestId, incidentId } = await waiting('grave')
    await decideApproval(world.app, dora, { requestId, decision: 'approve', reason: '' })
    world.shift(31 * minute)
    await remind(requestId)
    const [notice = ''] = await cardsOf(incidentId, 'notice/hand-over-')
    expect(notice).toMatch(/On now: Dora, until .*, who has had a say already: somebody else decides\./)
    expect(notice).toContain('May decide: the role approver: Chloe (approver) and Dan (admin).')
    expect(await detailsOf(requestId)).toMatchObject({ may_decide: [], votes: 1 })
  })

  it('G8 nothing is told of a shift that could not decide, of another service, or after the decision', async () => {
    await shifts('person_vic', 'person_dora')
    const unable = await waiting()
    world.shift(31 * minute)
    await remind(unable.requestId)
    await shifts('person_chloe', 'person_dora', '{ services: [elsewhere] }')
    const other = await waiting()
    await shifts('person_chloe', 'person_dora')
    const decided = await waiting()
    await decideApproval(world.app, chloe, { requestId: decided.requestId, decision: 'approve', reason: '' })
    world.shift(31 * minute)
    await shifts('person_chloe', 'person_dora', '{ services: [elsewhere] }')
    for (const { requestId } of [other, decided]) await remind(requestId)
    for (const { requestId, incidentId } of [unable, other, decided]) {
      expect(await told(requestId)).toEqual([])
      expect(await cardsOf(incidentId, 'notice/hand-over-')).toEqual([])
    }
  })

  it('G8 a reminder names whoever is on shift first', async () => {
    await shifts('person_dora', 'person_chloe', '{}', '10m')
    const { requestId, incidentId } = await waiting()
    world.shift(10 * minute)
    await remind(requestId)
    const [notice = ''] = await cardsOf(incidentId, 'notice/reminder-')
    expect(notice).toMatch(/: Dora \(on shift\), Chloe \(approver\) and Dan \(admin\)\./)
    expect(await told(requestId)).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const policy = `windows:
  - { id: working-hours }
`

/** A Wednesday far ahead: what day it is while the tests run says nothing. */
const wednesday = (time: string) => Temporal.Instant.from(`2031-06-04T${time}:00Z`)
const thursdayMorning = '2031-06-05T09:00:00Z'

describe('outside the change window', () => {
  let world: CoreWorld
  let ada: Caller
  let chloe: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({}, undefined, undefined, policy)
    ada = await world.caller('Ada', ['responder', 'approver'])
    chloe = await world.caller('Chloe', ['approver'])
    await changeGovernance(world.app, await world.caller('Root', ['admin']), { mode: 'approve' })
  })
  afterAll(() => world.close())

  const moveTo = async (at: Temporal.Instant) => {
    const now = await world.read(async (tx) => tx.now)
    world.shift(at.epochMilliseconds - now.epochMilliseconds)
  }
  const incidentAt = async (time: string) => {
    await moveTo(wednesday(time))
    const { name, service } = world.take()
    return { service, incidentId: await world.proposed(name) }
  }
  const runsOf = (incidentId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('run')
        .selectAll()
        .where('incident_id', '=', incidentId)
        .orderBy('created_at')
        .execute(),
    )
  const refusalsOf = (incidentId: string) =>
    world.read(async (tx) =>
      (
        await tx.db
          .selectFrom('audit_entry')
          .select('bytes')
          .where('incident_id', '=', incidentId)
          .where('event', '=', 'refused')
          .execute()
      ).map(
        (row) =>
          (JSON.parse(row.bytes.toString()) as { details: { reason_code: string } }).details.reason_code,
      ),
    )
  const learnedOf = (runId: string) =>
    world.read((tx) =>
      tx.db
        .selectFrom('learning_outcome')
        .select(['status', 'recovery'])
        .where('run_id', '=', runId)
        .execute(),
    )
  const cardsOf = (incidentId: string) =>
    world.read(async (tx) =>
      (
        await tx.db
          .selectFrom('card')
          .select(['kind', 'body'])
          .where('incident_id', '=', incidentId)
          .execute()
      ).map(({ kind, body }) => ({
        kind,
        title: body.title,
        status: body.status,
        text: JSON.stringify(body.blocks),
      })),
    )
  const proposalCard = async (incidentId: string) =>
    (await cardsOf(incidentId)).find(({ kind, title }) => kind === 'proposal' && title.startsWith('Two'))

  it('G1 what Suture would ask for is aborted at once: blocked, refused once, learned, and nothing called', async () => {
    const { incidentId, service } = await incidentAt('19:00')
    const [run, ...others] = await runsOf(incidentId)
    expect(others).toEqual([])
    expect(run).toMatchObject({
      status: 'blocked',
      cause: 'policy',
      requester_id: 'person_suture',
      started_at: null,
    })
    expect(run?.reason).toContain('It is Wed 2031-06-04 19:00 UTC, outside the change window')
    expect(run?.reason).toContain('from Thu 2031-06-05 09:00 UTC on')
    expect(await refusalsOf(incidentId)).toEqual(['change_window'])
    expect(await learnedOf(run?.id ?? '')).toEqual([{ status: 'blocked', recovery: 'not_measured' }])
    expect(service.calls).toEqual([])
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
  })

  it('G1 its card stays with why, the earliest time and the button Request', async () => {
    const { incidentId } = await incidentAt('19:00')
    const card = await proposalCard(incidentId)
    expect(card?.status).toBe('Not allowed now')
    expect(card?.text).toContain('outside the change window')
    expect(card?.text).toContain('Thu 2031-06-05 09:00 UTC')
    expect(card?.text).toContain('"label":"Request"')
    const notices = (await cardsOf(incidentId)).filter(({ kind }) => kind === 'notice')
    expect(notices.map(({ text }) => text).join('')).toContain('outside the change window')
  })

  it('G1 what a person requests is aborted at once as well, and they are told when', async () => {
    const { incidentId, service } = await incidentAt('17:00')
    const proposalId = await world.proposalOf(incidentId, 'two-steps')
    await decideAway(incidentId)
    await moveTo(wednesday('18:00'))
    const answer = await requestRun(world.app, ada, proposalId)
    expect(answer).toMatchObject({ code: 'change_window', earliest: thursdayMorning, overridable: true })
    const runs = await runsOf(incidentId)
    expect(runs.at(-1)).toMatchObject({ status: 'blocked', cause: 'policy', requester_id: ada.person.id })
    expect(await refusalsOf(incidentId)).toEqual(['change_window'])
    expect(await learnedOf(runs.at(-1)?.id ?? '')).toMatchObject([{ status: 'blocked' }])
    expect((await proposalCard(incidentId))?.status).toBe('Not allowed now')
    expect(service.calls).toEqual([])
    await moveTo(wednesday('09:00').add({ hours: 24 }))
    expect(isRejection(await requestRun(world.app, ada, proposalId))).toBe(false)
  })

  it('G1 an approval that comes after the window has closed is refused', async () => {
    const { incidentId } = await incidentAt('17:30')
    const requestId = await pendingOf(incidentId)
    await moveTo(wednesday('18:00'))
    expect(
      await decideApproval(world.app, ada, { requestId, decision: 'approve', reason: '' }),
    ).toMatchObject({ code: 'change_window' })
  })

  it('G1 a queued run whose window closes before its start is blocked, with zero executor calls', async () => {
    const { incidentId, service } = await incidentAt('17:00')
    const requestId = await pendingOf(incidentId)
    const decided = await decideApproval(world.app, chloe, { requestId, decision: 'approve', reason: '' })
    expect(isRejection(decided)).toBe(false)
    const [run] = await runsOf(incidentId)
    await moveTo(wednesday('18:00'))
    await performRun(world.app, testTenant, run?.id ?? '')
    expect(await world.run(run?.id ?? '')).toMatchObject({ status: 'blocked', cause: 'policy' })
    expect(await refusalsOf(incidentId)).toEqual(['change_window'])
    expect(await learnedOf(run?.id ?? '')).toMatchObject([{ status: 'blocked' }])
    expect(service.calls).toEqual([])
  })

  it('G1 inside the window nothing stands in the way', async () => {
    const { incidentId } = await incidentAt('10:00')
    expect((await runsOf(incidentId)).map(({ status }) => status)).toEqual(['pending_approval'])
    expect(await refusalsOf(incidentId)).toEqual([])
  })

  const pendingOf = (incidentId: string) =>
    world.read(async (tx) => {
      const { id } = await tx.db
        .selectFrom('approval_request')
        .select('id')
        .where('incident_id', '=', incidentId)
        .where('status', '=', 'pending')
        .executeTakeFirstOrThrow()
      return id
    })
  /** Suture's own request is turned down, so that a person may ask. */
  const decideAway = async (incidentId: string) => {
    const [run] = await runsOf(incidentId)
    const canceled = await cancelRun(world.app, ada, run?.id ?? '')
    if (isRejection(canceled)) throw new Error(canceled.detail)
  }
})

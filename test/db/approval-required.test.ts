import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const rule = (more: string) => `windows: []
groups: { dba: [person_dino] }
rules:
  - id: data
    match: { services: ['plain-*'] }
    then: { ${more} }
    reason: it keeps orders.
`
const dbaMustAgree = rule('groups: [dba]')

describe('G8 required roles and groups', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
    // A group names people that there are.
    await world.caller('Dino', ['viewer'])
    await world.configure({}, undefined, testTenant, dbaMustAgree)
  })
  afterAll(() => world.close())

  const approve = async (name: string, roles: Parameters<CoreWorld['caller']>[1], requestId: string) =>
    decideApproval(world.app, await world.caller(name, roles), { requestId, decision: 'approve', reason: '' })
  const waiting = async () => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, service, ...(await world.requested(incidentId, 'two-steps')) }
  }
  const cardOf = (incidentId: string) =>
    world.read(async (tx) => {
      const rows = await tx.db
        .selectFrom('card')
        .select('body')
        .where('incident_id', '=', incidentId)
        .where('kind', '=', 'proposal')
        .orderBy('updated_at', 'desc')
        .execute()
      return rows.map((row) => plainText(row.body)).join('\n')
    })
  const change = (name: string, values: object) =>
    world.read((tx) => tx.db.updateTable('person').set(values).where('id', '=', `person_${name}`).execute())

  it('G8 the quorum alone does not do: somebody of the group must agree, and the card says so', async () => {
    const { requestId, runId, incidentId, service } = await waiting()
    expect(await cardOf(incidentId)).toContain('1 approval still needed, from somebody of the group dba')
    expect(await approve('Chloe', ['approver'], requestId)).toMatchObject({ status: 'pending', approvals: 1 })
    expect(await world.run(runId)).toMatchObject({ status: 'pending_approval' })
    expect(await cardOf(incidentId)).toMatch(
      /approved by @?Chloe[^.]*\. 1 approval still needed, from somebody of the group dba/,
    )
    expect(await approve('Finn', ['responder'], requestId)).toMatchObject({
      code: 'forbidden',
      remedy: 'Ask someone with the role approver, or a place in the group dba.',
    })
    // In the group, and without any role that may approve.
    expect(await approve('Dino', ['viewer'], requestId)).toMatchObject({ status: 'approved', approvals: 2 })
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toHaveLength(2)
  })

  it('G8 G13 at the start it is counted again: whoever was needed and is gone is named', async () => {
    const { requestId, runId, service } = await waiting()
    await approve('Chloe', ['approver'], requestId)
    expect(await approve('Dino', ['viewer'], requestId)).toMatchObject({ status: 'approved' })
    await change('dino', { disabled_at: Temporal.Now.instant() })
    await performRun(world.app, testTenant, runId)
    await change('dino', { disabled_at: null })
    const run = await world.run(runId)
    expect(run).toMatchObject({ status: 'blocked' })
    expect(run.reason).toContain('Dino is disabled.')
    expect(run.reason).toContain('still needed: somebody of the group dba')
    expect(service.calls).toEqual([])
  })

  it('G8 what policy asks for besides since the request counts when somebody votes, and at the start', async () => {
    await world.configure({}, undefined, testTenant, null)
    const first = await waiting()
    const second = await waiting()
    expect(await approve('Chloe', ['approver'], first.requestId)).toMatchObject({ status: 'approved' })
    await world.configure({}, undefined, testTenant, dbaMustAgree)
    expect(await approve('Chloe', ['approver'], second.requestId)).toMatchObject({
      status: 'pending',
      needed: { approvals: 1, groups: ['dba'] },
    })
    expect(await cardOf(second.incidentId)).toContain('from somebody of the group dba')
    await performRun(world.app, testTenant, first.runId)
    expect(await world.run(first.runId)).toMatchObject({ status: 'blocked', cause: 'policy' })
    expect(first.service.calls).toEqual([])
  })

  it('G8 what was required when it was requested stands, though the policy has become milder', async () => {
    const { requestId, runId } = await waiting()
    await world.configure({}, undefined, testTenant, null)
    expect(await approve('Chloe', ['approver'], requestId)).toMatchObject({ status: 'pending' })
    expect(await world.run(runId)).toMatchObject({ status: 'pending_approval' })
    await world.configure({}, undefined, testTenant, dbaMustAgree)
  })
})

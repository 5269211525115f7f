import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { click } from '../../src/app/click.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** A Wednesday far ahead, after hours: what day it is while the tests run says nothing. */
const evening = Temporal.Instant.from('2031-06-04T19:00:00Z')
const windows = 'windows:\n  - { id: working-hours }\n'

describe('G1 G8 an override lets one run pass', () => {
  let world: CoreWorld
  let ada: Caller
  let chloe: Caller
  let olga: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({}, undefined, undefined, windows)
    ada = await world.caller('Ada', ['responder', 'approver', 'override'])
    chloe = await world.caller('Chloe', ['approver'])
    olga = await world.caller('Olga', ['override'])
    await changeGovernance(world.app, await world.caller('Root', ['admin']), { mode: 'propose' })
    const now = await world.read(async (tx) => tx.now)
    world.shift(evening.epochMilliseconds - now.epochMilliseconds)
  })
  afterAll(() => world.close())

  const offered = async () => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, service, proposalId: await world.proposalOf(incidentId, 'two-steps') }
  }
  const overridden = async (reason = 'checkout loses orders') => {
    const given = await offered()
    const asked = await requestRun(world.app, ada, given.proposalId, { override: { reason } })
    if (isRejection(asked) || asked.requestId === null) throw new Error(JSON.stringify(asked))
    return { ...given, runId: asked.runId, requestId: asked.requestId }
  }
  const decide = (caller: Caller, requestId: string) =>
    decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
  const cardOf = async (proposalId: string) => {
    const rows = await world.read((tx) =>
      tx.db.selectFrom('card').select('body').where('kind', '=', 'proposal').execute(),
    )
    const card = rows.map(({ body }) => body).find((body) => plainText(body).includes(`${proposalId} · `))
    if (card === undefined) throw new Error(`${proposalId} has no card`)
    const actions = card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
    return { text: plainText(card), actions, status: card.status }
  }
  const permitOf = (runId: string) =>
    world.read((tx) => tx.db.selectFrom('permit').selectAll().where('run_id', '=', runId).executeTakeFirst())

  it('G8 the card offers it where policy refuses and people may let it pass, and asks for the reason', async () => {
    const { proposalId } = await offered()
    const { actions } = await cardOf(proposalId)
    expect(actions.map(({ label }) => label)).toEqual(['Ask for an override', 'Request'])
    const [ask] = actions
    expect(ask?.prompt).toMatchObject({ required: true, label: 'Why can it not wait?' })
    expect(await click(world.app, ada, ask?.token ?? '', '  ')).toMatchObject({
      done: false,
      code: 'invalid',
    })
    expect(await click(world.app, ada, ask?.token ?? '', 'checkout loses orders')).toMatchObject({
      done: true,
      title: 'Override requested',
    })
    const asked = await cardOf(proposalId)
    expect(asked.status).toBe('Override: waiting for approval')
    expect(asked.text).toContain('Override of the change window: “checkout loses orders”')
    expect(asked.text).toContain('1 approval still needed, from somebody with the role override')
    expect(asked.actions.map(({ label }) => label)).toEqual(['Approve the override', 'Reject'])
    // The click that comes twice finds the run that it made.
    expect(await click(world.app, ada, ask?.token ?? '', 'again')).toMatchObject({
      code: 'duplicate_request',
    })
  })

  it('G1 G8 an approver is not enough; somebody else with the role override is, and it runs outside the window', async () => {
    const { requestId, runId, service, proposalId } = await overridden()
    // Has the role override, and asked.
    expect(await decide(ada, requestId)).toMatchObject({ code: 'separation_of_duties' })
    expect(await decide(chloe, requestId)).toMatchObject({ status: 'pending' })
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toEqual([])
    expect(await decide(olga, requestId)).toMatchObject({ status: 'approved' })
    expect(await permitOf(runId)).toMatchObject({ overrides: ['change_window'], status: 'issued' })
    expect((await cardOf(proposalId)).text).toContain('Override of the change window')
    await performRun(world.app, testTenant, runId)
    expect(service.calls).toHaveLength(2)
    expect(await permitOf(runId)).toMatchObject({ status: 'used' })
    expect(await world.eventsOf(requestId)).toEqual([
      'approval_requested',
      'override_requested',
      'refused',
      'approval_vote',
      'approval_vote',
      'approval_granted',
      'override_granted',
    ])
    // Another run for it is refused as before: the override was for that one.
    expect(await requestRun(world.app, ada, proposalId)).toMatchObject({ rejected: true })
  })

  it('G1 it holds for its own run alone: the next one of the same proposal is refused again', async () => {
    const { requestId, runId, proposalId, service } = await overridden()
    await decide(olga, requestId)
    await cancelRun(world.app, ada, runId)
    expect(await requestRun(world.app, ada, proposalId)).toMatchObject({ code: 'change_window' })
    expect(service.calls).toEqual([])
  })

  it('G1 it expires with its permit, with zero executor calls', async () => {
    const { requestId, runId, service } = await overridden()
    await decide(olga, requestId)
    const permit = await permitOf(runId)
    const now = await world.read(async (tx) => tx.now)
    const toExpiry = (permit?.expires_at.epochMilliseconds ?? 0) - now.epochMilliseconds
    world.shift(toExpiry)
    await performRun(world.app, testTenant, runId)
    expect(await world.run(runId)).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect(service.calls).toEqual([])
    world.shift(evening.epochMilliseconds - permit!.expires_at.epochMilliseconds)
  })

  it('G8 an approval whose giver has lost the role override is told at the start', async () => {
    const { requestId, runId, service } = await overridden()
    await decide(olga, requestId)
    const roles = (given: string) =>
      world.read((tx) =>
        tx.db
          .updateTable('person')
          .set({ roles: given === '' ? [] : ['override'] })
          .where('id', '=', 'person_olga')
          .execute(),
      )
    await roles('')
    await performRun(world.app, testTenant, runId)
    await roles('override')
    expect((await world.run(runId)).reason).toContain('Olga no longer has the role')
    expect(service.calls).toEqual([])
  })

  it('G8 nothing to override is said, and asks nobody', async () => {
    await world.configure({}, undefined, undefined, null)
    const { proposalId } = await offered()
    expect((await cardOf(proposalId)).actions.map(({ label }) => label)).toEqual(['Request'])
    expect(await requestRun(world.app, ada, proposalId, { override: { reason: 'now' } })).toMatchObject({
      code: 'invalid',
      detail: 'Policy refuses nothing here, so there is nothing to override.',
    })
    await world.configure({}, undefined, undefined, windows)
  })

  it('G8 what no override lifts is refused by its own rule, and the card does not offer it', async () => {
    const { proposalId } = await offered()
    await changeGovernance(world.app, await world.caller('Root', ['admin']), { emergencyStop: true })
    expect(await requestRun(world.app, ada, proposalId, { override: { reason: 'now' } })).toMatchObject({
      code: 'emergency_stop',
    })
    await changeGovernance(world.app, await world.caller('Root', ['admin']), { emergencyStop: false })
  })

  it('G8 whoever may only look asks for no override', async () => {
    const { proposalId } = await offered()
    const vera = await world.caller('Vera', ['viewer'])
    expect(await requestRun(world.app, vera, proposalId, { override: { reason: 'now' } })).toMatchObject({
      code: 'forbidden',
    })
  })
})

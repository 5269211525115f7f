import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeMode } from '../../src/app/autonomy/change-mode.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { editProposal } from '../../src/app/proposal/edit-proposal.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { testTenant } from '../support/app.ts'
import { sized } from '../support/sized-playbook.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('G4 G8 parameters are edited before approving', () => {
  let world: CoreWorld
  let ada: Caller
  let bea: Caller
  let chloe: Caller
  beforeAll(async () => {
    world = await coreWorld()
    await world.configure({ sized })
    ada = await world.caller('Ada', ['responder', 'approver'])
    bea = await world.caller('Beatrix', ['approver'])
    chloe = await world.caller('Chloe', ['approver'])
  })
  afterAll(() => world.close())

  const offered = async () => {
    const { name, service } = world.take()
    const incidentId = await world.proposed(name)
    return { incidentId, service, proposalId: await world.proposalOf(incidentId, 'sized') }
  }
  const edit = async (caller: Caller, proposalId: string, parameters: unknown) => {
    const edited = await editProposal(world.app, caller, proposalId, parameters)
    if (isRejection(edited)) throw new Error(JSON.stringify(edited))
    return { ...edited, requestId: edited.requestId ?? '' }
  }
  const approve = (caller: Caller, requestId: string) =>
    decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
  const row = (id: string) =>
    world.read((tx) =>
      tx.db.selectFrom('proposal').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    )
  const proposalsOf = (incidentId: string) =>
    world.read((tx) =>
      tx.db.selectFrom('proposal').selectAll().where('incident_id', '=', incidentId).execute(),
    )
  const cardOf = async (proposalId: string) => {
    const cards = await world.read((tx) =>
      tx.db.selectFrom('card').select('body').where('kind', '=', 'proposal').execute(),
    )
    return cards.map(({ body }) => plainText(body)).find((text) => text.includes(`${proposalId} · `)) ?? ''
  }

  it('G8 an edit makes a new proposal with its plan and calls anew, and exactly that runs', async () => {
    const { proposalId, service } = await offered()
    const before = await row(proposalId)
    const edited = await edit(ada, proposalId, { by: 2 })
    expect(await row(proposalId)).toMatchObject({ digest: before.digest, body: before.body })
    expect((await row(proposalId)).withdrawn_at).not.toBeNull()
    const fresh = await row(edited.proposalId)
    expect(fresh.body.parameters).toEqual({ by: 2 })
    expect(JSON.stringify(fresh.body.plan)).toContain('2')
    expect(fresh.digest).not.toBe(before.digest)
    expect(await cardOf(proposalId)).toContain('Withdrawn')
    expect(await cardOf(edited.proposalId)).toMatch(/Edited by @?Ada[^:]*: Instances 2 instead of 1/)
    expect(await approve(ada, edited.requestId)).toMatchObject({ code: 'separation_of_duties' })
    expect(await approve(chloe, edited.requestId)).toMatchObject({ status: 'approved' })
    await performRun(world.app, testTenant, edited.runId)
    expect(service.calls).toHaveLength(1)
    expect(await world.run(edited.runId)).toMatchObject({ proposal_id: edited.proposalId })
    expect(await world.eventsOf(edited.proposalId)).toEqual(['proposal_made', 'proposal_edited'])
  })

  it('G8 an edit of what waits voids the votes, and makes the editor the requester', async () => {
    const { incidentId, proposalId } = await offered()
    const first = await world.requested(incidentId, 'sized')
    const edited = await edit(bea, proposalId, { by: -2 })
    expect(await world.run(first.runId)).toMatchObject({ status: 'canceled', cause: 'superseded' })
    expect(await approve(chloe, first.requestId)).toMatchObject({ code: 'already_decided' })
    expect(await approve(bea, edited.requestId)).toMatchObject({ code: 'separation_of_duties' })
    // Who requested the old one may approve the new one: these are not her values.
    expect(await approve(ada, edited.requestId)).toMatchObject({ status: 'approved' })
    expect(await world.run(edited.runId)).toMatchObject({ status: 'queued', requester_id: 'person_beatrix' })
  })

  it.each([
    ['4 beyond the action', { by: 4 }, 'by: expected an integer from -3 to 3 but not 0, found number 4'],
    ['0', { by: 0 }, 'but not 0, found number 0'],
    ['true as 1', { by: true }, 'by: expected an integer from -3 to 3 but not 0, found boolean true'],
    ['"1"', { by: '1' }, 'found text "1"'],
    ['1.5', { by: 1.5 }, 'found number 1.5'],
    ['NaN', { by: Number.NaN }, 'found number NaN'],
    ['1e400', { by: Number('1e400') }, 'found number Infinity'],
    ['a lone surrogate', { by: '\ud800' }, 'found text "\\ud800"'],
    ['null', { by: null }, 'found null'],
    ['a list', [2], 'expected an object of parameters, found a list'],
    ['an unknown key', { by: 2, speed: 9 }, 'speed: unexpected parameter; expected by'],
    ['__proto__', JSON.parse('{"__proto__": {"by": 2}}') as object, '__proto__: unexpected parameter'],
    [
      'two at once',
      { by: 9, constructor: 1 },
      'constructor: unexpected parameter; expected by; by: expected',
    ],
  ])('G4 G13 %s is refused by name, and nothing changes', async (_, parameters, told) => {
    const { incidentId, proposalId } = await offered()
    const first = await world.requested(incidentId, 'sized')
    const refusal = await editProposal(world.app, bea, proposalId, parameters)
    expect(refusal).toMatchObject({ code: 'parameter_bounds' })
    expect(isRejection(refusal) ? refusal.detail : '').toContain(told)
    expect((await proposalsOf(incidentId)).filter((each) => each.playbook === 'sized')).toHaveLength(1)
    expect((await row(proposalId)).withdrawn_at).toBeNull()
    expect(await world.run(first.runId)).toMatchObject({ status: 'pending_approval' })
    expect(await world.eventsOf(proposalId)).toEqual(['proposal_made', 'refused'])
  })

  it('G8 the same values are no edit, whoever may only look edits nothing, and what is approved is not edited', async () => {
    const { incidentId, proposalId } = await offered()
    expect(await editProposal(world.app, ada, proposalId, { by: 1 })).toMatchObject({ code: 'invalid' })
    const vera = await world.caller('Vera', ['viewer'])
    expect(await editProposal(world.app, vera, proposalId, { by: 2 })).toMatchObject({ code: 'forbidden' })
    const { requestId } = await world.requested(incidentId, 'sized')
    await approve(chloe, requestId)
    expect(await editProposal(world.app, ada, proposalId, { by: 2 })).toMatchObject({
      code: 'already_decided',
    })
    expect(await editProposal(world.app, ada, 'prop-0', { by: 2 })).toMatchObject({ code: 'not_found' })
  })

  it('G8 G9 in mode auto what was proposed is queued as it is, and what somebody edited waits for another person', async () => {
    const dan = await world.caller('Dan', ['admin'])
    const surelyOffered = async () => {
      const { name, service } = world.take()
      service.healthy = false
      // Alert and probe say the same, so that the diagnosis is likely enough for mode auto.
      const incidentId = await world.fire(name, {
        title: 'HighErrorRate',
        summary: 'Error rate of 5xx answers at 40 %',
      })
      await healIncident(world.app, testTenant, incidentId)
      await changeMode(world.app, dan, { kind: 'service', name }, 'auto')
      return world.proposalOf(incidentId, 'sized')
    }
    expect(await requestRun(world.app, ada, await surelyOffered())).toMatchObject({ requestId: null })
    const edited = await edit(ada, await surelyOffered(), { by: 3 })
    expect(await world.run(edited.runId)).toMatchObject({ status: 'pending_approval' })
    expect((await row(edited.proposalId)).verdict.reasons[0]?.detail).toContain('somebody edited its values')
    expect(await approve(ada, edited.requestId)).toMatchObject({ code: 'separation_of_duties' })
    expect(await approve(chloe, edited.requestId)).toMatchObject({ status: 'approved' })
    await performRun(world.app, testTenant, edited.runId)
    expect((await world.run(edited.runId)).started_at).not.toBeNull()
  })

  it('G8 edit against approve: the run has the values that were voted for, or waits for votes', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { incidentId, proposalId, service } = await offered()
      const first = await world.requested(incidentId, 'sized')
      const [edited, approved] = await Promise.all([
        editProposal(world.app, bea, proposalId, { by: 3 }),
        approve(chloe, first.requestId),
      ])
      await performRun(world.app, testTenant, first.runId)
      if (isRejection(edited)) {
        expect(edited.code).toBe('already_decided')
        expect(service.calls).toHaveLength(1)
        expect(await row(proposalId)).toMatchObject({ body: { parameters: { by: 1 } }, withdrawn_at: null })
        expect(isRejection(approved)).toBe(false)
      } else {
        expect(approved).toMatchObject({ code: 'already_decided' })
        expect(await world.run(edited.runId)).toMatchObject({ status: 'pending_approval' })
        expect(service.calls).toEqual([])
      }
    }
  })

  it('G8 ten edits at once leave one proposal and one request', async () => {
    const { incidentId, proposalId } = await offered()
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        editProposal(world.app, at % 2 === 0 ? ada : bea, proposalId, { by: 2 }),
      ),
    )
    expect(outcomes.filter((each) => !isRejection(each))).toHaveLength(1)
    const open = (await proposalsOf(incidentId)).filter(
      (each) => each.playbook === 'sized' && each.withdrawn_at === null,
    )
    expect(open).toHaveLength(1)
  })
})

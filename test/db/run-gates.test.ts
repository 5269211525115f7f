import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expireApproval } from '../../src/app/approval/expire-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { waitingFor } from '../../src/app/chat/waiting.ts'
import { editProposal } from '../../src/app/proposal/edit-proposal.ts'
import { readApproval } from '../../src/app/read/approvals.ts'
import { readRunView } from '../../src/app/read/runs.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { afterTheLeaseMs, Died, dyingAt } from './core-world.ts'
import { type GateWorld, gateWorld, staged } from './gate-world.ts'

const workingHours = 'windows:\n  - { id: working-hours }\n'
const wednesday = (time: string) => Temporal.Instant.from(`2031-06-04T${time}:00Z`)

describe('a playbook with gates', () => {
  let world: GateWorld
  beforeAll(async () => {
    world = await gateWorld()
  })
  afterAll(() => world.close())

  it('G8 two gates make three runs, each approved anew, and success is learned once, at the end', async () => {
    const { service, incidentId, first, second, third } = await world.atSecondGate()
    expect(service.calls).toEqual([
      `set_feature_flag ${first}.flag`,
      `scale_instances ${second}.scale`,
      `set_feature_flag ${second}.search`,
    ])
    expect(await world.learnedIn(incidentId)).toEqual([])
    expect(await world.requestOf(third)).toMatchObject({ quorum: 2, required_roles: ['override'] })
    expect(await world.say(world.chloe, third)).toMatchObject({ status: 'pending', approvals: 1 })
    await world.perform(third)
    expect(service.calls).toHaveLength(3)
    expect(await world.say(world.dora, third)).toMatchObject({
      status: 'pending',
      needed: { roles: ['override'] },
    })
    expect(await world.say(world.olga, third)).toMatchObject({ status: 'approved' })
    await world.perform(third)
    expect(service.calls.at(-1)).toBe(`restart_service ${third}.restart`)
    expect(await world.runsOf(incidentId)).toMatchObject([
      { id: first, stage: 0, follows: null, status: 'succeeded', cause: null },
      { id: second, stage: 1, follows: first, status: 'succeeded', requester_id: world.ada.person.id },
      { id: third, stage: 2, follows: second, status: 'succeeded', reason: '' },
    ])
    expect(await world.learnedIn(incidentId)).toEqual([
      { run_id: third, status: 'succeeded', recovery: 'recovered' },
    ])
    const permits = await world.read((tx) =>
      tx.db
        .selectFrom('permit')
        .select(['run_id', 'stage', 'status', 'proposal_digest'])
        .where('run_id', 'in', [first, second, third])
        .orderBy('stage')
        .execute(),
    )
    expect(permits).toMatchObject([
      { run_id: first, stage: 0, status: 'used' },
      { run_id: second, stage: 1, status: 'used' },
      { run_id: third, stage: 2, status: 'used' },
    ])
    expect(new Set(permits.map((permit) => permit.proposal_digest)).size).toBe(1)
    expect(await readRunView(world.app, testTenant, second)).toMatchObject({
      stage: 2,
      stages: 3,
      follows: first,
    })
  })

  it('G8 the card of a gate says what was done, what comes next and what becomes of it otherwise', async () => {
    const { incidentId, first, second } = await world.atFirstGate()
    const gate = await world.cardOf(incidentId, `gate/${second}`)
    expect(gate).toMatchObject({ status: 'Waiting for approval', buttons: ['Approve', 'Reject'] })
    for (const said of [
      'Did the flag do well?',
      'Stage 2 of 3',
      `${first} is done and stands at its gate`,
      'scale_instances',
      'nothing of stage 1 is undone',
    ])
      expect(gate.text).toContain(said)
    expect(gate.text).not.toContain('restart_service')
    const { id } = await world.requestOf(second)
    expect(await readApproval(world.app, testTenant, id)).toMatchObject({ gate: 'Did the flag do well?' })
    expect(await waitingFor(world.app, world.chloe)).toContainEqual(
      expect.objectContaining({ requestId: id, title: 'Did the flag do well? Staged change' }),
    )
    expect(await world.cardOf(incidentId, `run/${first}`)).toMatchObject({ status: 'Done up to the gate' })
    expect((await world.cardOf(incidentId, `run/${first}`)).text).toContain('Stage 1 of 3')
    expect((await world.cardOf(incidentId, `run/${first}`)).text).not.toContain('seen healthy')
    const proposal = (await world.run(first)).proposal_id
    const plan = await world.cardOf(incidentId, `proposal/${proposal}`)
    expect(plan.text).toContain('asks again here: Did the flag do well?')
    expect(plan.buttons).toEqual([])
  })

  it('G8 whoever requested the first stage cannot approve at a gate, and nobody counts for two gates', async () => {
    const { second } = await world.atFirstGate()
    expect(await world.say(world.ada, second)).toMatchObject({ code: 'separation_of_duties' })
    expect(await world.say(world.chloe, second)).toMatchObject({ status: 'approved', approvals: 1 })
    expect(await world.say(world.chloe, second)).toMatchObject({ code: 'already_decided' })
    await world.perform(second)
    const third = await world.after(second)
    // What Chloe approved before stands for nothing here.
    expect(await world.requestOf(third)).toMatchObject({ status: 'pending' })
    expect(await world.say(world.olga, third)).toMatchObject({ status: 'pending', approvals: 1 })
  })

  it('G8 R5 rejected at a gate, the stages before it stand, and a person is told what and how to undo it', async () => {
    const { service, incidentId, second } = await world.atFirstGate()
    expect(await world.say(world.chloe, second, 'reject', 'errors went up')).toMatchObject({
      status: 'rejected',
    })
    await world.perform(second)
    expect(service.calls).toHaveLength(1)
    expect(await world.run(second)).toMatchObject({ status: 'canceled', cause: 'rejected' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    const told = await world.noticesOf(incidentId)
    expect(told).toContain('rejected by Chloe: errors went up')
    expect(told).toMatch(/Stage 1 stands: “Turn the flag pricing off”. Nothing of it is undone./)
    expect(told).toContain('To undo it by hand, in this order: “Turn the flag pricing on”.')
    expect(await world.cardOf(incidentId, `gate/${second}`)).toMatchObject({
      status: 'Rejected',
      buttons: [],
    })
    expect(await world.learnedIn(incidentId)).toMatchObject([{ run_id: second, status: 'canceled' }])
  })

  it('G8 what nobody decides at a gate expires, and what is canceled there ends, both with the earlier stages standing', async () => {
    const one = await world.atFirstGate()
    world.shift(world.app.limits.approvalTtlMs)
    await expireApproval(world.app, testTenant, (await world.requestOf(one.second)).id)
    expect(await world.run(one.second)).toMatchObject({ status: 'canceled', cause: 'expired' })
    expect(await world.cardOf(one.incidentId, `gate/${one.second}`)).toMatchObject({
      status: 'Expired',
      buttons: [],
    })
    const other = await world.atFirstGate()
    expect(await cancelRun(world.app, world.ada, other.second)).toMatchObject({ status: 'canceled' })
    for (const { incidentId, service } of [one, other]) {
      expect(service.calls).toHaveLength(1)
      expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
      expect(await world.noticesOf(incidentId)).toContain('Stage 1 stands')
    }
  })

  it('G8 R5 what fails in a stage undoes that stage in reverse, and says that the earlier one stands', async () => {
    const { service, incidentId, first, second } = await world.atFirstGate()
    service.heals = false
    service.beforeEffect = async (_, key) => (key === `${second}.search` ? 500 : 200)
    await world.say(world.chloe, second)
    await world.perform(second)
    expect(service.calls).toEqual([
      `set_feature_flag ${first}.flag`,
      `scale_instances ${second}.scale`,
      `set_feature_flag ${second}.search`,
      `scale_instances ${second}.scale.rollback`,
    ])
    expect(await world.run(second)).toMatchObject({ status: 'rolled_back', cause: 'failed' })
    expect((await world.runsOf(incidentId)).length).toBe(2)
    expect((await world.cardOf(incidentId, `run/${second}`)).text).toContain('Stage 1 stands')
    // Beside half of a change nothing else is tried by itself.
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect(await world.noticesOf(incidentId)).toContain('Stage 1 stands')
    expect(await world.learnedIn(incidentId)).toMatchObject([{ run_id: second, status: 'rolled_back' }])
  })

  it('R7 G8 a worker killed between two stages leaves one gate, and nothing is done twice', async () => {
    for (const at of ['result:action:flag', 'concluded']) {
      const { name, service } = world.take()
      const { runId, incidentId } = await world.queued(name, 'staged')
      await expect(world.perform(runId, dyingAt(world.app, at))).rejects.toThrow(Died)
      world.shift(afterTheLeaseMs)
      await world.perform(runId)
      await world.perform(runId)
      const second = await world.after(runId)
      expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
      expect(await world.requestOf(second)).toMatchObject({ status: 'pending' })
      expect(service.calls).toEqual([`set_feature_flag ${runId}.flag`])
      expect(await world.runsOf(incidentId)).toHaveLength(2)
      await world.say(world.chloe, second)
      await world.perform(second)
      expect(service.calls.slice(1)).toEqual([
        `scale_instances ${second}.scale`,
        `set_feature_flag ${second}.search`,
      ])
    }
  })

  it('G8 a permit of the stage before does not let this one begin', async () => {
    const { service, second } = await world.atFirstGate()
    await world.say(world.chloe, second)
    await world.read((tx) =>
      tx.db.updateTable('permit').set({ stage: 0 }).where('run_id', '=', second).execute(),
    )
    await world.perform(second)
    expect(service.calls).toHaveLength(1)
    const run = await world.run(second)
    expect(run).toMatchObject({ status: 'blocked', cause: 'permit' })
    expect(run.reason).toContain('it was issued for stage 1, not for stage 2')
  })

  it('G8 a gate is asked for in mode auto too, and its approver still has to stand when it begins', async () => {
    const root = await world.caller('Root', ['admin'])
    const { service, second, incidentId } = await world.atFirstGate()
    await changeGovernance(world.app, root, { mode: 'auto' })
    try {
      expect(await world.requestOf(second)).toMatchObject({ status: 'pending' })
      const eve = await world.caller('Eve', ['approver'])
      await world.say(eve, second)
      await world.read((tx) =>
        tx.db
          .updateTable('person')
          .set({ roles: ['viewer'] })
          .where('id', '=', eve.person.id)
          .execute(),
      )
      await world.perform(second)
      expect(service.calls).toHaveLength(1)
      expect(await world.run(second)).toMatchObject({ status: 'blocked' })
      expect(await world.noticesOf(incidentId)).toContain('Stage 1 stands')
    } finally {
      await changeGovernance(world.app, root, { mode: 'propose' })
    }
  })

  it('G8 what is claimed for the request stays claimed while it waits at a gate', async () => {
    await world.configure({ staged }, undefined, undefined, 'windows: []\n')
    const { first, second } = await world.atFirstGate()
    await world.configure({ staged })
    const claims = await world.read((tx) =>
      tx.db.selectFrom('dedup_claim').select(['run_id', 'request_id']).execute(),
    )
    expect(claims.map((claim) => claim.run_id)).toContain(second)
    expect(claims.map((claim) => claim.run_id)).not.toContain(first)
    const proposal = (await world.run(first)).proposal_id
    expect(await requestRun(world.app, world.ada, proposal)).toMatchObject({ code: 'duplicate_request' })
    expect(await editProposal(world.app, world.ada, proposal, { delta: 2 })).toMatchObject({
      code: 'already_decided',
    })
  })

  it('G8 an incident that resolves at a gate withdraws the request, and says what stands', async () => {
    const waiting = await world.atFirstGate()
    await world.resolve(waiting.name)
    expect(await world.run(waiting.second)).toMatchObject({ status: 'canceled', cause: 'superseded' })
    expect(await world.requestOf(waiting.second)).toMatchObject({ status: 'canceled' })
    const gate = await world.cardOf(waiting.incidentId, `gate/${waiting.second}`)
    expect(gate).toMatchObject({ status: 'Withdrawn', buttons: [] })
    expect(gate.text).toContain('The incident has resolved')
    expect(gate.text).toContain('Stage 1 stands')
    expect(await world.learnedIn(waiting.incidentId)).toMatchObject([
      { run_id: waiting.second, status: 'canceled' },
    ])
  })

  it('G8 an incident that resolves during a stage is closed at its gate, without anybody being asked', async () => {
    const { name, service } = world.take()
    const { incidentId, runId } = await world.queued(name, 'staged')
    service.beforeAnswer = async () => {
      await world.resolve(name)
    }
    await world.perform(runId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'resolved' })
    expect(await world.runsOf(incidentId)).toMatchObject([
      { status: 'succeeded' },
      { status: 'canceled', cause: 'superseded', stage: 1 },
    ])
    expect(await world.learnedIn(incidentId)).toMatchObject([{ status: 'canceled', recovery: 'recovered' }])
  })

  it('G1 G8 a window that closes during a stage refuses the next one: it ends blocked and a person is asked', async () => {
    await world.configure({ staged }, undefined, undefined, workingHours)
    try {
      const now = await world.read(async (tx) => tx.now)
      world.shift(wednesday('17:50').epochMilliseconds - now.epochMilliseconds)
      const { name, service } = world.take()
      const { incidentId, runId } = await world.queued(name, 'staged')
      // What is under way goes on; what comes after the gate does not begin.
      service.beforeAnswer = async () => world.shift(11 * 60_000)
      const calm: typeof world.app = {
        ...world.app,
        limits: { ...world.app.limits, leaseMs: 3_600_000, runBudgetMs: 3_600_000 },
      }
      await world.perform(runId, calm)
      expect(await world.run(runId)).toMatchObject({ status: 'succeeded' })
      const second = await world.after(runId)
      expect(await world.run(second)).toMatchObject({ status: 'blocked', cause: 'policy', stage: 1 })
      expect(service.calls).toHaveLength(1)
      expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated', look_again_at: null })
      expect(await world.noticesOf(incidentId)).toContain('Stage 1 stands')
      expect(await world.eventsOf(second)).toContain('run_blocked')
      expect(await world.learnedIn(incidentId)).toMatchObject([{ run_id: second, status: 'blocked' }])
    } finally {
      await world.configure({ staged })
    }
  })

  it('G1 G8 a window that closes while a gate waits refuses the approval there', async () => {
    await world.configure({ staged }, undefined, undefined, workingHours)
    try {
      const now = await world.read(async (tx) => tx.now)
      world.shift(Temporal.Instant.from('2031-06-05T17:50:00Z').epochMilliseconds - now.epochMilliseconds)
      const { service, second } = await world.atFirstGate()
      world.shift(12 * 60_000)
      const refused = await world.say(world.chloe, second)
      expect(isRejection(refused) && refused.code).toBe('change_window')
      await world.perform(second)
      expect(service.calls).toHaveLength(1)
    } finally {
      await world.configure({ staged })
    }
  })
})

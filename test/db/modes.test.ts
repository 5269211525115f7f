import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { changeMode } from '../../src/app/autonomy/change-mode.ts'
import { changeGovernance } from '../../src/app/change-governance.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { readModes } from '../../src/app/read/modes.ts'
import { type Caller, sutureItself } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

let world: CoreWorld
let dan: Caller
let ada: Caller
beforeAll(async () => {
  world = await coreWorld()
  dan = await world.caller('Dan', ['admin'])
  ada = await world.caller('Ada', ['responder', 'approver'])
})
afterAll(() => world.close())

/** Alert and probe say the same, so that the diagnosis is likely enough for mode auto. */
const surelyProposed = async (name: string): Promise<string> => {
  world.estate.of(name).healthy = false
  const id = await world.fire(name, { title: 'HighErrorRate', summary: 'Error rate of 5xx answers at 40 %' })
  await healIncident(world.app, testTenant, id)
  return id
}

const service = (name: string) => ({ kind: 'service', name }) as const
const playbook = (name: string) => ({ kind: 'playbook', name }) as const
const verdictOf = async (incidentId: string, name: string) =>
  (
    await world.read((tx) =>
      tx.db
        .selectFrom('proposal')
        .select('verdict')
        .where('incident_id', '=', incidentId)
        .where('playbook', '=', name)
        .orderBy('created_at', 'desc')
        .executeTakeFirstOrThrow(),
    )
  ).verdict
const firstOf = (incidentId: string) =>
  world.read((tx) =>
    tx.db
      .selectFrom('proposal')
      .select('playbook')
      .where('incident_id', '=', incidentId)
      .where('rank', '=', 0)
      .executeTakeFirstOrThrow(),
  )
const historyOf = (subject: string) =>
  world.read(async (tx) =>
    (
      await tx.db
        .selectFrom('audit_entry')
        .select(['event', 'bytes'])
        .where('subject', '=', subject)
        .orderBy('seq')
        .execute()
    ).map(({ event, bytes }) => ({
      event,
      details: (JSON.parse(bytes.toString('utf8')) as { details: Record<string, unknown> }).details,
    })),
  )

describe('modes of services and playbooks', () => {
  it('G9 G10 what Suture asked for while it might is not decided by one person once it may only propose', async () => {
    const chloe = await world.caller('Chloe', ['approver'])
    const { name } = world.take()
    await changeMode(world.app, dan, service(name), 'approve')
    const incidentId = await surelyProposed(name)
    const { id: requestId, requester_id: by } = await world.read((tx) =>
      tx.db
        .selectFrom('approval_request')
        .select(['id', 'requester_id'])
        .where('incident_id', '=', incidentId)
        .executeTakeFirstOrThrow(),
    )
    expect(by).toBe(sutureItself)
    const decide = (decision: 'approve' | 'reject') =>
      decideApproval(world.app, chloe, { requestId, decision, reason: 'somebody asks anew' })
    await changeMode(world.app, dan, service(name), 'propose')
    expect(await decide('approve')).toMatchObject({
      code: 'mode',
      remedy: expect.stringContaining('Cancel what Suture asked for') as string,
    })
    expect(await decide('reject')).toMatchObject({ status: 'rejected' })
    const proposalId = await world.proposalOf(incidentId, (await firstOf(incidentId)).playbook)
    expect(isRejection(await requestRun(world.app, ada, proposalId))).toBe(false)
  })

  it('G9 the service has its own mode, whatever the tenant has: auto runs by itself, and only there', async () => {
    const trusted = world.take().name
    const other = world.take().name
    await changeMode(world.app, dan, service(trusted), 'auto')
    const alone = await surelyProposed(trusted)
    const asked = await surelyProposed(other)
    expect(await verdictOf(alone, 'two-steps')).toMatchObject({ outcome: 'allow', reasons: [] })
    expect(await verdictOf(asked, 'two-steps')).toMatchObject({
      outcome: 'require_approval',
      needsRequester: true,
    })
    const runs = await world.read((tx) =>
      tx.db
        .selectFrom('run')
        .select(['incident_id', 'status', 'requester_id'])
        .where('incident_id', 'in', [alone, asked])
        .execute(),
    )
    expect(runs).toEqual([{ incident_id: alone, status: 'queued', requester_id: 'person_suture' }])
  })

  it('G9 where the service and the playbook are both set the stricter holds, and the reason says by what', async () => {
    const { name } = world.take()
    await changeMode(world.app, dan, service(name), 'auto')
    await changeMode(world.app, dan, playbook('two-steps'), 'approve')
    const incident = await world.proposed(name)
    const verdict = await verdictOf(incident, 'two-steps')
    expect(verdict.outcome).toBe('require_approval')
    expect(verdict.reasons[0]?.detail).toBe(
      `Mode approve on ${name} (set for the playbook two-steps): a person approves before anything runs.`,
    )
    await changeMode(world.app, dan, playbook('two-steps'), null)
  })

  it('G9 observe for one service proposes nothing there; taken away, the mode of all holds again', async () => {
    const { name } = world.take()
    await changeMode(world.app, dan, service(name), 'observe')
    const incident = await world.proposed(name)
    expect((await world.incident(incident)).status).toBe('escalated')
    const taken = await changeMode(world.app, dan, service(name), null)
    if (isRejection(taken)) throw new Error(taken.detail)
    expect(taken.holds).toMatchObject({ service: name, mode: 'propose' })
    expect(taken.settings.some((each) => each.name === name)).toBe(false)
  })

  it('G9 every change is in the history once with its scope, and a change that changes nothing leaves no entry', async () => {
    const { name } = world.take()
    await changeMode(world.app, dan, service(`${name}-api`), 'approve')
    await changeMode(world.app, dan, service(name), 'approve')
    await changeMode(world.app, dan, service(name), 'propose')
    await changeMode(world.app, dan, service(name), null)
    await changeMode(world.app, dan, service(name), null)
    const changes = await historyOf(name)
    expect(
      changes.map(({ event, details }) => [event, details['scope'], details['from'], details['mode']]),
    ).toEqual([
      ['governance_changed', 'service', 'default', 'approve'],
      ['governance_changed', 'service', 'approve', 'propose'],
      ['governance_changed', 'service', 'propose', 'default'],
    ])
  })

  it('G9 only an admin changes a mode, with a key that may; the refusal is in the history', async () => {
    const { name } = world.take()
    expect(await changeMode(world.app, ada, service(name), 'auto')).toMatchObject({ code: 'forbidden' })
    const narrow = { ...dan, scopes: ['read', 'respond'] as const }
    expect(await changeMode(world.app, narrow, service(name), 'auto')).toMatchObject({
      code: 'forbidden',
      detail: 'This key or session lacks the scope admin.',
    })
    expect((await historyOf(name)).map(({ event }) => event)).toEqual(['refused', 'refused'])
  })

  it('G9 a name that nobody knows is refused with the nearest ones, and constructor is no service', async () => {
    expect(await changeMode(world.app, dan, { kind: null, name: 'two-stpes' }, 'auto')).toMatchObject({
      code: 'not_found',
      remedy: 'Did you mean two-steps?',
    })
    for (const name of ['constructor', '__proto__', 'x'.repeat(200)])
      expect(await changeMode(world.app, dan, { kind: null, name }, 'auto')).toMatchObject({
        code: 'not_found',
      })
  })

  it('G9 what holds is told with its reasons, for a service with a playbook too', async () => {
    const { name } = world.take()
    await changeMode(world.app, dan, service(name), 'auto')
    await changeMode(world.app, dan, playbook('restart'), 'observe')
    expect(
      await readModes(world.app, dan.tenantId, { service: `${name}-api`, playbook: 'restart' }),
    ).toMatchObject({
      holds: {
        service: name,
        playbook: 'restart',
        mode: 'observe',
        why: [
          'observe is set for the playbook restart; the mode of all services is propose.',
          `auto is set for ${name} too; the stricter holds.`,
        ],
      },
    })
    expect(await readModes(world.app, dan.tenantId, { service: 'nowhere' })).toMatchObject({
      code: 'not_found',
    })
    await changeMode(world.app, dan, playbook('restart'), null)
  })

  it('G9 a setting that came after the request holds at the approval', async () => {
    const { name } = world.take()
    const incident = await world.proposed(name)
    const { runId } = await world.requested(incident, 'two-steps')
    await changeMode(world.app, dan, service(name), 'observe')
    const again = await requestRun(world.app, ada, await world.proposalOf(incident, 'restart'))
    expect(again).toMatchObject({ code: 'duplicate_request' })
    const { requestId } = await world.read((tx) =>
      tx.db
        .selectFrom('approval_request')
        .select('id as requestId')
        .where('run_id', '=', runId)
        .executeTakeFirstOrThrow(),
    )
    const chloe = await world.caller('Chloe', ['approver'])
    expect(
      await decideApproval(world.app, chloe, { requestId, decision: 'approve', reason: '' }),
    ).toMatchObject({ code: 'mode' })
  })
})

describe('the emergency stop', () => {
  it('G9 whoever responds may stop everything; only an admin lifts it, with a key that may', async () => {
    const vera = await world.caller('Vera', ['viewer'])
    expect(await changeGovernance(world.app, vera, { emergencyStop: true })).toMatchObject({
      code: 'forbidden',
    })
    expect(
      await changeGovernance(world.app, ada, { emergencyStop: true, reason: 'it goes wrong' }),
    ).toMatchObject({ emergencyStop: true })
    expect(await changeGovernance(world.app, ada, { emergencyStop: false })).toMatchObject({
      code: 'forbidden',
    })
    expect(
      await changeGovernance(world.app, { ...dan, scopes: ['respond'] }, { emergencyStop: false }),
    ).toMatchObject({ code: 'forbidden' })
    expect(await changeGovernance(world.app, dan, { emergencyStop: false })).toMatchObject({
      emergencyStop: false,
    })
    const stops = (await historyOf(dan.tenantId)).filter(({ event }) => event === 'emergency_stop_changed')
    expect(stops.map(({ details }) => [details['on'], details['reason']])).toEqual([
      [true, 'it goes wrong'],
      [false, ''],
    ])
  })

  it('G9 stopping with a change of mode in the same breath needs an admin', async () => {
    expect(await changeGovernance(world.app, ada, { mode: 'auto', emergencyStop: true })).toMatchObject({
      code: 'forbidden',
    })
  })
})

import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { explainPolicy } from '../../src/app/read/explain-policy.ts'
import { claimRun } from '../../src/app/run/claim-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** Why something may or may not run, then and now. */

let world: CoreWorld

beforeAll(async () => {
  world = await coreWorld()
  await world.configure()
})
afterAll(() => world.close())

it('G13 what each rule said at proposal, request, vote and start is told with what it saw; and what it says now', async () => {
  const { name } = world.take()
  const { runId } = await world.queued(name, 'restart')
  const explained = await explainPolicy(world.app, testTenant, runId)
  expect(explained).toMatchObject({ runId, service: name, playbook: 'restart' })
  expect(explained?.said.map(({ moment }) => moment)).toEqual(['propose', 'request', 'decide'])
  const [proposed, ...later] = explained?.said ?? []
  expect(proposed?.reasons?.find(({ code }) => code === 'mode')).toMatchObject({ facts: { service: name } })
  const version = explained?.now.policyVersion
  for (const { moment, reasons, kept } of later) {
    expect(reasons?.map(({ code }) => code)).toContain('mode')
    expect(kept).toMatchObject({
      policyVersion: version,
      outcome: 'require_approval',
      quorum: 1,
      requiredRoles: [],
      facts: { moment, service: name, mode: 'propose', rules: [], calendar: { windows: [], holidays: [] } },
    })
  }
  expect(later.map(({ text }) => text)).toEqual([
    expect.stringContaining('asked for approval'),
    expect.stringMatching(/Chloe.*queued/),
  ])
  expect(explained?.now.moment).toBe('run')
  const rules = explained?.now.rules ?? []
  expect(rules.find(({ rule }) => rule === 'emergencyStop')).toMatchObject({ outcome: 'allow', reason: null })
  expect(rules.find(({ rule }) => rule === 'precondition')?.outcome).toBe('allow')
  const before = await world.run(runId)

  await world.resolve(name)
  const after = await explainPolicy(world.app, testTenant, runId)
  expect(after?.now.verdict.outcome).toBe('deny')
  expect(after?.now.rules.find(({ rule }) => rule === 'precondition')).toMatchObject({
    outcome: 'deny',
    reason: { code: 'precondition', facts: { incidentStatus: 'resolved' } },
  })
  expect((await world.run(runId)).version).toBe(before.version)

  // The start asks once more, and is refused by what it saw.
  expect(await claimRun(world.app, testTenant, runId)).toBeNull()
  const blocked = await explainPolicy(world.app, testTenant, runId)
  expect(blocked?.said.at(-1)).toMatchObject({
    moment: 'run',
    reasons: [{ code: 'precondition' }, { code: 'mode' }, { code: 'trust_core' }],
    kept: { outcome: 'deny', facts: { moment: 'run', incidentStatus: 'resolved' } },
  })
})

it('G13 a start keeps what policy said once, however often it waited for its targets before', async () => {
  const one = world.take('shared')
  const other = world.take('shared')
  const [first, second] = [await world.queued(one.name), await world.queued(other.name)]
  const kept = async (runId: string) =>
    (await explainPolicy(world.app, testTenant, runId))?.said.filter(({ moment }) => moment === 'run') ?? []
  expect(await claimRun(world.app, testTenant, first.runId)).not.toBeNull()
  expect(await claimRun(world.app, testTenant, second.runId)).toBeNull()
  expect(await claimRun(world.app, testTenant, second.runId)).toBeNull()
  expect(await kept(first.runId)).toMatchObject([{ kept: { outcome: 'require_approval' } }])
  expect(await kept(second.runId)).toEqual([])
})

it('G13 what policy refused is kept with its proposal; and nobody sees that of another tenant', async () => {
  const { name } = world.take()
  const id = await world.proposalOf(await world.proposed(name), 'two-steps')
  await world.configure(
    {},
    (text) => text,
    testTenant,
    'windows: []\nrules:\n  - { id: no-more, then: { outcome: deny }, reason: not today }\n',
  )
  const ada = await world.caller('Ada', ['responder', 'approver'])
  expect(isRejection(await requestRun(world.app, ada, id))).toBe(true)
  await world.configure()
  const explained = await explainPolicy(world.app, testTenant, id)
  expect(explained?.said.at(-1)).toMatchObject({
    moment: 'request',
    reasons: [{ code: 'mode', facts: { rule: 'no-more' } }, { code: 'mode' }],
    kept: { outcome: 'deny', facts: { rules: ['no-more'] } },
  })
  const { rows } = await world.read((tx) => sql`select 1 from policy_verdict`.execute(tx.db), 'other')
  expect(rows).toEqual([])
})

it('G13 a proposal that nobody asked for is explained too; what there is not, and what is of another tenant, is not', async () => {
  const { name } = world.take()
  const incidentId = await world.proposed(name)
  const id = await world.proposalOf(incidentId, 'two-steps')
  expect(await explainPolicy(world.app, testTenant, id)).toMatchObject({
    proposalId: id,
    runId: null,
    now: { moment: 'propose' },
  })
  expect(await explainPolicy(world.app, testTenant, 'run-999999')).toBeNull()
  expect(await explainPolicy(world.app, testTenant, 'prop-999999')).toBeNull()
  expect(await explainPolicy(world.app, 'other', id)).toBeNull()
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { policyFacts } from '../../src/app/policy-facts.ts'
import { evaluatePolicy } from '../../src/domain/policy/evaluate.ts'
import type { PolicyFacts } from '../../src/domain/policy/facts.ts'
import { PolicyCase, runPolicyCase } from '../../src/domain/policy/policy-case.ts'
import { policyPart } from '../../src/domain/policy/policy-part.ts'
import { findProposal } from '../../src/storage/run.repository.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** What a case of `suture policy test` sees of a policy is what a run sees of it. */

const policy = `windows:
  - { id: nights, match: { services: [plain-*] }, from: '00:00', to: '24:00', days: [mon, tue, wed, thu, fri, sat, sun] }
  - { id: others, match: { services: [elsewhere] } }
holidays:
  - { id: public, match: { playbooks: [grave] }, dates: ['2026-12-24'] }
  - { id: ours, dates: ['2030-05-01'] }
freezes:
  - { id: past, from: '2020-01-01T00:00', to: '2020-01-02T00:00', reason: over long ago }
  - { id: far, from: '2120-01-01T00:00', to: '2120-01-02T00:00', reason: not yet }
approval:
  quorum: { medium: 3 }
blastRadius: { auto: 1, approve: 7 }
limits: { proposalsPerHour: 9 }
trust: { review: 0.1, deny: 0.4 }
overrun: deny
rules:
  - { id: careful, match: { services: [plain-*] }, then: { roles: [admin] }, reason: somebody who knows it }
  - { id: apart, match: { services: [elsewhere] }, then: { outcome: deny }, reason: not this one }
`

let world: CoreWorld

beforeAll(async () => {
  world = await coreWorld()
})
afterAll(() => world.close())

const factsOf = async (): Promise<PolicyFacts> => {
  const { name } = world.take()
  const id = await world.proposalOf(await world.proposed(name), 'two-steps')
  await world.configure({}, (text) => text, testTenant, policy)
  return world.read(async (tx) => {
    const proposal = await findProposal(tx, id)
    if (proposal === undefined) throw new Error(`no ${id}`)
    const incident = await tx.db
      .selectFrom('incident')
      .selectAll()
      .where('id', '=', proposal.incident_id)
      .executeTakeFirstOrThrow()
    const asking = { requesterId: 'person_requester', overrides: [] }
    return (await policyFacts(world.app, tx, 'request', incident, proposal.body, asking)).facts
  })
}

it('G13 a run and a case of the policy test see the same of the policy, and the verdict is the same', async () => {
  const facts = await factsOf()
  const { document } = (await world.app.configuration.of(testTenant)).policy
  const about = { ...facts, diagnosisCode: 'service_down' } as const
  const part = policyPart(document, about, facts.timeZone, facts.now)
  expect(part).toMatchObject({
    quorum: 3,
    blastLimits: { auto: 1, approve: 7 },
    trust: { review: 0.1, deny: 0.4 },
    limits: { mostPerHour: 9 },
    rules: [{ id: 'careful' }],
    calendar: { windows: [{ id: 'nights' }], holidays: [{ id: 'ours' }], freezes: [{ id: 'far' }] },
  })
  expect(facts).toMatchObject(part)

  const when = {
    now: facts.now.toString(),
    timeZone: facts.timeZone,
    service: facts.service,
    playbook: facts.playbook,
    impact: facts.impact,
    mode: facts.mode,
    confidence: facts.confidence,
    dependents: facts.dependents,
    irreversible: facts.irreversible,
    approverRoles: facts.approverRoles,
    expected: `${facts.calendar.expectedMs}ms`,
    worked: facts.trust.worked,
    tried: facts.trust.tried,
    lastEnded: facts.trust.lastEnded,
    proposalsInLastHour: facts.limits.inLastHour,
  }
  const tried = PolicyCase.parse({ name: 'as it runs', when, expect: { outcome: 'deny' } })
  expect(runPolicyCase(document, tried).verdict).toEqual(evaluatePolicy(facts))
})

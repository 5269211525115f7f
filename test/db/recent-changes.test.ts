import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { createEvidenceCache } from '../../src/app/heal/evidence-cache.ts'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createRecentChanges } from '../../src/app/heal/recent-changes.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import type { EvidenceSource } from '../../src/app/ports.ts'
import { Service } from '../../src/domain/service.ts'
import { insertChange, type NewChange } from '../../src/storage/change.repository.ts'
import { inTenant } from '../../src/storage/database.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { recordOutcome } from '../../src/storage/learning.repository.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

let t: TestHttp
let ada: SignedIn
let source: EvidenceSource
beforeAll(async () => {
  t = await testHttp()
  ada = await t.persona('person_ada')
  source = createRecentChanges(t.app)
  await ensureTenant(t.ownerUrl, 'other', 'Other')
  await t.caller('Ada', ['responder'], 'other')
})
afterAll(() => t.close())

const send = (body: object, headers: Record<string, string> = {}) =>
  t.ask('POST', '/v1/changes', { as: ada, body, headers })
const aDeploy = { service: 'checkout', kind: 'deploy', title: 'Deploy 2.31.0' }
interface Listed {
  items: { id: string; service: string; title: string }[]
  next: string | null
}
const list = async (query = '') => (await t.ask('GET', `/v1/changes${query}`, { as: ada })).json as Listed

/** Straight into the table, so that a test chooses the times. */
const put = (over: Partial<NewChange> & { at: Temporal.Instant }, tenantId = testTenant): Promise<string> =>
  inTenant(t.app.store, tenantId, (tx) =>
    insertChange(tx, {
      service: 'checkout',
      kind: 'deploy',
      title: 'Deploy',
      by: null,
      version: null,
      link: null,
      recordedBy: 'person_ada',
      ...over,
    }),
  )

describe('changes by HTTP', () => {
  it('D2 what a pipeline sends is kept, listed newest first, and in the history', async () => {
    const sent = await send({
      ...aDeploy,
      service: 'checkout-api',
      by: 'ci\u202Ebot',
      version: '2.31.0',
      link: 'https://ci.example.com/42',
    })
    expect(sent.status).toBe(201)
    expect(sent.json).toMatchObject({
      id: expect.stringMatching(/^chg-\d+$/) as unknown,
      service: 'checkout',
      kind: 'deploy',
      title: 'Deploy 2.31.0',
      by: 'cibot',
      version: '2.31.0',
      link: 'https://ci.example.com/42',
    })
    const { id } = sent.json as { id: string }
    const { items } = await list('?service=checkout-api&limit=1')
    expect(items).toEqual([sent.json])
    const audited = await inTenant(t.app.store, testTenant, (tx) =>
      tx.db.selectFrom('audit_entry').select('event').where('subject', '=', id).execute(),
    )
    expect(audited).toEqual([{ event: 'change_recorded' }])
  })

  it('D2 H7 sent twice with one Idempotency-Key it is one change', async () => {
    const body = { ...aDeploy, title: 'Once only' }
    const answers = [
      await send(body, { 'idempotency-key': 'pipeline-7' }),
      await send(body, { 'idempotency-key': 'pipeline-7' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers[1]?.json).toEqual(answers[0]?.json)
    const { items } = await list('?service=checkout')
    expect(items.filter(({ title }) => title === 'Once only')).toHaveLength(1)
  })

  it.each([
    ['an unknown service', { service: 'nobody-knows' }, 'service'],
    ['an unknown kind', { kind: 'magic' }, 'kind'],
    ['no title', { title: '' }, 'title'],
    ['a title of marks that nobody sees', { title: '\u200B\u200B' }, 'title'],
    ['a title without end', { title: 'x'.repeat(201) }, 'title'],
    ['a time ahead', { at: '2999-01-01T00:00:00Z' }, 'at'],
    ['a time long past', { at: '2001-01-01T00:00:00Z' }, 'at'],
    ['a link that runs', { link: 'javascript:alert(1)' }, 'link'],
    ['a field nobody knows', { tenant: 'other' }, 'tenant'],
  ])('D2 I5 %s is refused by the name of its field', async (_, over, field) => {
    const before = await list()
    const answer = await send({ ...aDeploy, ...over })
    expect(answer.status).toBe(422)
    expect(answer.json).toMatchObject({ code: 'invalid', remedy: expect.stringMatching(/./) as unknown })
    const told = answer.json as { field?: string; facts?: { field?: string }; detail: string }
    expect(told.field ?? told.facts?.field ?? told.detail).toContain(field)
    expect(await list()).toEqual(before)
  })

  it('H2 who may only look may not say what was changed', async () => {
    const caller = await t.caller('Vera', ['viewer'])
    const made = await createKey(t.app, caller, { name: 'reads', scopes: ['read'] })
    const key = 'key' in made ? made.key : ''
    const answer = await t.ask('POST', '/v1/changes', { as: key, body: aDeploy })
    expect(answer.status).toBe(403)
  })

  it('D2 pages go on where they ended, over changes and runs alike', async () => {
    const at = Temporal.Now.instant().subtract({ hours: 24 })
    for (let age = 1; age <= 4; age += 1)
      await put({ service: 'storefront', title: `Change ${age}`, at: at.subtract({ minutes: age }) })
    await inTenant(t.app.store, testTenant, (tx) =>
      recordOutcome(tx, randomUUID(), {
        incidentId: 'inc-900',
        runId: 'run-900',
        service: 'storefront',
        playbook: 'restart-service',
        diagnosisCode: 'service_down',
        status: 'rolled_back',
        recovery: 'not_recovered',
        durationMs: 5,
        stated: null,
      }),
    )
    const seen: string[] = []
    let after = ''
    for (;;) {
      const found = await list(`?service=storefront&limit=2${after}`)
      seen.push(...found.items.map(({ title }) => title))
      if (found.next === null) break
      after = `&after=${found.next}`
    }
    expect(seen).toEqual(['restart-service: rolled back', 'Change 1', 'Change 2', 'Change 3', 'Change 4'])
  })
})

const beganAt = Temporal.Instant.from('2026-06-01T10:00:00Z')
const before = (minutes: number) => beganAt.subtract({ seconds: Math.round(minutes * 60) })
const signal = new AbortController().signal
const gather = async (name: string, tenantId = testTenant) => {
  const { serviceOf } = await t.app.configuration.of(testTenant)
  return source.gather(serviceOf(name) ?? Service.parse({ name }), signal, { tenantId, beganAt })
}

describe('recent changes as evidence', () => {
  it('D2 tells changes of the service and of what it depends on, newest first, with how long before', async () => {
    await put({ title: 'Deploy 2.30', at: before(12), by: 'ci', version: '2.30' })
    await put({ service: 'payments', kind: 'config', title: 'pool size 20', at: before(45) })
    await put({ title: 'too old', at: before(361) })
    await put({ title: 'after it began', at: before(-1) })
    await put({ service: 'storefront', title: 'depends on it, so no cause', at: before(5) })
    const evidence = await gather('checkout')
    expect(evidence).toMatchObject({
      source: 'recent_changes',
      subject: 'checkout',
      status: 'ok',
      summary:
        'Deploy of checkout “Deploy 2.30”, 12 min before it began. One more change, the oldest 45 min before.',
    })
    expect(evidence?.facts).toEqual({
      changes: 2,
      recorded: true,
      'change.1.service': 'checkout',
      'change.1.kind': 'deploy',
      'change.1.title': 'Deploy 2.30',
      'change.1.at': '2026-06-01T09:48:00Z',
      'change.1.minutesBefore': 12,
      'change.1.own': true,
      'change.1.by': 'ci',
      'change.1.version': '2.30',
      'change.2.service': 'payments',
      'change.2.kind': 'config',
      'change.2.title': 'pool size 20',
      'change.2.at': '2026-06-01T09:15:00Z',
      'change.2.minutesBefore': 45,
      'change.2.own': false,
    })
  })

  it('D2 names five at most and counts the rest', async () => {
    for (let age = 1; age <= 8; age += 1)
      await put({ service: 'payments', title: `p${age}`, at: before(age + 60) })
    const facts = (await gather('payments'))?.facts
    expect(facts?.['changes']).toBe(9)
    expect(facts?.['change.5.title']).toBe('p4')
    expect(facts?.['change.6.title']).toBeUndefined()
  })

  it('D2 says that nothing was changed only where changes are sent at all', async () => {
    expect(await gather('nobody-sends')).toBeNull()
    await put({ service: 'nobody-sends', at: before(10_000) })
    expect(await gather('nobody-sends')).toMatchObject({
      summary: 'Nothing of nobody-sends or what it depends on was changed in the 6 hours before.',
      facts: { changes: 0, recorded: true },
    })
  })

  it("D2 H4 another tenant's changes are nobody's evidence", async () => {
    await put({ service: 'only-there', title: 'theirs', at: before(3) }, 'other')
    expect(await gather('only-there')).toBeNull()
    const { serviceOf } = await t.app.configuration.of(testTenant)
    expect(serviceOf('only-there')).toBeUndefined()
    const theirs = await inTenant(t.app.store, 'other', (tx) =>
      tx.db.selectFrom('change').select('title').execute(),
    )
    expect(theirs).toEqual([{ title: 'theirs' }])
    expect((await list('?service=only-there')).items).toEqual([])
  })

  it('D1 D2 a deploy before an incident is on its card, in its diagnosis, and stored', async () => {
    await send({ ...aDeploy, title: 'Deploy 9.9' })
    const app: App = { ...t.app, evidence: [source], evidenceCache: createEvidenceCache(t.app.clock) }
    await createIngestWriter(app).ingest({
      tenantId: testTenant,
      source: 'alertmanager',
      alerts: [anAlert({ service: 'checkout' })],
      keptAside: [],
    })
    await healIncident(app, testTenant, 'inc-1')
    const incident = (await t.ask('GET', '/v1/incidents/inc-1', { as: ada })).json as {
      evidence: { source: string; summary: string }[]
      hypotheses: { code: string; evidenceFor: string[] }[]
    }
    const sentence = 'Deploy of checkout “Deploy 9.9”, less than a minute before it began.'
    expect(incident.evidence.find((each) => each.source === 'recent_changes')?.summary).toContain(sentence)
    expect(incident.hypotheses.find(({ code }) => code === 'bad_deploy')?.evidenceFor).toContain(sentence)
    const thread = await t.ask('GET', '/v1/incidents/inc-1/thread', { as: ada })
    expect(thread.text).toContain('Recent changes')
    expect(thread.text).toContain('Deploy 9.9')
  })
})

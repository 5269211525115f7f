import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { IngestReceiptView } from '../../src/http/schemas/identity.ts'
import { inTenant } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { type Answer, alertSecret, type SignedIn, type TestHttp, testHttp } from '../support/http.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from '../support/payloads/read.ts'
import { startTarget, type TestTarget } from '../support/target.ts'

let t: TestHttp
let target: TestTarget
let ada: SignedIn
let chloe: SignedIn
let dan: SignedIn

beforeAll(async () => {
  target = await startTarget()
  t = await testHttp({ targetUrl: target.url })
  ada = await t.persona('person_ada')
  chloe = await t.persona('person_chloe')
  dan = await t.persona('person_dan')
})
afterAll(async () => {
  await t.close()
  await target.close()
})

const served = new Set<string>()

/** Asks, and holds the answer to the schema that the document gives: nothing missing, nothing that it does not name. */
const ask = async (
  id: string,
  path: string,
  options: Parameters<TestHttp['ask']>[2] = {},
): Promise<Answer> => {
  const operation = t.http.operations.find((each) => each.id === id)
  if (operation === undefined) throw new Error(`there is no operation ${id}`)
  const answer = await t.ask(operation.method.toUpperCase(), path, options)
  expect(answer.status, `${id}: ${answer.text.slice(0, 500)}`).toBe(operation.success.status)
  if (operation.success.schema !== null && answer.json !== undefined)
    expect(operation.success.schema.parse(answer.json), id).toEqual(answer.json)
  served.add(id)
  return answer
}
const items = (answer: Answer) => (answer.json as { items: Record<string, string>[] }).items

describe('the contract', () => {
  it('H1 the whole way of an alert by /v1 alone, every answer as its schema says', async () => {
    const posted = await t.ask('POST', '/v1/alerts/alertmanager', {
      body: anAlertmanagerPayload(
        anAlertmanagerAlert({ labels: { alertname: 'ServiceDown', service: 'checkout' } }),
      ),
      headers: { authorization: `Bearer ${alertSecret}` },
    })
    expect(IngestReceiptView.parse(posted.json)).toEqual(posted.json)
    const [incident = ''] = (posted.json as { incidents: string[] }).incidents
    await healIncident(t.app, testTenant, incident)

    await ask('getOpenHealth', '/health')
    await ask('getHealth', '/v1/health', { as: ada })
    await ask('getMe', '/v1/me')
    await ask('getMe', '/v1/me', { as: ada })
    await ask('listChannels', '/v1/channels', { as: ada })
    expect(
      items(
        await ask('listIncidents', '/v1/incidents?status=proposed&service=checkout-api&channel=incidents', {
          as: ada,
        }),
      )[0],
    ).toMatchObject({
      id: incident,
      channel: 'incidents',
      now: expect.stringMatching(/^\d proposals? waits? to be requested$/) as string,
    })
    expect(items(await ask('listIncidents', '/v1/incidents?channel=elsewhere', { as: ada }))).toEqual([])
    const detail = await ask('getIncident', `/v1/incidents/${incident}`, { as: ada })
    expect(detail.json).toMatchObject({
      alerts: [{ status: 'firing' }],
      hypotheses: expect.arrayContaining([expect.objectContaining({ title: 'Service down' })]) as unknown[],
    })

    const [proposal = ''] = await proposals(incident)
    await ask('getProposal', `/v1/proposals/${proposal}`, { as: ada })
    const { runId, requestId } = (await ask('requestRun', `/v1/proposals/${proposal}/requests`, { as: ada }))
      .json as { runId: string; requestId: string }
    expect(
      items(await ask('listApprovals', '/v1/approvals?status=pending', { as: chloe })).map(
        (each) => each['id'],
      ),
    ).toEqual([requestId])
    expect((await ask('getIncident', `/v1/incidents/${incident}`, { as: ada })).json).toMatchObject({
      now: expect.stringMatching(/^Waiting for approval of /) as string,
    })

    const own = await t.ask('POST', `/v1/approvals/${requestId}/decisions`, {
      as: ada,
      body: { decision: 'approve' },
    })
    expect([own.status, own.json]).toMatchObject([
      403,
      { code: 'separation_of_duties', title: 'Somebody else must approve' },
    ])
    const decided = await ask('decideApproval', `/v1/approvals/${requestId}/decisions`, {
      as: chloe,
      body: { decision: 'approve' },
    })
    expect(decided.json).toEqual({ status: 'approved', approvals: 1 })
    const again = await t.ask('POST', `/v1/approvals/${requestId}/decisions`, {
      as: chloe,
      body: { decision: 'approve' },
    })
    expect([again.status, again.json]).toMatchObject([409, { code: 'already_decided' }])
    await ask('getApproval', `/v1/approvals/${requestId}`, { as: ada })

    await performRun(t.app, testTenant, runId)
    expect((await ask('getRun', `/v1/runs/${runId}`, { as: ada })).json).toMatchObject({
      status: 'succeeded',
      approvers: [{ id: 'person_chloe' }],
    })
    const log = await ask('getRunLog', `/v1/runs/${runId}/log?limit=1`, { as: ada })
    const { next } = log.json as { next: string | null }
    if (next !== null) await ask('getRunLog', `/v1/runs/${runId}/log?after=${next}`, { as: ada })
    expect(
      items(await ask('listRuns', `/v1/runs?incident=${incident}&status=succeeded`, { as: ada })),
    ).toHaveLength(1)
    const late = await t.ask('POST', `/v1/runs/${runId}/cancel`, { as: ada })
    expect(late.status).toBe(409)

    await ask('postMessage', `/v1/incidents/${incident}/messages`, {
      as: ada,
      body: { body: 'what happened?' },
    })
    const thread = items(await ask('getThread', `/v1/incidents/${incident}/thread`, { as: ada }))
    expect(thread.map((item) => item['cardKind'] ?? item['kind'])).toEqual(
      expect.arrayContaining(['incident', 'evidence', 'proposal', 'run', 'message', 'answer']),
    )
    const timeline = items(
      await ask('getTimeline', `/v1/incidents/${incident}/timeline?limit=200`, { as: ada }),
    ).map((entry) => entry['text'])
    expect(timeline).toEqual(
      expect.arrayContaining([
        `${incident} was opened.`,
        `${runId} started.`,
        'Ada (responder) was refused: Ada (responder) requested this and so cannot approve it.',
      ]),
    )
    for (const text of timeline) expect(text).toMatch(/^\S.*[^.\s]\.$/)
  })

  it('H1 what remains answers as its schema says, too', async () => {
    await ask('click', '/v1/clicks', { as: ada, body: { token: 'nothing' } })
    await ask('getLab', '/v1/lab', { as: ada })
    await ask('breakService', '/v1/lab/break', { as: ada, body: { service: 'checkout', fault: 'hang' } })
    await ask('mendService', '/v1/lab/mend', { as: ada, body: { service: 'checkout' } })
    expect(
      (await t.ask('POST', '/v1/lab/break', { as: ada, body: { service: 'checkout', fault: 'flood' } })).json,
    ).toMatchObject({ status: 422, field: 'fault' })
    await ask('createPerson', '/v1/people', {
      as: dan,
      body: { id: 'bot', name: 'Bot', kind: 'service_account', roles: ['responder'] },
    })
    await ask('listPeople', '/v1/people?limit=2', { as: ada })
    const { id, key } = (
      await ask('createKey', '/v1/keys', {
        as: dan,
        body: { name: 'ci', scopes: ['read', 'respond', 'approve'], personId: 'bot', expiresInDays: 30 },
      })
    ).json as { id: string; key: string }
    await ask('listKeys', '/v1/keys', { as: dan })
    await ask('signIn', '/v1/session', { body: { key } })
    expect((await t.ask('POST', '/v1/session', { body: { key: `${key}x` } })).status).toBe(401)
    await ask('revokeKey', `/v1/keys/${id}`, { as: dan })
    await ask('bePersona', '/v1/lab/persona', { body: { personId: 'person_ben' } })
    await ask('signOut', '/v1/session', { as: await t.persona('person_ben') })
    await ask('getGovernance', '/v1/governance', { as: ada })
    expect(
      (
        await ask('changeGovernance', '/v1/governance', {
          as: dan,
          body: { mode: 'approve', emergencyStop: true },
        })
      ).json,
    ).toMatchObject({ mode: 'approve', emergencyStop: true })
    await ask('changeGovernance', '/v1/governance', {
      as: dan,
      body: { mode: 'propose', emergencyStop: false },
    })
    await ask('listServices', '/v1/services', { as: ada })
    await ask('listPlaybooks', '/v1/playbooks', { as: ada })
    const stream = await t.http.fetch(
      new Request('http://127.0.0.1:4800/v1/events', { headers: { cookie: ada.cookie } }),
    )
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    await stream.body?.cancel()
    served.add('listen')
  })

  it('G8 the key of a service account can request, and never vote', async () => {
    await t.ask('POST', '/v1/alerts/alertmanager', {
      body: anAlertmanagerPayload(
        anAlertmanagerAlert({
          labels: { alertname: 'ServiceDown', service: 'checkout', zone: 'b' },
          startsAt: '2026-03-02T12:00:00Z',
        }),
      ),
      headers: { authorization: `Bearer ${alertSecret}` },
    })
    target.healthy = false
    const incident = items(await t.ask('GET', '/v1/incidents', { as: ada }))[0]?.['id'] ?? ''
    await healIncident(t.app, testTenant, incident)
    const { key } = (
      await t.ask('POST', '/v1/keys', {
        as: dan,
        body: { name: 'votes', scopes: ['read', 'respond', 'approve'], personId: 'bot' },
      })
    ).json as { key: string }
    const [proposal = ''] = (await proposals(incident)).slice(-1)
    const requested = await t.ask('POST', `/v1/proposals/${proposal}/requests`, { as: ada })
    const { requestId, runId } = requested.json as { requestId: string; runId: string }
    const vote = await t.ask('POST', `/v1/approvals/${requestId}/decisions`, {
      as: key,
      body: { decision: 'approve' },
    })
    expect([vote.status, vote.json]).toMatchObject([
      403,
      { code: 'separation_of_duties', detail: expect.stringContaining('service account') as string },
    ])
    const canceled = await ask('cancelRun', `/v1/runs/${runId}/cancel`, { as: ada })
    expect(canceled.json).toMatchObject({ id: runId, status: 'canceled' })

    const resolution = { body: { resolution: 'did_not_happen', note: 'looked at the host' } }
    const known = await t.ask('POST', `/v1/runs/${runId}/resolution`, { as: chloe, ...resolution })
    expect(known.status).toBe(422)
    // As a crash would leave it: how a run gets there is shown in test/db/run-takeover.test.ts.
    await inTenant(t.app.store, testTenant, async (tx) => {
      await tx.db.updateTable('run').set({ status: 'unknown' }).where('id', '=', runId).execute()
    })
    await ask('resolveRun', `/v1/runs/${runId}/resolution`, { as: chloe, ...resolution })
  })

  it('H1 every route of /v1 is in the document, and nothing else is', async () => {
    const one = await t.ask('GET', '/openapi.json')
    const two = await t.ask('GET', '/v1/openapi.json')
    expect(two.text).toBe(one.text)
    const etag = one.headers.get('etag') ?? ''
    expect((await t.ask('GET', '/openapi.json', { headers: { 'if-none-match': etag } })).status).toBe(304)
    const document = one.json as {
      openapi: string
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
    }
    expect(document.openapi).toBe('3.1.0')
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    const routes = t.http.operations.map((operation) => `${operation.method} ${operation.path}`)
    expect(described.sort()).toEqual([...routes, 'post /v1/alerts/{source}'].sort())
    for (const methods of Object.values(document.paths))
      for (const { responses } of Object.values(methods)) expect(responses).toHaveProperty('default')
    expect(one.text).not.toContain('"$ref":"#/components/schemas/undefined"')
  })

  it('H1 every operation was held to its schema above', () => {
    expect(t.http.operations.map((operation) => operation.id).filter((id) => !served.has(id))).toEqual([])
  })
})

const proposals = async (incident: string): Promise<string[]> => {
  const thread = await t.ask('GET', `/v1/incidents/${incident}/thread`, { as: ada })
  return items(thread).flatMap((item) => /prop-\d+$/.exec(item['id'] ?? '')?.[0] ?? [])
}

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { makeLinkCode } from '../../src/app/identity/link-code.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { IngestReceiptView } from '../../src/http/schemas/identity.ts'
import { inTenant } from '../../src/storage/database.ts'
import { alwaysOpen } from '../support/always-open.ts'
import { testTenant } from '../support/app.ts'
import { offeredWhileClosed } from '../support/closed-http.ts'
import { type Answer, alertSecret, type SignedIn, type TestHttp, testHttp } from '../support/http.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from '../support/payloads/read.ts'
import { startTarget, type TestTarget } from '../support/target.ts'
import { readProveExport } from './http-contract-audit.ts'
import { readPostmortem } from './http-contract-postmortem.ts'

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
  at: TestHttp = t,
): Promise<Answer> => {
  const operation = at.http.operations.find((each) => each.id === id)
  if (operation === undefined) throw new Error(`there is no operation ${id}`)
  const answer = await at.ask(operation.method.toUpperCase(), path, options)
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
    await ask('getMe', '/v1/me')
    await ask('getMe', '/v1/me', { as: ada })
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
    await ask('explainProposalPolicy', `/v1/proposals/${proposal}/policy`, { as: ada })
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
    await ask('explainRunPolicy', `/v1/runs/${runId}/policy`, { as: ada })
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
    await readPostmortem(t, ask, { ada, incident })
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
    await ask('recordChange', '/v1/changes', {
      as: ada,
      body: { service: 'checkout', kind: 'deploy', title: 'Deploy 2.31.0' },
    })
    await ask('listChanges', '/v1/changes?service=checkout', { as: ada })
    const away = await ask('setDelegation', '/v1/delegations', {
      as: dan,
      body: { to: 'person_ada', until: '2h' },
    })
    await ask('listDelegations', '/v1/delegations', { as: ada })
    await ask('endDelegation', `/v1/delegations/${(away.json as { id: string }).id}`, { as: dan })
    const silence = await ask('setSilence', '/v1/silences', {
      as: ada,
      body: {
        matchers: [{ label: 'service', operator: '=', value: 'storefront' }],
        until: '2h',
        reason: 'deploy 2.31.0',
      },
    })
    await ask('listSilences', '/v1/silences?standing=true', { as: ada })
    await ask('endSilence', `/v1/silences/${(silence.json as { id: string }).id}`, { as: ada })
    const freeze = await ask('setFreeze', '/v1/freezes', {
      as: dan,
      body: { what: 'storefront', until: '2h', reason: 'the fair' },
    })
    await ask('listFreezes', '/v1/freezes', { as: ada })
    await ask('listWindows', '/v1/windows?service=checkout', { as: ada })
    await ask('liftFreeze', `/v1/freezes/${(freeze.json as { id: string }).id}`, { as: dan })
    await ask('createPerson', '/v1/people', {
      as: dan,
      body: { id: 'bot', name: 'Bot', kind: 'service_account', roles: ['responder'] },
    })
    await ask('listPeople', '/v1/people?limit=2', { as: ada })
    await ask('disablePerson', '/v1/people/bot/disable', { as: dan, body: {} })
    await ask('enablePerson', '/v1/people/bot/enable', { as: dan, body: {} })
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
    await ask('emergencyStop', '/v1/emergency-stop', { as: ada, body: { on: true, reason: 'a try' } })
    await ask('emergencyStop', '/v1/emergency-stop', { as: dan, body: { on: false } })
    await ask('getForm', '/v1/forms?name=mode', { as: dan })
    await ask('changeMode', '/v1/modes', {
      as: dan,
      body: { scope: 'service', name: 'checkout', mode: 'approve' },
    })
    expect((await ask('listModes', '/v1/modes?service=checkout', { as: ada })).json).toMatchObject({
      holds: { mode: 'approve' },
    })
    await ask('changeMode', '/v1/modes', {
      as: dan,
      body: { scope: 'service', name: 'checkout', mode: null },
    })
    const glass = (
      await ask('openBreakGlass', '/v1/break-glass', {
        as: dan,
        body: { service: 'checkout', minutes: 30, reason: 'a try' },
      })
    ).json as { id: string }
    await ask('endBreakGlass', `/v1/break-glass/${glass.id}/end`, { as: ada })
    await ask('reviewBreakGlass', `/v1/break-glass/${glass.id}/review`, {
      as: chloe,
      body: { note: 'a try' },
    })
    await ask('listBreakGlass', '/v1/break-glass', { as: ada })
    await ask('makeLinkCode', '/v1/links', { as: ada, body: {} })
    const ofChat = await makeLinkCode(t.app, await t.caller('Carla', ['approver']), 'T1:U1')
    if (isRejection(ofChat)) throw new Error(ofChat.detail)
    await inTenant(t.app.store, testTenant, (tx) =>
      tx.db.updateTable('person').set({ came_by: 'slack' }).where('id', '=', 'person_carla').execute(),
    )
    await ask('redeemLinkCode', '/v1/links/redeem', { as: ada, body: { code: ofChat.code } })
    await ask('listAccounts', '/v1/people/person_ada/accounts', { as: ada })
    expect((await t.ask('GET', '/v1/people/person_dan/accounts', { as: ada })).status).toBe(403)
    await inTenant(t.app.store, testTenant, (tx) =>
      tx.db
        .insertInto('identity')
        .values({ tenant_id: testTenant, provider: 'slack', external_id: 'T1:U9', person_id: 'person_ada' })
        .execute(),
    )
    const unlink = { chat: 'slack', account: 'T1:U9' }
    expect((await t.ask('POST', '/v1/people/person_ada/unlink', { as: ada, body: unlink })).status).toBe(403)
    expect(
      (await ask('unlinkAccount', '/v1/people/person_ada/unlink', { as: dan, body: unlink })).json,
    ).toEqual({
      items: [],
    })
    await ask('runSelfTest', '/v1/self-test', { as: ada })
    const reads =
      'health self-test channels queue governance approvals/signals services playbooks policy policy/versions ' +
      'learning learning/outcomes learning/recovery learning/calibration charts scheduler/counters scheduler/health focus cycles'
    for (const path of reads.split(' ').map((each) => `/v1/${each}`))
      await ask(t.http.operations.find((each) => each.path === path)?.id ?? path, path, { as: ada })
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

  it('G1 G8 an override is asked for, parameters are edited and an approval is taken back, every answer as its schema says', async () => {
    const { other, configure, proposalId, people } = await offeredWhileClosed(target.url)
    onTestFinished(() => other.close())
    const { ada: adaThere, chloe: chloeThere } = people

    const over = await ask(
      'requestOverride',
      `/v1/proposals/${proposalId}/overrides`,
      { as: adaThere, body: { reason: 'orders are lost' } },
      other,
    )
    await other.ask('POST', `/v1/runs/${(over.json as { runId: string }).runId}/cancel`, { as: adaThere })
    await configure(alwaysOpen.text)
    const edited = await ask(
      'editProposal',
      `/v1/proposals/${proposalId}/edits`,
      { as: adaThere, body: { parameters: { by: 2 } } },
      other,
    )
    const { requestId } = edited.json as { requestId: string }
    await other.ask('POST', `/v1/approvals/${requestId}/decisions`, {
      as: chloeThere,
      body: { decision: 'approve' },
    })
    const revoked = await ask(
      'revokeApproval',
      `/v1/approvals/${requestId}/revocations`,
      { as: chloeThere, body: { reason: 'the wrong one' } },
      other,
    )
    expect(revoked.json).toMatchObject({ status: 'canceled' })
  })

  it('A1 A2 the history is read, proved and exported, every answer as its schema says', () =>
    readProveExport(t, ask, { ada, dan }))

  it('H1 every route of /v1 is in the document, and nothing else is', async () => {
    const one = await ask('getDocument', '/openapi.json', { as: ada })
    const two = await ask('getDocumentOfV1', '/v1/openapi.json', { as: ada })
    expect(two.text).toBe(one.text)
    const etag = one.headers.get('etag') ?? ''
    for (const path of ['/openapi.json', '/v1/openapi.json']) {
      const again = await t.ask('GET', path, { as: ada, headers: { 'if-none-match': etag } })
      expect([again.status, again.text, again.headers.get('etag')], path).toEqual([304, '', etag])
    }
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

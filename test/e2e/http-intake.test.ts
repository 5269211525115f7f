import { afterAll, beforeAll, expect, it } from 'vitest'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { inTenant, openStore } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { alertSecret, type TestHttp, testHttp } from '../support/http.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload, readPayload } from '../support/payloads/read.ts'

let t: TestHttp
beforeAll(async () => {
  t = await testHttp()
})
afterAll(() => t.close())

const post = (
  body: unknown,
  source = 'alertmanager',
  headers: Record<string, string> = { authorization: `Bearer ${alertSecret}` },
) => t.ask('POST', `/v1/alerts/${source}`, { body, headers })
const alertsStored = async () =>
  inTenant(
    t.app.store,
    testTenant,
    async (tx) => (await tx.db.selectFrom('alert').select('fingerprint').execute()).length,
  )
const asideStored = () =>
  inTenant(t.app.store, testTenant, (tx) =>
    tx.db.selectFrom('alert_kept_aside').selectAll().orderBy('received_at').execute(),
  )

it('I2 alerts are durable when they are acknowledged, and the receipt says what became of them', async () => {
  const answer = await post(anAlertmanagerPayload(anAlertmanagerAlert()))
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({ received: 1, created: 1, unchanged: 0, incidents: ['inc-1'], keptAside: [] })
  expect(await alertsStored()).toBe(1)
  const again = await post(anAlertmanagerPayload(anAlertmanagerAlert()))
  expect(again.json).toMatchObject({ received: 1, created: 0, unchanged: 1 })
})

it('I1 each source has its own door', async () => {
  expect((await post(readPayload('grafana/unified-values.json'), 'grafana')).status).toBe(200)
  expect((await post({ title: 'Disk full', status: 'firing' }, 'generic')).status).toBe(200)
  expect((await post({}, 'pagerduty')).status).toBe(404)
  expect((await post({}, 'grafana/x')).status).toBe(404)
})

it('I5 a wrong, missing or unset secret is 401 and nothing of the post is kept', async () => {
  const before = await alertsStored()
  const body = anAlertmanagerPayload(anAlertmanagerAlert({ labels: { alertname: 'Unseen' } }))
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Bearer ${alertSecret}x` },
    { 'x-suture-secret': '' },
    { authorization: `Basic ${alertSecret}` },
  ]) {
    const answer = await post(body, 'alertmanager', headers as Record<string, string>)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect(answer.text).not.toContain(alertSecret)
  }
  expect(await alertsStored()).toBe(before)
  const unset = await testHttp({
    deps: {
      senders: {
        alertmanager: { kind: 'shared_secret', secret: null },
        grafana: { kind: 'shared_secret', secret: null },
        generic: { kind: 'shared_secret', secret: '' },
      },
    },
  })
  try {
    const answer = await unset.ask('POST', '/v1/alerts/generic', {
      body,
      headers: { authorization: 'Bearer ' },
    })
    expect(answer.status).toBe(401)
    expect(answer.json).toMatchObject({ remedy: 'Set the secret of generic in the settings of Suture.' })
  } finally {
    await unset.close()
  }
})

it('H9 a foreign Host may not post alerts either', async () => {
  const answer = await post({}, 'alertmanager', {
    authorization: `Bearer ${alertSecret}`,
    host: 'evil.example',
  })
  expect(answer.status).toBe(421)
})

it('I5 a bad alert in a batch is named and kept aside, and the good ones land', async () => {
  const before = await alertsStored()
  const answer = await post(
    anAlertmanagerPayload(
      anAlertmanagerAlert({ labels: { alertname: 'Good', n: '1' } }),
      anAlertmanagerAlert({ startsAt: 'yesterday', labels: { alertname: 'Bad' } }),
      anAlertmanagerAlert({ labels: { alertname: 'Null\u0000inside' } }),
      anAlertmanagerAlert({ labels: { alertname: 'Good', n: '2' } }),
    ),
  )
  expect(answer.status).toBe(200)
  expect(answer.json).toMatchObject({
    received: 2,
    created: 2,
    keptAside: [
      { index: 1, field: 'alerts[1].startsAt' },
      { index: 2, field: 'alerts[2].labels.alertname' },
    ],
  })
  expect(await alertsStored()).toBe(before + 2)
  const aside = await asideStored()
  expect(aside.map((row) => [row.position, row.field])).toEqual([
    [1, 'alerts[1].startsAt'],
    [2, 'alerts[2].labels.alertname'],
  ])
  expect(aside[0]?.payload).toContain('yesterday')
  expect(aside[1]?.payload).toContain('Null\\ufffdinside')
})

it('I5 a label named constructor lands as text, one named __proto__ sets its own alert aside and no other', async () => {
  const alertNamed = (alertname: string, label: string) =>
    `{"status":"firing","labels":{"alertname":"${alertname}","${label}":"x"}}`
  const answer = await post(
    `{"version":"4","alerts":[${alertNamed('Reserved1', 'constructor')},${alertNamed('Reserved2', '__proto__')},${alertNamed('Reserved3', 'toString')}]}`,
  )
  expect(answer.status).toBe(200)
  expect(answer.json).toMatchObject({
    created: 2,
    keptAside: [{ index: 1, field: 'alerts[1].labels.__proto__' }],
  })
  const kept = await inTenant(t.app.store, testTenant, (tx) =>
    tx.db.selectFrom('alert').select('labels').where('title', 'like', 'Reserved%').orderBy('title').execute(),
  )
  expect(kept.map((row) => Object.entries(row.labels))).toEqual([
    expect.arrayContaining([['constructor', 'x']]),
    expect.arrayContaining([['toString', 'x']]),
  ])
  expect((await asideStored()).at(-1)?.payload).toContain('"__proto__":"x"')
})

it('I3 a start in the future is shown as what the sender claimed, beside the one that is taken', async () => {
  const alert = anAlertmanagerAlert({ labels: { alertname: 'Ahead' }, startsAt: '2099-01-01T00:00:00Z' })
  const answer = await post(anAlertmanagerPayload(alert))
  const [id = ''] = (answer.json as { incidents: string[] }).incidents
  const incident = await t.ask('GET', `/v1/incidents/${id}`, { as: await t.persona('person_ada') })
  const [shown] = (incident.json as { alerts: { startsAt: string; claimedStartsAt: string | null }[] }).alerts
  expect(shown?.claimedStartsAt).toBe('2099-01-01T00:00:00Z')
  expect(shown?.startsAt).not.toContain('2099')
})

it('I5 what is kept aside is bounded', async () => {
  const huge = anAlertmanagerAlert({ startsAt: 'never', annotations: { summary: 'ä'.repeat(100_000) } })
  expect((await post(anAlertmanagerPayload(huge))).status).toBe(200)
  const last = (await asideStored()).at(-1)
  expect(Buffer.byteLength(last?.payload ?? '')).toBeLessThanOrEqual(10_000)
  expect(last?.payload).not.toContain('\u{fffd}')
})

it.each([
  ['malformed', '{"alerts": [', 400],
  ['too deep', `{"alerts": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 400],
  ['a duplicate name', '{"alerts": [], "alerts": []}', 400],
  ['no alerts at all', '{"version": "4"}', 422],
  ['a list where an object belongs', '[]', 422],
  ['text', '"alerts"', 422],
  ['alerts that are no list', '{"version": "4", "alerts": 7}', 422],
  [
    'too many alerts',
    JSON.stringify({ version: '4', alerts: Array.from({ length: 1_001 }, () => ({})) }),
    422,
  ],
])('I5 a payload with %s is refused as a whole and the problem names it', async (_, body, status) => {
  const answer = await post(body)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect((answer.json as { field: string }).field).not.toBe('')
})

it('I5 markup, mentions and hostile text land as plain text', async () => {
  const summary = '<script>alert(1)</script> <!channel> @everyone [x](javascript:alert(1)) \u202e'
  const answer = await post(
    anAlertmanagerPayload(
      anAlertmanagerAlert({ labels: { alertname: 'Hostile' }, annotations: { summary } }),
    ),
  )
  const [id = ''] = (answer.json as { incidents: string[] }).incidents
  const ada = await t.persona('person_ada')
  const incident = await t.ask('GET', `/v1/incidents/${id}`, { as: ada })
  expect(incident.headers.get('content-type')).toBe('application/json')
  expect((incident.json as { summary: string }).summary).toContain('<script>alert(1)</script>')
})

it('I2 while the database is away senders get 503 with Retry-After, and nothing is acknowledged', async () => {
  const store = openStore({
    url: 'postgres://nobody@127.0.0.1:1/none',
    maxConnections: 1,
    onError: () => undefined,
  })
  const away = await testHttp({
    deps: { app: { ...t.app, store }, ingest: createIngestWriter({ ...t.app, store }) },
  })
  try {
    const answer = await away.ask('POST', '/v1/alerts/alertmanager', {
      body: anAlertmanagerPayload(anAlertmanagerAlert()),
      headers: { authorization: `Bearer ${alertSecret}` },
    })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    const reader = await away.ask('GET', '/v1/incidents', { as: `sut_lab_000000000000_${'a'.repeat(43)}` })
    expect(reader.status).toBe(503)
    expect(reader.text).not.toMatch(/pool|ECONN|kysely|Error|127/)
  } finally {
    await away.close()
    await store.close()
  }
})

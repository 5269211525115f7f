import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dataFolder } from '../support/embedded.ts'
import { hasPrometheus, startAlertmanager } from '../support/prometheus.ts'
import { adminKeyOf, ask, firing, startedSuture } from '../support/suture.ts'

/** Settings to sockets: the real program, asked as senders ask it. */

interface Sent {
  readonly status: number
  readonly challenge: string | undefined
  readonly reason: string | undefined
  readonly text: string
}

const post = (
  url: string,
  source: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  from = '127.0.0.1',
): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const sending = request(
      `${url}/v1/alerts/${source}`,
      { method: 'POST', localAddress: from, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('end', () => {
          const answer = JSON.parse(text) as { facts?: { reason?: string } }
          resolve({
            status: response.statusCode ?? 0,
            challenge: response.headers['www-authenticate'],
            reason: answer.facts?.reason,
            text,
          })
        })
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })

const sign = (key: string, signed: string): string => createHmac('sha256', key).update(signed).digest('hex')
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
const inSeconds = (fromNow = 0): string => String(Math.floor(Date.now() / 1_000) + fromNow)
const payload = JSON.stringify(firing('Sent'))
const generic = JSON.stringify({ title: 'Sent', status: 'firing' })

const incidentsOf = async (url: string, key: string): Promise<number> => {
  const { json } = await ask(url, '/v1/incidents', { key })
  return (json['items'] as unknown[]).length
}

it('I5 basic, Grafana’s signature and a client certificate are each accepted as set, and nothing else is', async () => {
  const suture = await startedSuture({
    dataDir: dataFolder(),
    env: {
      SUTURE_LAB: 'off',
      SUTURE_PORT: '0',
      SUTURE_ALERTMANAGER_AUTH: 'basic',
      SUTURE_ALERTMANAGER_SECRET: 'prometheus:correct:horse',
      SUTURE_GRAFANA_AUTH: 'hmac',
      SUTURE_GRAFANA_SECRET: 'battery-staple',
      SUTURE_GENERIC_AUTH: 'mtls',
      SUTURE_GENERIC_MTLS_SUBJECTS: 'CN=alerts,O=Example;CN=second',
      SUTURE_MTLS_HEADER: 'X-Client-Subject',
      SUTURE_TRUSTED_PROXIES: '127.0.0.1',
    },
  })
  const url = suture.url()
  const key = adminKeyOf(suture)
  const signed = (time: string, over = payload) => ({
    'x-grafana-alerting-signature': sign('battery-staple', `${time}:${over}`),
    'x-grafana-alerting-timestamp': time,
  })
  const grafana = (headers: Record<string, string>) => post(url, 'grafana', payload, headers)
  const alertmanager = (headers: Record<string, string>) => post(url, 'alertmanager', payload, headers)
  const certified = (subject: string, from?: string) =>
    post(url, 'generic', generic, { 'x-client-subject': subject }, from)

  const refused: [string, Promise<Sent>][] = [
    ['missing', alertmanager({})],
    ['mismatch', alertmanager(basic('prometheus:wrong'))],
    ['mismatch', alertmanager(basic('grafana:correct:horse'))],
    ['malformed', alertmanager({ authorization: 'Bearer prometheus:correct:horse' })],
    ['missing', alertmanager({ 'x-suture-secret': 'prometheus:correct:horse' })],
    ['missing', grafana({})],
    ['missing', grafana({ authorization: 'Bearer battery-staple' })],
    ['mismatch', grafana({ ...signed(inSeconds()), 'x-grafana-alerting-signature': sign('wrong', payload) })],
    ['mismatch', grafana(signed(inSeconds(), `${payload} `))],
    ['stale', grafana(signed(inSeconds(-400)))],
    ['stale', grafana(signed(inSeconds(400)))],
    ['malformed', grafana({ 'x-grafana-alerting-signature': sign('battery-staple', payload) })],
    ['untrusted_proxy', certified('CN=alerts,O=Example', '127.0.0.2')],
    ['mismatch', certified('CN=alerts')],
    ['mismatch', certified('CN=alerts,O=Example;CN=second')],
    ['missing', certified('')],
    ['missing', post(url, 'generic', generic, { authorization: `Bearer ${key}` })],
  ]
  for (const [reason, sending] of refused) {
    const answer = await sending
    expect([answer.status, answer.reason], answer.text).toEqual([401, reason])
    expect(answer.text + (answer.challenge ?? '')).not.toMatch(/horse|staple|CN=/)
  }
  expect((await alertmanager({})).challenge).toMatch(/^Basic /)
  expect(await incidentsOf(url, key)).toBe(0)

  expect((await alertmanager(basic('prometheus:correct:horse'))).status).toBe(200)
  expect((await grafana(signed(inSeconds()))).status).toBe(200)
  expect((await grafana(signed(inSeconds(-200)))).status).toBe(200)
  expect((await certified('CN=alerts,O=Example')).status).toBe(200)
  expect((await certified('CN=second')).status).toBe(200)
  expect(await incidentsOf(url, key)).toBeGreaterThan(0)
  expect(await suture.stop()).toBe(0)
  expect(suture.stderr() + suture.stdout()).not.toMatch(/horse|staple/)
})

it('I5 Suture’s own signature and the bearer token are accepted as set; a source of which nothing is set refuses everybody', async () => {
  const suture = await startedSuture({
    dataDir: dataFolder(),
    env: {
      SUTURE_LAB: 'off',
      SUTURE_PORT: '0',
      SUTURE_GENERIC_AUTH: 'hmac',
      SUTURE_GENERIC_SECRET: 'battery-staple',
      SUTURE_GRAFANA_SECRET: 'correct-horse',
    },
  })
  const url = suture.url()
  const signed = (time: string, key = 'battery-staple') => ({
    'x-suture-signature': `t=${time},v1=${sign(key, `${time}.${generic}`)}`,
  })
  const send = (headers: Record<string, string>) => post(url, 'generic', generic, headers)
  const now = inSeconds()
  expect(await send(signed(now, 'wrong'))).toMatchObject({ status: 401, reason: 'mismatch' })
  expect(await send(signed(inSeconds(-400)))).toMatchObject({ status: 401, reason: 'stale' })
  expect(await send({ 'x-suture-signature': sign('battery-staple', generic) })).toMatchObject({
    status: 401,
    reason: 'malformed',
  })
  expect(await send({ authorization: 'Bearer battery-staple' })).toMatchObject({
    status: 401,
    reason: 'missing',
  })
  expect((await send(signed(now))).status).toBe(200)

  const bearer = (source: string, secret: string) =>
    post(url, source, payload, { authorization: `Bearer ${secret}` })
  expect(await bearer('grafana', 'wrong')).toMatchObject({ status: 401, reason: 'mismatch' })
  expect((await bearer('grafana', 'correct-horse')).status).toBe(200)
  for (const secret of ['correct-horse', 'undefined', 'null', ''])
    expect(await bearer('alertmanager', secret)).toMatchObject({ status: 401, reason: 'not_configured' })
  expect(await suture.stop()).toBe(0)
})

it.skipIf(!hasPrometheus)('I5 a real Alertmanager is let in by user and password', async () => {
  const dataDir = dataFolder()
  const suture = await startedSuture({
    dataDir,
    env: {
      SUTURE_LAB: 'off',
      SUTURE_PORT: '0',
      SUTURE_ALERTMANAGER_AUTH: 'basic',
      SUTURE_ALERTMANAGER_SECRET: 'alertmanager:correct-horse',
    },
  })
  const key = adminKeyOf(suture)
  const alertmanager = await startAlertmanager(join(dataDir, '..', 'alertmanager'), {
    url: `${suture.url()}/v1/alerts/alertmanager`,
    user: 'alertmanager',
    secret: 'correct-horse',
  })
  const alerts = [{ labels: { alertname: 'ServiceDown', service: 'shop' } }]
  expect((await ask(alertmanager, '/api/v2/alerts', { method: 'POST', body: alerts })).status).toBe(200)
  await expect.poll(() => incidentsOf(suture.url(), key), { timeout: 60_000 }).toBe(1)
  expect(await suture.stop()).toBe(0)
})

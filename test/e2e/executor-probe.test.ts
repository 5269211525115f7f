import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createHttpProbe, probeHealth } from '../../adapters/evidence/http-probe.ts'
import { Service } from '../../src/domain/service.ts'

const now = Temporal.Instant.from('2026-06-01T10:00:00Z')
const source = createHttpProbe({ now: () => now })
const open = () => new AbortController().signal
const question = { tenantId: 'main', beganAt: now }

async function aProbed(listener: RequestListener, timeout = '2s'): Promise<Service> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return aService({ url: `http://127.0.0.1:${port}/health`, timeout })
}

const aService = (probe?: { url: string; timeout?: string }): Service =>
  Service.parse({ name: 'checkout', ...(probe && { probe }) })

const health =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/health+json' }).end(JSON.stringify(body))

const since = '2026-06-01T09:58:00Z'
const warning = {
  status: 'warn',
  checks: {
    'memory:utilization': [
      { observedValue: 40, observedUnit: 'percent', status: 'pass' },
      { observedValue: 91, observedUnit: 'percent', status: 'warn', time: '2026-06-01T10:00:00Z' },
    ],
    'circuit:payments': [{ observedValue: 'open', status: 'fail', since }],
    'cache:hit-ratio': [{ observedValue: null, status: 'pass' }],
    broken: 'not a list',
  },
}

describe('the HTTP probe', () => {
  test('D2 reads a health answer into facts and one sentence', async () => {
    const service = await aProbed(health(warning))
    const evidence = await source.gather(service, open(), question)
    expect(evidence).toMatchObject({
      source: 'http_probe',
      subject: 'checkout',
      status: 'ok',
      observedAt: now,
    })
    expect(evidence?.facts).toEqual({
      reachable: true,
      failure: null,
      httpStatus: 200,
      latencyMs: expect.any(Number) as number,
      health: 'warn',
      'check.memory:utilization.status': 'warn',
      'check.memory:utilization.value': 91,
      'check.memory:utilization.unit': 'percent',
      'check.circuit:payments.status': 'fail',
      'check.circuit:payments.value': 'open',
      'check.circuit:payments.since': since,
      'check.cache:hit-ratio.status': 'pass',
      'check.cache:hit-ratio.value': null,
    })
    expect(evidence?.summary).toMatch(
      /^checkout answers 200 in \d+ ms and says warn; memory at 91 %; circuit payments open$/,
    )
    expect(await probeHealth(service, open())).toMatchObject({ healthy: false, measured: true })
  })

  test.each([
    [
      'a plain 204',
      (_: unknown, response: { writeHead(s: number): { end(): void } }) => response.writeHead(204).end(),
      true,
    ],
    ['pass', health({ status: 'pass' }), true],
    ['the synonym UP', health({ status: 'UP' }), true],
    ['warn', health({ status: 'warn' }), false],
    ['fail with 200', health({ status: 'fail' }), false],
    ['pass with 503', health({ status: 'pass' }, 503), false],
    ['a redirect', health({ status: 'pass' }, 302), false],
    ['a body that is no health answer', health(['x']), true],
  ] as [string, RequestListener, boolean][])('R6 %s: healthy is %s', async (_, listener, healthy) => {
    const service = await aProbed(listener)
    expect(await probeHealth(service, open())).toMatchObject({ healthy, measured: true })
  })

  test('D2 a service that does not answer is a finding, in time', async () => {
    const service = await aProbed(() => undefined, '200ms')
    const evidence = await source.gather(service, open(), question)
    expect(evidence).toMatchObject({
      status: 'ok',
      summary: 'checkout did not answer within 200 ms',
      facts: { reachable: false, failure: 'timeout', httpStatus: null, health: null },
    })
    expect(evidence?.durationMs).toBeLessThan(30_000)
    expect(await probeHealth(service, open())).toMatchObject({ healthy: false, measured: true })
  })

  test('D2 refused, reset and an unknown host are told apart', async () => {
    const failureOf = async (service: Service) =>
      (await source.gather(service, open(), question))?.facts['failure']
    expect(await failureOf(aService({ url: 'http://127.0.0.1:1/' }))).toBe('refused')
    expect(await failureOf(await aProbed((request) => void request.socket.destroy()))).toBe('reset')
    expect(await failureOf(aService({ url: 'http://nowhere.invalid/', timeout: '10s' }))).toBe('dns')
  })

  test('R6 no probe and a stopped look are not measured', async () => {
    expect(await source.gather(aService(), open(), question)).toBeNull()
    expect(await probeHealth(aService(), open())).toMatchObject({ healthy: false, measured: false })
    const service = await aProbed(() => undefined)
    expect(await probeHealth(service, AbortSignal.timeout(50))).toMatchObject({
      healthy: false,
      measured: false,
    })
    expect(await source.gather(service, AbortSignal.timeout(50), question)).toMatchObject({
      status: 'failed',
      facts: {},
    })
  })

  test.each([
    ['malformed JSON', '{"status":'],
    ['an endless body', undefined],
    [
      'hostile names',
      JSON.stringify({
        status: 'fail',
        checks: { __proto__: 1, 'a\u202e\0b': [{ status: 'fail', observedValue: { x: 1 } }] },
      }),
    ],
    [
      'too many checks',
      JSON.stringify({
        status: 'pass',
        checks: Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`c${n}`, []])),
      }),
    ],
  ])('D2 %s does no harm', async (_, body) => {
    const service = await aProbed((_, response) => {
      response.writeHead(200, { 'content-type': 'application/health+json' })
      if (body !== undefined) return void response.end(body)
      response.on('error', () => undefined)
      const flood = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      }
      response.on('drain', flood)
      flood()
    })
    const evidence = await source.gather(service, open(), question)
    expect(evidence).toMatchObject({ status: 'ok', facts: { reachable: true, httpStatus: 200 } })
    expect(Object.keys(evidence!.facts).length).toBeLessThan(200)
    expect(evidence!.summary).not.toMatch(/\p{Cc}|\p{Cf}/u)
  })
})

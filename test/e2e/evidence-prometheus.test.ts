import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createMetricReader, createPrometheus } from '../../adapters/evidence/prometheus.ts'
import { queryPrometheus } from '../../adapters/evidence/prometheus-query.ts'
import { Service } from '../../src/domain/service.ts'
import { hasPrometheus, startExporter, startPrometheus } from '../support/prometheus.ts'

const open = () => new AbortController().signal
const clock = { now: () => Temporal.Now.instant(), monotonicMs: () => performance.now() }
const settings = (urls: readonly string[], over: { token?: string; timeoutMs?: number } = {}) => ({
  urls,
  token: null,
  // Nothing here tests how fast this machine is.
  timeoutMs: 30_000,
  publicUrl: null,
  ...over,
})

/** A server that answers as it is told, and what it was asked. */
const aServer = async (
  listener: RequestListener,
): Promise<{ url: string; asked: string[]; auth: string[] }> => {
  const asked: string[] = []
  const auth: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    auth.push(request.headers.authorization ?? '')
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked, auth }
}

const says =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const vector = (...values: string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value) => ({ metric: {}, value: [1_700_000_000, value] })),
  },
})
/** A port that nobody listens at, and that may be asked. */
const nobody = 'http://127.0.0.1:2'

describe('one query', () => {
  test.each([
    ['one sample', vector('0.12'), 0.12],
    ['a scalar', { status: 'success', data: { resultType: 'scalar', result: [1, '3'] } }, 3],
    ['an empty result', vector(), null],
    ['NaN, which nothing divided by nothing gives', vector('NaN'), null],
    ['an infinity', vector('+Inf'), null],
    ['a text where a number belongs', vector(''), null],
  ])('D2 R7 %s is a number or no data, never 0', async (_, body, value) => {
    const { url } = await aServer(says(body))
    expect(await queryPrometheus(settings([url]), 'up', null, open())).toEqual({ ok: true, value })
  })

  test.each([
    ['several series', vector('1', '2'), 200, 'The query gives 2 series where one number is needed'],
    [
      'a refused query',
      { status: 'error', errorType: 'bad_data', error: 'parse error: \u001b[31munexpected' },
      400,
      'Prometheus refuses the query: parse error: [31munexpected',
    ],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }, 200, 'a matrix where'],
    [
      'a histogram',
      { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] } },
      200,
      'a histogram where',
    ],
    ['something else', { hello: 'world' }, 200, 'is no Prometheus'],
    ['a missing right', {}, 403, 'check SUTURE_PROMETHEUS_TOKEN'],
    ['a fault', {}, 500, 'HTTP 500'],
  ])('D2 %s is a failure in words', async (_, body, status, words) => {
    const { url } = await aServer(says(body, status))
    const result = await queryPrometheus(settings([url]), 'up', null, open())
    expect(result).toMatchObject({ ok: false, timedOut: false })
    expect(!result.ok && result.problem).toContain(words)
  })

  test('D2 only reads: one GET to the query address, with the token as a bearer', async () => {
    const { url, asked, auth } = await aServer(says(vector('1')))
    const at = Temporal.Instant.from('2026-06-01T10:00:00Z')
    const options = settings([`${url}/prefix/`], { token: 'a-token-of-a-test' })
    await queryPrometheus(options, 'sum(up) & more=1#', at, open())
    expect(asked).toEqual([
      'GET /prefix/api/v1/query?query=sum%28up%29+%26+more%3D1%23&timeout=30000ms&time=2026-06-01T10%3A00%3A00Z',
    ])
    expect(auth).toEqual(['Bearer a-token-of-a-test'])
  })

  test('D2 a redirect is not followed, and the token goes nowhere', async () => {
    const elsewhere = await aServer(says(vector('1')))
    const { url } = await aServer((_, response) =>
      response.writeHead(302, { location: `${elsewhere.url}/api/v1/query` }).end(),
    )
    const result = await queryPrometheus(settings([url], { token: 'secret' }), 'up', null, open())
    expect(result).toMatchObject({ ok: false })
    expect(elsewhere.asked).toEqual([])
  })

  test('D2 an answer without end is broken off', async () => {
    let sent = 0
    const { url } = await aServer((_, response) => {
      const block = 'x'.repeat(64 * 1024)
      const more = (): void => {
        if (response.destroyed) return
        sent += block.length
        response.write(block, () => setImmediate(more))
      }
      more()
    })
    const result = await queryPrometheus(settings([url]), 'up', null, open())
    expect(result).toMatchObject({
      ok: false,
      problem: expect.stringContaining('far more than one number') as unknown,
    })
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  test('D2 a Prometheus that hangs has timed out; the caller may call it off before', async () => {
    const { url } = await aServer(() => undefined)
    const hung = await queryPrometheus(settings([url], { timeoutMs: 30 }), 'up', null, open())
    expect(hung).toEqual({
      ok: false,
      timedOut: true,
      problem: `Prometheus at ${new URL(url).host} did not answer within 0.03 s.`,
    })
    const off = await queryPrometheus(settings([url]), 'up', null, AbortSignal.abort())
    expect(off).toMatchObject({ ok: false, timedOut: true })
  })

  test('D2 the next replica is asked when one is not there or has a fault, and none for a query that is wrong', async () => {
    const broken = await aServer(says({}, 503))
    const good = await aServer(says(vector('7')))
    const refuses = await aServer(says({ status: 'error', error: 'parse error' }, 400))
    const ask = (...urls: string[]) => queryPrometheus(settings(urls), 'up', null, open())
    expect(await ask(nobody, broken.url, good.url)).toEqual({ ok: true, value: 7 })
    expect(await ask(refuses.url, good.url)).toMatchObject({ ok: false })
    expect(good.asked).toHaveLength(1)
    expect(await ask(nobody)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('ECONNREFUSED') as unknown,
    })
  })
})

const tempDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'suture-evidence-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  return dir
}

const checkout = (metrics?: Record<string, string>) => Service.parse({ name: 'checkout', metrics })
const question = { tenantId: 'main', beganAt: Temporal.Now.instant() }

describe('evidence from Prometheus', () => {
  test('D2 a service without queries is not asked about', async () => {
    const { url, asked } = await aServer(says(vector('1')))
    expect(await createPrometheus(settings([url]), clock).gather(checkout(), open(), question)).toBeNull()
    expect(asked).toEqual([])
  })

  test('D2 one query that fails takes nothing from the others', async () => {
    const { url } = await aServer((request, response) =>
      request.url?.includes('bad') === true
        ? says({ status: 'error', error: 'parse error' }, 400)(request, response)
        : says(vector('0.25'))(request, response),
    )
    const service = checkout({ errorRate: 'good', latencyP99: 'bad' })
    const evidence = await createPrometheus(settings([url]), clock).gather(service, open(), question)
    expect(evidence).toMatchObject({
      status: 'ok',
      summary:
        'Errors 25 % now, 25 % an hour ago; 99 of 100 requests answered within not known: Prometheus refuses the query: parse error.',
      facts: {
        'errorRate.now': 0.25,
        'latencyP99.problem': 'Prometheus refuses the query: parse error',
      },
    })
  })

  test('D2 a Prometheus that is gone is evidence that says so once, and one that hangs has timed out', async () => {
    const service = checkout({ errorRate: 'a', latencyP99: 'b' })
    const gone = await createPrometheus(settings([nobody]), clock).gather(service, open(), question)
    expect(gone).toMatchObject({
      status: 'failed',
      summary: "Prometheus at 127.0.0.1:2 can't be reached: ECONNREFUSED.",
    })
    const { url } = await aServer(() => undefined)
    const hung = await createPrometheus(settings([url], { timeoutMs: 30 }), clock).gather(
      service,
      open(),
      question,
    )
    expect(hung).toMatchObject({ status: 'timed_out' })
  })

  test('D2 what it is compared with lies an hour back, or before it began', async () => {
    const { url, asked } = await aServer(says(vector('1')))
    const now = Temporal.Instant.from('2026-06-01T12:00:00Z')
    const source = createPrometheus(settings([url]), { ...clock, now: () => now })
    const service = checkout({ requestRate: 'r' })
    const times = async (beganAt: string) => {
      asked.length = 0
      const given = { tenantId: 'main', beganAt: Temporal.Instant.from(beganAt) }
      const evidence = await source.gather(service, open(), given)
      const compared = asked.flatMap((line) => new URL(line.slice(4), url).searchParams.get('time') ?? [])
      return { compared, words: evidence?.summary, key: source.dependsOn?.(given) }
    }
    expect(await times('2026-06-01T11:55:30Z')).toEqual({
      compared: ['2026-06-01T11:00:00Z'],
      words: 'Requests 1 a second now, 1 a second an hour ago.',
      key: 'an hour ago',
    })
    expect(await times('2026-06-01T09:30:30Z')).toEqual({
      compared: ['2026-06-01T09:20:00Z'],
      words: 'Requests 1 a second now, 1 a second before it began.',
      key: '2026-06-01T09:20:00Z',
    })
  })
})

describe('the reader that verification asks', () => {
  test('R7 D2 says that nothing was measured where no Prometheus is connected', async () => {
    expect(await createMetricReader(null).read(checkout(), 'up', open())).toEqual({
      ok: false,
      problem: 'No Prometheus is connected: set SUTURE_PROMETHEUS_URL.',
    })
  })

  test('R7 D2 asks anew each time', async () => {
    const { url, asked } = await aServer(says(vector('1')))
    const reader = createMetricReader(settings([url]))
    for (let time = 0; time < 3; time += 1)
      expect(await reader.read(checkout(), 'up', open())).toEqual({ ok: true, value: 1 })
    expect(asked).toHaveLength(3)
  })
})

/** One request in `of` failed at each look, an hour ago, for as long as it was looked at. */
const past = (now: number): string => {
  const seconds = Array.from({ length: 81 }, (_, index) => Math.round(now / 1_000) - 4_200 + index * 15)
  return [
    '# TYPE http_requests counter',
    ...seconds.map((at, index) => `http_requests_total{service="checkout",code="500"} ${index * 3} ${at}`),
    ...seconds.map((at, index) => `http_requests_total{service="checkout",code="200"} ${index * 997} ${at}`),
    '# TYPE slowest_seconds gauge',
    ...seconds.map((at) => `slowest_seconds{service="checkout"} 0.18 ${at}`),
    '',
  ].join('\n')
}

describe.skipIf(!hasPrometheus)('a real Prometheus', () => {
  test('D2 R7 tells 12 % of errors now from 0.3 % an hour ago, no data from 0, and a wrong query from both', async () => {
    let looks = 0
    const target = await startExporter(() => {
      looks += 1
      return [
        '# TYPE http_requests_total counter',
        `http_requests_total{service="checkout",code="500"} ${looks * 12}`,
        `http_requests_total{service="checkout",code="200"} ${looks * 88}`,
        'http_requests_total{service="idle",code="200"} 5',
        '# TYPE slowest_seconds gauge',
        'slowest_seconds{service="checkout"} 2.4',
        '',
      ].join('\n')
    })
    const url = await startPrometheus(join(await tempDir(), 'prometheus'), { target, past: past(Date.now()) })
    const errors = (service: string) =>
      `sum(rate(http_requests_total{service="${service}",code=~"5.."}[1m])) / sum(rate(http_requests_total{service="${service}"}[1m]))`
    const service = checkout({
      errorRate: errors('checkout'),
      latencyP99: 'max(slowest_seconds{service="checkout"})',
      saturation: 'max(there_is_no_such_metric)',
      requestRate: 'sum(rate(',
    })
    const reader = createMetricReader(settings([url]))
    const read = (query: string) => reader.read(service, query, open())
    // Two looks make a rate.
    await expect
      .poll(() => read(errors('checkout')), { timeout: 60_000, interval: 100 })
      .toEqual({ ok: true, value: expect.closeTo(0.12, 5) as unknown })

    const evidence = await createPrometheus(settings([url]), clock).gather(service, open(), question)
    expect(evidence).toMatchObject({
      source: 'prometheus',
      subject: 'checkout',
      status: 'ok',
      facts: {
        'errorRate.now': expect.closeTo(0.12, 5) as unknown,
        'errorRate.before': expect.closeTo(0.003, 5) as unknown,
        'latencyP99.now': 2.4,
        'latencyP99.before': 0.18,
        'saturation.now': null,
        'saturation.before': null,
        'requestRate.problem': expect.stringContaining('Prometheus refuses the query') as unknown,
      },
    })
    expect(evidence?.summary).toMatch(
      /^Errors 12 % now, 0\.3 % an hour ago; 99 of 100 requests answered within 2\.4 s now, 180 ms an hour ago; Saturation: no data; Requests not known: Prometheus refuses the query: /,
    )
    const link = new URL(String(evidence?.facts['link']))
    expect(link.origin).toBe(url)
    expect(link.searchParams.get('g0.expr')).toBe(errors('checkout'))
    expect((await fetch(link)).ok).toBe(true)

    // Nothing by nothing is NaN there, and a query by service is many series.
    await expect
      .poll(() => read(errors('idle')), { timeout: 60_000, interval: 100 })
      .toEqual({
        ok: true,
        value: null,
      })
    expect(await read('http_requests_total')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('put sum(…) or max(…) around it') as unknown,
    })
    expect(await read('scalar(vector(42))')).toEqual({ ok: true, value: 42 })
  })
})

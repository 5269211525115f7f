import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { IntakeFull } from '../../src/app/ingest/intake-full.ts'
import { createListener } from '../../src/http/listener.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { cpuMsOf } from '../support/cpu-time.ts'
import { alertSecret, type TestHttp, testHttp } from '../support/http.ts'

/** What a sender of alerts can do to Suture, by malice or by mistake. */

let t: TestHttp
beforeAll(async () => {
  t = await testHttp()
})
afterAll(() => t.close())

const sender = { authorization: `Bearer ${alertSecret}` }
const post = (source: string, body: unknown, http = t) =>
  http.ask('POST', `/v1/alerts/${source}`, { body, headers: sender })
const alertNamed = (alertname: string) => ({ status: 'firing', labels: { alertname } })
const rows = <T>(work: (tx: Parameters<Parameters<typeof inTenant>[2]>[0]) => Promise<T>) =>
  inTenant(t.app.store, testTenant, work)

describe('a flood', () => {
  /** A database that does not answer for now: nothing is written before `open`. */
  const slowly = () => {
    const gate = Promise.withResolvers<void>()
    const { configuration } = t.app
    const of: typeof configuration.of = async (tenantId) => {
      await gate.promise
      return configuration.of(tenantId)
    }
    return { writer: createIngestWriter({ ...t.app, configuration: { of } }), open: () => gate.resolve() }
  }
  const request = (alerts: number) => ({
    tenantId: testTenant,
    source: 'alertmanager' as const,
    alerts: Array.from({ length: alerts }, () => anAlert({ title: 'Flood', service: null })),
    keptAside: [],
  })

  it('I2 that cannot be written in time is refused and not held in memory; what was taken lands', async () => {
    const { writer, open } = slowly()
    const taken = Array.from({ length: 51 }, () => writer.ingest(request(1_000)))
    expect(writer.waiting()).toBe(50_000)
    await expect(writer.ingest(request(1))).rejects.toBeInstanceOf(IntakeFull)
    open()
    expect((await Promise.all(taken)).reduce((sum, receipt) => sum + receipt.received, 0)).toBe(51_000)
    expect(writer.waiting()).toBe(0)
    expect(await writer.ingest(request(1))).toMatchObject({ received: 1 })
  })

  it('I5 is told to come again: 503 with Retry-After, and nothing of it was taken', async () => {
    const ingest = {
      ingest: () => Promise.reject(new IntakeFull(50_000, 50_000)),
      drain: async () => undefined,
      waiting: () => 50_000,
    }
    const full = await testHttp({ deps: { ingest } })
    try {
      const answer = await post('alertmanager', { alerts: [alertNamed('A')] }, full)
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('2')
      expect(answer.json).toMatchObject({
        code: 'unavailable',
        detail: expect.stringContaining('50000 alerts wait') as string,
      })
    } finally {
      await full.close()
    }
  })

  it('I5 of bad alerts, many requests at once, does not cost the one good alert among them', async () => {
    const bad = { alerts: Array.from({ length: 1_000 }, () => 7) }
    const answers = await Promise.all([
      ...Array.from({ length: 12 }, () => post('alertmanager', bad)),
      post('alertmanager', { alerts: [alertNamed('GoodAmongBad')] }),
      ...Array.from({ length: 12 }, () => post('alertmanager', bad)),
    ])
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
    const kept = await rows((tx) =>
      tx.db
        .selectFrom('alert_kept_aside')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    )
    expect(kept.count).toBe(24_000)
    const good = await rows((tx) =>
      tx.db.selectFrom('alert').select('title').where('title', '=', 'GoodAmongBad').execute(),
    )
    expect(good).toHaveLength(1)
  })
})

describe('one alert', () => {
  it('I5 with a hundred thousand links is read at once, and keeps a few', async () => {
    const links = Array.from({ length: 100_000 }, (_, at) => `http://a.b/${at}`)
    const spent = await cpuMsOf(async () => {
      const answer = await post('generic', { title: 'ManyLinks', links })
      expect(answer.status).toBe(200)
    })
    expect(spent).toBeLessThan(3_000)
    const row = await rows((tx) =>
      tx.db.selectFrom('alert').select('links').where('title', '=', 'ManyLinks').executeTakeFirstOrThrow(),
    )
    expect(row.links).toHaveLength(20)
  })

  it('I5 with escape sequences, overrides and a service as long as a book lands, with the others of its batch', async () => {
    const nasty = '\u001b[31mred\u001b[0m \u202egnp.exe <b>@everyone</b> [x](javascript:alert(1))'
    const long = Array.from({ length: 1_000 }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000)),
    )
    const answer = await post('alertmanager', {
      alerts: [
        { status: 'firing', labels: { alertname: nasty, service: nasty } },
        { status: 'firing', labels: { alertname: 'LongService', service: long.join('') } },
        { ...alertNamed('javascript'), generatorURL: 'javascript:alert(1)' },
        alertNamed('Plain'),
      ],
    })
    expect(answer.json).toMatchObject({ received: 4, created: 4, keptAside: [] })
    const stored = await rows((tx) => tx.db.selectFrom('alert').select('links').execute())
    expect(JSON.stringify(stored)).not.toContain('javascript:')
  })
})

describe('a stranger', () => {
  it('I5 who knows no secret is answered before any of the body is read', async () => {
    const server = createServer(createListener(t.http))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        // The body is announced and never sent.
        socket.write(
          `POST /v1/alerts/alertmanager HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer guess\r\n` +
            'Content-Type: application/json\r\nContent-Length: 2000000\r\n\r\n',
        ),
      )
      socket.setEncoding('utf8').once('data', (text: string) => {
        resolve(text)
        socket.destroy()
      })
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})

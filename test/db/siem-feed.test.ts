import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJsonLinesSink } from '../../adapters/siem/json-lines.ts'
import { createSyslogSink } from '../../adapters/siem/syslog.ts'
import { createWebhookSink } from '../../adapters/siem/webhook.ts'
import { feedSiem } from '../../src/app/audit/siem-feed.ts'
import { commit } from '../../src/app/commit.ts'
import type { SinkRecord } from '../../src/app/ports.ts'
import { RefusedEntry } from '../../src/domain/siem/refused-entry.ts'
import { createHealth } from '../../src/start/health.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { readSiemLag } from '../../src/storage/siem.repository.ts'
import { type TestApp, testApp, testTenant } from '../support/app.ts'
import { loopbackCertificate } from '../support/loopback-certificate.ts'
import { asOwnerOfAll, keysInHand, sealAll, write } from './seal-world.ts'
import {
  feedAll,
  feedOf,
  firstOf,
  linesOf,
  syslogReceiver,
  type Told,
  webhookReceiver,
} from './siem-world.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

/** Every third time: dead between sending and moving the cursor. */
const everyThirdDies = (): (() => boolean) => {
  let times = 0
  return () => ++times % 3 !== 0
}

describe('the history on its way to a SIEM', () => {
  let world: TestApp
  let size: number
  const keys = keysInHand()
  const folder = mkdtempSync(join(tmpdir(), 'suture-siem-'))
  const seal = async () => {
    await sealAll(world, keys.source)
  }
  beforeAll(async () => {
    world = await testApp()
    await write(world.app, 40)
    await commit(world.app, testTenant, async (_tx, out) => {
      for (const letter of ['ä', ']"\\\n', 'x'])
        out.audit({
          event: 'message_posted',
          actor: 'person_ada',
          subject: `inc-${letter}`,
          details: { text: letter.repeat(7_000), token: 'not-to-be-seen' },
        })
    })
    await seal()
    size = (await readSiemLag(world.app.store, 'nobody')).waiting
    expect(size).toBeGreaterThan(42)
  })
  afterAll(async () => {
    await world.close()
    rmSync(folder, { recursive: true })
  })

  const syslog = (port: number, given: Partial<Parameters<typeof createSyslogSink>[0]> = {}) =>
    createSyslogSink({
      secure: false,
      host: '127.0.0.1',
      port,
      authority: null,
      ownHost: 'suture.test',
      settleMs: 20,
      ...given,
    })

  it.each([
    ['TCP', false],
    ['TLS', true],
  ])(
    'A3 syslog over %s: connections that break and processes that die lose nothing and change no order',
    async (name, secure) => {
      const receiver = await syslogReceiver([0, 1, 700, null, 5_000, null, 20_000, null, 3], secure)
      const feed = feedOf(syslog(receiver.port, { secure, authority: loopbackCertificate }), {
        name,
        batch: 12,
      })
      const { deaths, failures } = await feedAll(world, feed, everyThirdDies())
      await receiver.close()
      expect(failures.length).toBeGreaterThanOrEqual(5)
      expect(deaths).toBeGreaterThan(0)
      expect(firstOf(receiver.told)).toEqual(upTo(size))
      expect(receiver.told.length).toBeGreaterThan(size)
      // What came twice is the same, under the same id.
      const texts = new Map(receiver.told.map((each) => [each.metadata.uid, JSON.stringify(each)]))
      expect(texts.size).toBe(size)
      for (const each of receiver.told) expect(JSON.stringify(each)).toBe(texts.get(each.metadata.uid))
      const odd = receiver.told.find(({ unmapped }) => unmapped.subject === 'inc-]"\\\n')
      expect(odd?.unmapped.details).toEqual({
        text: ']"\\\n'.repeat(7_000),
        token: '[Redacted]',
      })
      expect(receiver.heads.find((head) => head.includes('inc-\\]'))).toMatch(
        /^<110>1 \S+Z suture\.test suture - message_posted \[suture@32473 id="[0-9a-f-]{36}" tenant="lab" log="suture\.test\/audit\/lab" index="\d+" actor="person_ada" subject="inc-\\\]\\"\\\\\uFFFD"\] $/,
      )
    },
  )

  it('A3 a receiver that closes in order before everything has arrived has not got it', async () => {
    const receiver = await syslogReceiver([])
    await receiver.close()
    const gone = feedOf(syslog(receiver.port), { name: 'gone' })
    expect((await feedSiem(world.app, gone)).join()).toContain('ECONNREFUSED')
    const { createServer } = await import('node:net')
    const early = createServer((socket) =>
      socket.on('error', () => undefined).once('data', () => socket.end()),
    )
    await new Promise<void>((ready) => early.listen(0, '127.0.0.1', ready))
    const { port } = early.address() as { port: number }
    const problems = await feedSiem(world.app, feedOf(syslog(port, { settleMs: 10_000 }), { name: 'early' }))
    expect(problems.join()).toContain('it closed the connection before everything had arrived')
    expect((await readSiemLag(world.app.store, 'early')).waiting).toBe(size)
    await new Promise((closed) => early.close(closed))
  })

  it('A3 a certificate that nobody vouches for, or of another name, is refused before anything is sent', async () => {
    const receiver = await syslogReceiver([], true)
    const unknown = syslog(receiver.port, { secure: true })
    const otherName = syslog(receiver.port, {
      secure: true,
      authority: loopbackCertificate,
      host: 'localhost',
    })
    expect((await feedSiem(world.app, feedOf(unknown, { name: 'unknown' }))).join()).toMatch(
      /self-signed|DEPTH_ZERO/,
    )
    expect((await feedSiem(world.app, feedOf(otherName, { name: 'other name' }))).join()).toMatch(
      /ALTNAME|altnames/,
    )
    await receiver.close()
    expect(receiver.told).toEqual([])
  })

  it('A3 a webhook has signed batches of lines, and is asked again whatever it answered', async () => {
    const receiver = await webhookReceiver([500, 'cut', 204, 302, 204, 429, 'cut'])
    const sink = createWebhookSink({
      url: `http://127.0.0.1:${receiver.port}/in?token=not-to-be-told`,
      secret: 'a secret of the test',
      authority: null,
    })
    const feed = feedOf(sink, { name: 'webhook', batch: 12 })
    const { deaths, failures } = await feedAll(world, feed, everyThirdDies())
    await receiver.close()
    expect(failures).toHaveLength(5)
    expect(failures.join()).not.toContain('not-to-be-told')
    expect(failures[0]).toContain('it answered 500')
    const picky = await webhookReceiver([413, 500])
    const asked = createWebhookSink({
      url: `http://127.0.0.1:${picky.port}/in`,
      secret: null,
      authority: null,
    })
    const record = {} as SinkRecord
    await expect(asked([record])).rejects.toBeInstanceOf(RefusedEntry)
    await expect(asked([record])).rejects.not.toBeInstanceOf(RefusedEntry)
    await picky.close()
    expect(deaths).toBeGreaterThan(0)
    expect(firstOf(receiver.told)).toEqual(upTo(size))
    for (const { headers, body } of receiver.posts) {
      expect(headers['content-type']).toBe('application/x-ndjson')
      const [, time = '', hex] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-suture-signature'])) ?? []
      expect(hex).toBe(createHmac('sha256', 'a secret of the test').update(`${time}.${body}`).digest('hex'))
      const numbers = linesOf(body).map(({ metadata }) => metadata.sequence)
      expect(headers['idempotency-key']).toBe(`lab-${numbers[0]}-${numbers.at(-1)}`)
    }
  })

  it('A3 a batch has no more than a megabyte, and an entry is never cut for it', async () => {
    const sizes: number[] = []
    const sink = feedOf(
      async (records) => {
        sizes.push(records.length)
      },
      { name: 'sizes' },
    )
    await commit(world.app, testTenant, async (_tx, out) => {
      for (const at of upTo(20))
        out.audit({
          event: 'message_posted',
          actor: 'person_ada',
          subject: `big-${at}`,
          details: { text: 'y'.repeat(60_000) },
        })
    })
    await seal()
    await feedAll(world, sink)
    size += 20
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBe(size)
    expect(sizes.length).toBe(2)
  })

  it('A3 a file has a line for each, also behind one that a dying process left half', async () => {
    const path = join(folder, 'audit.jsonl')
    writeFileSync(path, '{"half":')
    await feedAll(world, feedOf(createJsonLinesSink(path), { name: 'file', batch: 7 }), everyThirdDies())
    const text = readFileSync(path, 'utf8')
    expect(text.startsWith('{"half":\n{"class_uid"')).toBe(true)
    expect(firstOf(linesOf(text.slice('{"half":\n'.length)))).toEqual(upTo(size))
  })

  it('A3 a SIEM that is away is asked ever more seldom, health says so, and other tenants and sinks go on', async () => {
    await ensureTenant(world.ownerUrl, 'other', 'Other')
    await write(world.app, 3, 'other')
    await seal()
    const asked: string[] = []
    let isAway = true
    const feed = feedOf(
      async (records) => {
        asked.push(records[0]?.tenantId ?? '')
        if (isAway && records[0]?.tenantId === testTenant) throw new Error('it is away')
      },
      { name: 'away' },
    )
    const health = createHealth(
      {
        app: { ...world.app, clock: { now: () => Temporal.Now.instant(), monotonicMs: () => 0 } },
        containment: () => ({ kind: 'pid_namespace', sentence: 'contained' }),
      },
      {
        version: 'test',
        watchdogAlive: null,
        configuration: () => ({ status: 'pass' as const, detail: 'fits' }),
        ingest: { waiting: () => 0 },
        database: { describe: 'PostgreSQL of the test', directory: null, away: () => null },
        siem: 'away',
      },
    )
    const siem = async () => (await health()).checks['siem']
    expect(await feedSiem(world.app, feed)).toEqual([
      'the SIEM of SUTURE_SIEM_URL was not given the history of lab: it is away',
    ])
    expect(asked).toEqual(['lab', 'other'])
    expect(await siem()).toMatchObject({ status: 'warn' })
    expect((await siem())?.detail).toMatch(
      new RegExp(`^${size} sealed entries wait .*; the last try failed: it is away$`),
    )
    for (const waitMs of [1_000, 2_000, 4_000]) {
      world.shift(waitMs - 500)
      expect(await feedSiem(world.app, feed)).toEqual([])
      world.shift(600)
      expect(await feedSiem(world.app, feed)).toHaveLength(1)
    }
    isAway = false
    world.shift(8_001)
    expect(await feedSiem(world.app, feed)).toEqual([])
    expect(await siem()).toMatchObject({ status: 'pass', detail: 'the SIEM has every sealed entry' })
  })

  it('A3 an entry that the receiver refuses for good is found by halves and passed over with a placeholder, and the history says so', async () => {
    const poison = 17
    const seen: SinkRecord[] = []
    const answers = (takesPlaceholders: boolean) =>
      feedOf(
        async (records) => {
          const isRefused = ({ tenantId, index, event }: SinkRecord) =>
            tenantId === testTenant &&
            index === poison &&
            !(takesPlaceholders && event === 'audit_entry_withheld')
          if (records.some(isRefused)) throw new RefusedEntry('it answered 413')
          seen.push(...records.filter(({ tenantId }) => tenantId === testTenant))
        },
        { name: 'picky' },
      )
    const stubborn = answers(false)
    for (let tries = 1; tries <= 9; tries += 1) {
      expect((await feedSiem(world.app, stubborn)).join()).toContain('of lab: it answered 413')
      // All before it has arrived at the first try, and nothing behind it before it is settled.
      expect(seen.map(({ index }) => index)).toEqual(upTo(poison))
      world.shift(300_001)
    }
    expect((await feedSiem(world.app, answers(true))).join()).toBe(
      `the SIEM of SUTURE_SIEM_URL refuses entry ${poison} of lab for good (it answered 413); a placeholder went in its place`,
    )
    expect(seen.map(({ index }) => index)).toEqual(upTo(seen.length))
    expect(seen).toHaveLength(size)
    const placeholder = JSON.parse(seen[poison]!.json) as Told
    expect(placeholder).toMatchObject({
      class_uid: 2004,
      severity: 'High',
      metadata: { event_code: 'audit_entry_withheld', sequence: poison },
    })
    expect(placeholder.unmapped.details).toEqual({})
    await seal()
    await feedSiem(world.app, answers(true))
    expect(seen.at(-1)).toMatchObject({ event: 'siem_entry_refused', actor: 'person_suture' })
    expect((JSON.parse(seen.at(-1)!.json) as Told).unmapped.details).toMatchObject({
      index: poison,
      answer: 'it answered 413',
    })
    size += 1
  })

  it('A3 who no longer leads sends nothing, and a cursor never goes back', async () => {
    let sent = 0
    const idle = feedOf(async () => void (sent += 1), { name: 'idle', mayGoOn: () => false })
    expect(await feedSiem(world.app, idle)).toEqual([])
    expect(sent).toBe(0)
    // Two that both believe that they lead: one sends twice what the other has, and neither moves the other back.
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let slowSent = 0
    const slow = feedOf(
      async () => {
        slowSent += 1
        if (slowSent === 1) await held
      },
      { name: 'two', batch: 5 },
    )
    const slowTurn = feedSiem(world.app, slow)
    await expect.poll(() => slowSent).toBe(1)
    await feedAll(
      world,
      feedOf(async () => undefined, { name: 'two', batch: 50 }),
    )
    release()
    await slowTurn
    expect((await readSiemLag(world.app.store, 'two')).waiting).toBe(0)
  })

  it('A3 an entry that was taken out or changed behind the log is told as that, and holds nothing up', async () => {
    await asOwnerOfAll(world.ownerUrl, async (client) => {
      const seqOf = `(select seq from audit_leaf where tenant_id = 'lab' and index = $1)`
      await client.query(`delete from audit_entry where seq = ${seqOf}`, [3])
      await client.query(`update audit_entry set bytes = 'no json' where seq = ${seqOf}`, [5])
    })
    const path = join(folder, 'damaged.jsonl')
    await feedAll(world, feedOf(createJsonLinesSink(path), { name: 'damaged' }))
    const told = linesOf(readFileSync(path, 'utf8'))
    expect(firstOf(told)).toEqual(upTo(size))
    expect(
      told
        .filter(({ message }) => message.includes('is gone, or is not what was sealed'))
        .map(({ metadata }) => metadata.uid),
    ).toEqual(['suture.test/audit/lab#3', 'suture.test/audit/lab#5'])
  })
})

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import type { IngestReceipt } from '../../src/app/ingest/write-alerts.ts'
import { type Alert, type AlertStatus, type Severity, severities } from '../../src/domain/alert.ts'
import { openStore, type Store } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('ingest under fire', () => {
  let world: CoreWorld
  /** A second process: nothing in common with the first but the database. */
  let otherStore: Store
  beforeAll(async () => {
    world = await coreWorld()
    otherStore = openStore({
      url: world.appUrl,
      maxConnections: 10,
      shiftMs: world.app.store.shiftMs,
      onError: () => undefined,
    })
  })
  afterAll(async () => {
    await otherStore.close()
    await world.close()
  })

  const writers = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      createIngestWriter(at % 2 === 0 ? world.app : { ...world.app, store: otherStore }),
    )
  const send = (alerts: readonly Alert[], writer = createIngestWriter(world.app)): Promise<IngestReceipt> =>
    writer.ingest({ tenantId: testTenant, source: 'alertmanager', alerts, keptAside: [] })
  const incidentsOf = (service: string) =>
    world.read((tx) =>
      tx.db.selectFrom('incident').selectAll().where('service', '=', service).orderBy('opened_at').execute(),
    )
  const alertsOf = (service: string) =>
    world.read((tx) =>
      tx.db.selectFrom('alert').selectAll().where('service', '=', service).orderBy('fingerprint').execute(),
    )
  const at = (minute: number) =>
    Temporal.Instant.from('2026-11-22T14:00:00Z').add({ seconds: Math.round(minute * 60) })

  it('I2 I3 100 copies of one alert at once through several writers and two processes are one incident', async () => {
    const { name } = world.take()
    const alert = anAlert({ service: name })
    const all = writers(6)
    const receipts = await Promise.all(
      Array.from({ length: 100 }, (_, copy) => send([alert], all[copy % all.length])),
    )
    expect(receipts).toHaveLength(100)
    expect(await alertsOf(name)).toMatchObject([{ received: 100, status: 'firing' }])
    const incidents = await incidentsOf(name)
    expect(incidents).toMatchObject([{ status: 'open', firing: 1, flaps: 0 }])
    const cards = await world.read((tx) =>
      tx.db
        .selectFrom('card')
        .select('kind')
        .where('incident_id', '=', incidents[0]?.id ?? '')
        .execute(),
    )
    expect(cards).toEqual([{ kind: 'incident' }])
    expect(
      (await world.eventsOf(incidents[0]?.id ?? '')).filter((event) => event === 'incident_opened'),
    ).toEqual(['incident_opened'])
  })

  it('I2 every alert that was acknowledged stands in an audit entry', async () => {
    const services = Array.from({ length: 4 }, () => world.take().name)
    const alerts = services.flatMap((service) =>
      Array.from({ length: 10 }, (_, number) => anAlert({ service, labels: { number: String(number) } })),
    )
    const all = writers(4)
    await Promise.all(alerts.map((alert, number) => send([alert], all[number % all.length])))
    const entries = await world.read((tx) =>
      tx.db.selectFrom('audit_entry').select('bytes').where('event', '=', 'alerts_received').execute(),
    )
    const named = new Set(
      entries.flatMap(
        (row) => (JSON.parse(row.bytes.toString()) as { details: { firing: string[] } }).details.firing,
      ),
    )
    for (const alert of alerts) expect(named).toContain(alert.fingerprint.slice(0, 16))
  })

  it('I3 batches that overlap in opposite order from four writers lose no alert', async () => {
    const services = Array.from({ length: 6 }, () => world.take().name)
    const alerts = services.flatMap((service) =>
      Array.from({ length: 8 }, (_, number) => anAlert({ service, labels: { number: String(number) } })),
    )
    const all = writers(4)
    const rounds: Promise<IngestReceipt>[] = []
    for (let round = 0; round < 6; round += 1)
      for (const [which, writer] of all.entries()) {
        const turned = which % 2 === 0 ? alerts : [...alerts].reverse()
        const status: AlertStatus = round % 2 === 0 ? 'firing' : 'resolved'
        rounds.push(
          send(
            turned.map((alert) => ({
              ...alert,
              status,
              startsAt: at(Math.floor(round / 2)),
              endsAt: status === 'resolved' ? at(Math.floor(round / 2) + 0.5) : null,
            })),
            writer,
          ),
        )
      }
    await Promise.all(rounds)
    for (const service of services) {
      expect(await alertsOf(service)).toMatchObject(
        Array.from({ length: 8 }, () => ({ status: 'resolved', received: 24 })),
      )
      for (const incident of await incidentsOf(service))
        expect(incident).toMatchObject({ status: 'resolved', firing: 0 })
    }
  })

  it('I5 one request that the database refuses does not lose the others of its batch', async () => {
    const { name } = world.take()
    const writer = createIngestWriter(world.app)
    const numbers = Array.from({ length: 20 }, (_, number) => number)
    // The first goes alone; the others gather meanwhile and are written as one batch. PostgreSQL stores no U+0000.
    const outcomes = await Promise.allSettled(
      numbers.map((number) =>
        send(
          [
            anAlert({
              service: name,
              labels: { number: String(number) },
              summary: number === 7 || number === 13 ? 'bad \u0000 text' : 'good',
            }),
          ],
          writer,
        ),
      ),
    )
    expect(outcomes.flatMap(({ status }, number) => (status === 'rejected' ? [number] : []))).toEqual([7, 13])
    expect(await alertsOf(name)).toHaveLength(18)
  })

  it('I5 one request that breaks the writer itself does not lose the others of its batch', async () => {
    const writer = createIngestWriter(world.app)
    const names = Array.from({ length: 8 }, (_, number) => `odd-${number}`)
    // Half a surrogate pair has no canonical JSON, so the audit entry of its incident can't be made.
    const outcomes = await Promise.allSettled(
      names.map((service, number) =>
        send([anAlert({ service: number === 5 ? 'odd-\ud800' : service, title: service })], writer),
      ),
    )
    expect(outcomes.flatMap(({ status }, number) => (status === 'rejected' ? [number] : []))).toEqual([5])
  })

  it('I5 whatever the readers let through can be stored: the longest label as a service, the last day of the calendar', async () => {
    const service = Array.from({ length: 2_000 }, (_, number) =>
      String.fromCodePoint(0x4e00 + ((number * 7_919) % 20_000)),
    ).join('')
    const post = (status: string, startsAt: string) => ({
      status,
      alerts: [
        {
          status,
          labels: { alertname: 'Odd', service, startsAt },
          annotations: {},
          startsAt,
          endsAt: startsAt,
        },
        {
          status,
          labels: { alertname: 'Even', service: `beside-${startsAt}` },
          annotations: {},
          startsAt: '2026-11-22T14:00:00Z',
        },
      ],
    })
    for (const startsAt of ['2026-11-22T14:00:00Z', '9999-12-31T23:59:59-01:00'])
      for (const status of ['firing', 'resolved']) {
        const parsed = alertParsers.alertmanager(post(status, startsAt), {
          receivedAt: Temporal.Now.instant(),
        })
        expect(parsed.alerts.length + parsed.rejected.length).toBe(2)
        await send(parsed.alerts)
        expect(await alertsOf(`beside-${startsAt}`)).toMatchObject([{ status }])
      }
  })

  it('I3 an alias of a service is the service: one incident, whatever name the alert uses', async () => {
    const { name } = world.take()
    await Promise.all([
      send([anAlert({ service: name, title: 'One' })]),
      send([anAlert({ service: `${name}-api`, title: 'Two' })]),
    ])
    expect(await incidentsOf(name)).toMatchObject([{ firing: 2 }])
    expect(await incidentsOf(`${name}-api`)).toEqual([])
  })

  it('I3 a flapping alert re-opens its incident inside the window and opens a new one outside', async () => {
    const { name } = world.take()
    const first = await world.fire(name, { startsAt: at(0) })
    await world.resolve(name, { startsAt: at(0) })
    expect(await world.fire(name, { startsAt: at(1) })).toBe(first)
    expect(await incidentsOf(name)).toMatchObject([{ status: 'open', flaps: 1, resolved_at: null }])
    await world.resolve(name, { startsAt: at(1) })
    world.shift(world.app.limits.flapWindowMs + 1)
    const second = await world.fire(name, { startsAt: at(5) })
    expect(second).not.toBe(first)
    expect(await incidentsOf(name)).toMatchObject([
      { id: first, status: 'resolved' },
      { id: second, status: 'open', flaps: 0 },
    ])
  })

  it('I3 of many writers that see an alert flap at once, one re-opens the incident', async () => {
    const { name } = world.take()
    const first = await world.fire(name, { startsAt: at(0) })
    await world.resolve(name, { startsAt: at(0) })
    const all = writers(6)
    await Promise.all(
      Array.from({ length: 24 }, (_, number) =>
        send(
          [anAlert({ service: name, startsAt: at(1), labels: { number: String(number % 8) } })],
          all[number % all.length],
        ),
      ),
    )
    expect(await incidentsOf(name)).toMatchObject([{ id: first, status: 'open', flaps: 1, firing: 8 }])
  })

  it('I3 a writer that re-opens an incident while another opens a new one tries again and joins it', async () => {
    const { name } = world.take()
    await world.fire(name, { startsAt: at(0) })
    await world.resolve(name, { startsAt: at(0) })
    const { promise: inserted, resolve: sayInserted } = Promise.withResolvers<void>()
    const { promise: goOn, resolve: letGo } = Promise.withResolvers<void>()
    const impatient = createIngestWriter({
      ...world.app,
      limits: { ...world.app.limits, flapWindowMs: 0 },
      checkpoint: async (reached) => {
        if (!reached.startsWith('committing:')) return
        sayInserted()
        await goOn
      },
    })
    const opening = send([anAlert({ service: name, startsAt: at(1) })], impatient)
    await inserted
    const reopening = send([anAlert({ service: name, startsAt: at(1), title: 'Another' })])
    await expect
      .poll(
        async () =>
          (
            await world.app.store.pool.query<{ waiting: number }>(
              `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).rows[0]?.waiting,
      )
      .toBeGreaterThan(0)
    letGo()
    const [one, other] = await Promise.all([opening, reopening])
    expect(other.incidents).toEqual(one.incidents)
    expect(await incidentsOf(name)).toMatchObject([
      { status: 'resolved' },
      { id: one.incidents[0], status: 'open', firing: 2 },
    ])
  })

  it('I3 an alert that claims to begin in the future resolves like any other, and its claim is kept', async () => {
    const { name } = world.take()
    const claimedStartsAt = Temporal.Instant.from('2099-01-01T00:00:00Z')
    const fired = anAlert({ service: name, startsAt: at(0), claimedStartsAt })
    const resolved = { ...fired, status: 'resolved' as const, startsAt: at(2), endsAt: at(2) }
    await send([fired])
    await send([{ ...fired, startsAt: at(1) }])
    expect(await alertsOf(name)).toMatchObject([{ received: 2, starts_at: at(0) }])
    await send([resolved])
    await send([{ ...fired, startsAt: at(3) }])
    expect(await incidentsOf(name)).toMatchObject([{ status: 'resolved', firing: 0 }])
    const [row] = await alertsOf(name)
    expect(row).toMatchObject({ status: 'resolved', received: 4 })
    expect(row?.claimed_starts_at?.toString()).toBe('2099-01-01T00:00:00Z')
    await send([anAlert({ service: name, startsAt: at(4) })])
    expect(await alertsOf(name)).toMatchObject([{ status: 'firing', claimed_starts_at: null }])
  })

  it('I3 a worse severity raises the incident, in the same batch or a later one', async () => {
    const { name } = world.take()
    await send([anAlert({ service: name, severity: 'low' })])
    await send([anAlert({ service: name, severity: 'high' })])
    expect(await incidentsOf(name)).toMatchObject([{ severity: 'high' }])
    await send([
      anAlert({ service: name, severity: 'low' }),
      anAlert({ service: name, severity: 'critical' }),
    ])
    expect(await incidentsOf(name)).toMatchObject([{ severity: 'critical' }])
    expect(await alertsOf(name)).toMatchObject([{ severity: 'critical', received: 4 }])
  })

  interface Said {
    readonly alert: number
    readonly start: number
    readonly status: AlertStatus
    readonly severity: Severity
  }
  const said = fc.record<Said>({
    alert: fc.nat({ max: 2 }),
    start: fc.nat({ max: 3 }),
    status: fc.constantFrom('firing', 'resolved'),
    severity: fc.constantFrom(...severities),
  })
  const newest = (one: Said, other: Said): Said => {
    const rank = ({ start, status, severity }: Said) =>
      start * 100 + (status === 'resolved' ? 10 : 0) - severities.indexOf(severity)
    return rank(other) > rank(one) ? other : one
  }
  let stories = 0

  it('I3 any shuffle, duplication and batching of a history ends in the same alerts and the same incident', async () => {
    const story = fc.array(said, { minLength: 1, maxLength: 7 }).chain((history) =>
      fc.record({
        history: fc.constant(history),
        told: fc
          .array(fc.constantFrom(...history), { maxLength: 4 })
          .chain((again) =>
            fc.shuffledSubarray([...history, ...again], { minLength: history.length + again.length }),
          ),
        cuts: fc.array(fc.nat({ max: 4 }), { minLength: 12, maxLength: 12 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(story, async ({ history, told, cuts }) => {
        const service = `story-${(stories += 1)}`
        const spoken = ({ alert, start, status, severity }: Said) =>
          anAlert({
            service,
            status,
            severity,
            startsAt: at(start),
            endsAt: status === 'resolved' ? at(start + 0.5) : null,
            labels: { alert: String(alert) },
          })
        for (let from = 0, cut = 0; from < told.length; cut += 1) {
          const size = 1 + (cuts[cut % cuts.length] ?? 0)
          await send(told.slice(from, from + size).map(spoken))
          from += size
        }
        const expected = [0, 1, 2].flatMap((alert) => {
          const mine = history.filter((each) => each.alert === alert)
          const [first] = mine
          return first === undefined ? [] : [mine.reduce(newest, first)]
        })
        const check = async () => {
          const rows = await alertsOf(service)
          expect(
            rows
              .map((row) => ({
                alert: Number(row.labels['alert']),
                starts: row.starts_at.toString(),
                status: row.status,
                severity: row.severity,
              }))
              .sort((one, other) => one.alert - other.alert),
          ).toEqual(
            expected.map(({ alert, start, status, severity }) => ({
              alert,
              starts: at(start).toString(),
              status,
              severity,
            })),
          )
          const firing = expected.filter((each) => each.status === 'firing')
          const incidents = await incidentsOf(service)
          expect(incidents.length).toBeLessThanOrEqual(1)
          expect(incidents.filter((incident) => incident.status !== 'resolved')).toMatchObject(
            firing.length === 0
              ? []
              : [
                  {
                    firing: firing.length,
                    severity: severities.find((each) => firing.some(({ severity }) => severity === each)),
                  },
                ],
          )
        }
        await check()
        // Late fires, all of them once more.
        await send(history.filter((each) => each.status === 'firing').map(spoken))
        await check()
      }),
      { numRuns: 120 },
    )
  })
})

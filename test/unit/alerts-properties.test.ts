import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertParsers } from '../../adapters/alerts/index.ts'
import { foldByFingerprint } from '../../src/app/ingest/aggregate.ts'
import { type Alert, alertSources, alertStatuses } from '../../src/domain/alert.ts'
import { PayloadError } from '../../src/domain/alert-parser.ts'
import { occurrenceOf, supersedes } from '../../src/domain/occurrence.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from '../support/payloads/read.ts'

const receivedAt = Temporal.Instant.from('2026-06-01T12:00:00Z')

const only = (source: 'alertmanager' | 'grafana', over: Readonly<Record<string, unknown>>): Alert => {
  const { alerts, rejected } = alertParsers[source](anAlertmanagerPayload(anAlertmanagerAlert(over)), {
    receivedAt,
  })
  const [alert] = alerts
  if (alert === undefined) throw new Error(`expected one alert, found ${JSON.stringify(rejected)}`)
  return alert
}

// The prefix keeps them apart from the labels that mean something, and from `__proto__`, which is refused.
const name = fc.stringMatching(/^l_[a-z_]{1,10}$/)
const labels = fc
  .dictionary(name, fc.string({ maxLength: 30 }), { minKeys: 1, maxKeys: 12, noNullPrototype: true })
  .map((some) => ({ ...some, alertname: 'A' }) as Record<string, string>)
const storable = labels.filter((some) => !JSON.stringify(some).includes('\\u0000'))

const shuffled = storable.chain((some) =>
  fc.shuffledSubarray(Object.entries(some), { minLength: Object.keys(some).length }).map((entries) => ({
    some,
    other: Object.fromEntries(entries),
  })),
)

/** JSON that is shaped like a webhook often enough to get past the envelope. */
const nearly = fc.record(
  {
    status: fc.oneof(fc.constantFrom('firing', 'resolved'), fc.jsonValue()),
    alerts: fc.oneof(
      fc.array(
        fc.oneof(
          fc.record(
            {
              status: fc.oneof(fc.constantFrom('firing', 'resolved'), fc.jsonValue()),
              labels: fc.oneof(storable, fc.jsonValue()),
              annotations: fc.jsonValue(),
              startsAt: fc.oneof(fc.constant('2026-01-01T00:00:00Z'), fc.jsonValue()),
              endsAt: fc.jsonValue(),
              generatorURL: fc.oneof(fc.webUrl(), fc.jsonValue()),
              values: fc.jsonValue(),
              name: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
          fc.jsonValue(),
        ),
        { maxLength: 5 },
      ),
      fc.jsonValue(),
    ),
    ruleId: fc.jsonValue(),
    state: fc.oneof(fc.constantFrom('alerting', 'ok'), fc.jsonValue()),
    evalMatches: fc.jsonValue(),
    externalURL: fc.jsonValue(),
  },
  { requiredKeys: [] },
)

describe('any JSON', () => {
  test.each(alertSources)('I5 never crashes the %s parser, and no alert of the batch is lost', (source) => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.jsonValue({ maxDepth: 6 })), (payload) => {
        try {
          const { alerts, rejected } = alertParsers[source](payload, { receivedAt })
          const list = Array.isArray(payload) ? payload : (payload as { alerts?: unknown }).alerts
          expect(alerts.length + rejected.length).toBe(Array.isArray(list) ? list.length : 1)
          for (const alert of alerts) {
            expect(alert.fingerprint).toMatch(/^[0-9a-f]{64}$/)
            expect(alert.endsAt === null).toBe(alert.status === 'firing')
            expect(JSON.stringify(alert)).not.toMatch(/\\u0000|\\ud[89a-f]/)
          }
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the fingerprint', () => {
  test('I3 does not depend on the order of the labels', () => {
    fc.assert(
      fc.property(shuffled, ({ some, other }) => {
        expect(only('alertmanager', { labels: other }).fingerprint).toBe(
          only('alertmanager', { labels: some }).fingerprint,
        )
      }),
    )
  })

  test('I3 stays the same when the severity, the status, the times or the words change', () => {
    fc.assert(
      fc.property(
        storable,
        fc.string({ unit: 'grapheme-ascii' }),
        fc.constantFrom(...alertStatuses),
        fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
        (some, severity, status, startsAt) => {
          const changed = only('grafana', {
            labels: { ...some, severity },
            status,
            startsAt,
            endsAt: '2026-01-03T00:00:00Z',
            annotations: { summary: severity },
          })
          expect(changed.fingerprint).toBe(only('grafana', { labels: some }).fingerprint)
        },
      ),
    )
  })

  test('I3 is another one when an identifying label changes, is added or moves between name and value', () => {
    fc.assert(
      fc.property(storable, name, fc.string({ unit: 'grapheme-ascii', minLength: 1 }), (some, key, value) => {
        fc.pre(some[key] !== value)
        expect(only('alertmanager', { labels: { ...some, [key]: value } }).fingerprint).not.toBe(
          only('alertmanager', { labels: some }).fingerprint,
        )
      }),
    )
    const of = (some: Record<string, string>) => only('alertmanager', { labels: some }).fingerprint
    expect(of({ a: 'bc' })).not.toBe(of({ ab: 'c' }))
    expect(of({ a: 'b', c: 'd' })).not.toBe(of({ a: 'bcd' }))
  })

  test('I3 differs between sources', () => {
    expect(only('alertmanager', {}).fingerprint).not.toBe(only('grafana', {}).fingerprint)
  })

  test('I3 ignores measured values, empty labels, replicas and a priority that is a grade', () => {
    const plain = only('alertmanager', { labels: { alertname: 'A' } }).fingerprint
    for (const extra of [
      { value: '93.1' },
      { description: '93 % full' },
      { __value_string__: 'x' },
      { prometheus_replica: 'b' },
      { region: '' },
      { priority: 'P2' },
    ]) {
      expect(only('alertmanager', { labels: { alertname: 'A', ...extra } }).fingerprint).toBe(plain)
    }
    expect(only('alertmanager', { labels: { alertname: 'A', priority: 'batch' } }).fingerprint).not.toBe(
      plain,
    )
  })

  test('I3 is the same from release to release', () => {
    // A changed value means that alerts open before an upgrade could not be resolved after it.
    expect(
      only('alertmanager', { labels: { alertname: 'A', service: 's', severity: 'page' } }).fingerprint,
    ).toBe('8f21661e4617008602ddfadaef9332d4d15f01fe0f709e46784ea87fc235b709')
  })
})

describe('a start in the future', () => {
  const offset = fc.oneof(fc.integer({ min: -10, max: 10 }), fc.constantFrom(60, 24 * 60, 38_000_000))
  const said = fc.record({
    minutes: offset,
    status: fc.constantFrom(...alertStatuses),
    severity: fc.constantFrom('critical', 'low'),
  })
  const heard = ({
    minutes,
    status,
    severity,
  }: {
    minutes: number
    status: string
    severity: string
  }): Alert =>
    only('alertmanager', {
      status,
      labels: { alertname: 'A', severity },
      startsAt: receivedAt.add({ minutes }).toString(),
    })
  const stateOf = (alerts: readonly Alert[]) =>
    foldByFingerprint(alerts).map(({ alert }) => occurrenceOf(alert))

  test('I3 any shuffle and repetition of alerts, some from the future, ends in the same state', () => {
    const told = fc.array(said, { minLength: 1, maxLength: 8 }).chain((history) =>
      fc.record({
        history: fc.constant(history),
        other: fc.shuffledSubarray([...history, ...history], { minLength: history.length * 2 }),
      }),
    )
    fc.assert(
      fc.property(told, ({ history, other }) => {
        expect(stateOf(other.map(heard))).toEqual(stateOf(history.map(heard)))
      }),
    )
  })

  test('I3 never outranks the resolve that comes after it, and a late copy of it re-opens nothing', () => {
    const later = fc.tuple(fc.nat({ max: 3_000 }), fc.nat({ max: 3_000 }))
    fc.assert(
      fc.property(offset, later, (minutes, [untilResolve, untilCopy]) => {
        const startsAt = receivedAt.add({ minutes }).toString()
        const at = (status: string, after: number) => {
          const payload = anAlertmanagerPayload(anAlertmanagerAlert({ status, startsAt }))
          const [alert] = alertParsers.alertmanager(payload, {
            receivedAt: receivedAt.add({ minutes: after }),
          }).alerts
          if (alert === undefined) throw new Error('expected one alert')
          return occurrenceOf(alert)
        }
        const fired = at('firing', 0)
        const resolved = at('resolved', untilResolve)
        expect(supersedes(resolved, fired)).toBe(true)
        expect(supersedes(at('firing', untilResolve + untilCopy), resolved)).toBe(false)
      }),
    )
  })

  test('I3 does not outrank what fires after it was resolved', () => {
    const resolved = occurrenceOf(heard({ minutes: 38_000_000, status: 'resolved', severity: 'low' }))
    const startsAt = receivedAt.add({ minutes: 1 })
    expect(supersedes(occurrenceOf({ startsAt, status: 'firing', severity: 'low' }), resolved)).toBe(true)
  })
})

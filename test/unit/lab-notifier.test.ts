import { beforeEach, describe, expect, test } from 'vitest'
import { fingerprint, type LabAlert, webhookPayload } from '../../lab/alertmanager.ts'
import { createNotifier, type Notifier } from '../../lab/notifier.ts'
import type { Finding } from '../../lab/rules.ts'

const down: Finding = { alertname: 'ServiceDown', severity: 'critical', summary: 's', description: 'd' }
const T0 = Temporal.Instant.from('2026-01-01T00:00:00Z')

let seconds: number
let posted: string[]
let reachable: boolean
let saved: readonly LabAlert[]
let during: () => void

const make = (restored: readonly LabAlert[] = []): Notifier =>
  createNotifier({
    now: () => T0.add({ seconds }),
    repeatMs: 15_000,
    log: () => {},
    persist: (open) => (saved = open),
    restored,
    post: async (alert) => {
      during()
      if (!reachable) throw new Error('refused')
      const { service } = alert.labels
      posted.push(`${seconds} ${service} ${alert.endsAt === null ? 'firing' : 'resolved'}`)
    },
  })

beforeEach(() => {
  seconds = 0
  posted = []
  saved = []
  reachable = true
  during = () => {}
})

/** One second after the other: what is found, then what is due. */
async function run(notifier: Notifier, until: number, findings: (second: number) => readonly Finding[]) {
  for (; seconds <= until; seconds++) {
    notifier.update('checkout', findings(seconds))
    await notifier.flush()
  }
}

describe('the lab keeps its receiver told', () => {
  test('firing at once, again every 15 s, and resolved once', async () => {
    await run(make(), 60, (second) => (second < 40 ? [down] : []))
    expect(posted).toEqual([
      '0 checkout firing',
      '15 checkout firing',
      '30 checkout firing',
      '40 checkout resolved',
    ])
    expect(saved).toEqual([])
  })

  test('the start of an alert stays the same while it fires', async () => {
    const notifier = make()
    await run(notifier, 20, () => [{ ...down, summary: `seen at ${seconds}` }])
    expect(notifier.open()).toMatchObject([
      { startsAt: '2026-01-01T00:00:00.000Z', annotations: { summary: 'seen at 20' } },
    ])
  })

  test('a failed post is retried less and less often, with the newest state only', async () => {
    reachable = false
    const notifier = make()
    await run(notifier, 100, (second) => (second < 50 ? [down] : []))
    expect(posted).toEqual([])
    reachable = true
    await run(notifier, 130, () => [])
    expect(posted).toHaveLength(1)
    expect(posted[0]).toMatch(/resolved$/)
  })

  test('what ended before anyone was told is never posted', async () => {
    const notifier = make()
    notifier.update('checkout', [down])
    notifier.update('checkout', [])
    await notifier.flush()
    expect(posted).toEqual([])
  })

  test('what resolves during its own post is posted as resolved right after', async () => {
    const notifier = make()
    during = () => {
      during = () => {}
      notifier.update('checkout', [])
    }
    await run(notifier, 0, () => [down])
    await run(notifier, 1, () => [])
    expect(posted).toEqual(['0 checkout firing', '1 checkout resolved'])
  })

  test('one service being well says nothing about another', async () => {
    const notifier = make()
    notifier.update('payments', [down])
    notifier.update('checkout', [])
    await notifier.flush()
    expect(posted).toEqual(['0 payments firing'])
  })

  test('an alert a predecessor left open is closed, or goes on where it began', async () => {
    const left = {
      labels: { alertname: 'ServiceDown', env: 'lab', service: 'checkout', severity: 'critical' },
    }
    const open = { ...left, annotations: {}, startsAt: '2025-12-31T00:00:00.000Z', endsAt: null }
    await run(make([open]), 0, () => [])
    expect(posted).toEqual(['0 checkout resolved'])
    const goesOn = make([open])
    goesOn.update('checkout', [down])
    expect(goesOn.open()).toMatchObject([{ startsAt: '2025-12-31T00:00:00.000Z' }])
  })
})

describe('the payload', () => {
  test('a fingerprint is the one Alertmanager gives the same labels, in whatever order', () => {
    // Read back from an Alertmanager 0.25 that was sent these labels.
    const labels = { alertname: 'ServiceDown', env: 'lab', service: 'checkout', severity: 'critical' }
    expect(fingerprint(labels)).toBe('785d945675fd254a')
    expect(fingerprint(Object.fromEntries(Object.entries(labels).reverse()))).toBe('785d945675fd254a')
  })

  test('while it fires an alert ends at the zero time', () => {
    const alert = {
      labels: { alertname: 'A', service: 's' },
      annotations: {},
      startsAt: T0.toString(),
      endsAt: null,
    }
    expect(webhookPayload(alert, 'http://x')).toMatchObject({
      status: 'firing',
      alerts: [{ status: 'firing', endsAt: '0001-01-01T00:00:00Z' }],
    })
  })
})

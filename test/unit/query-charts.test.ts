import { describe, expect, it } from 'vitest'
import { chartsOf } from '../../src/domain/card.ts'
import { plainText } from '../../src/message/plain-text.ts'
import type { Answer, Found, RunFact } from '../../src/query/answer.ts'
import { answerCard } from '../../src/query/answer-card.ts'
import { allTime, everything, type Query } from '../../src/query/query.ts'
import { figures, recoveries } from './support/charts.ts'

const asOf = Temporal.Instant.from('2026-11-23T07:10:33Z')
const answered = (query: Query, found: Found, over: Partial<Answer> = {}) =>
  answerCard({ query, found, records: ['60 outcomes'], missing: null, asOf, ...over })
const chartOf = (...given: Parameters<typeof answered>) => chartsOf(answered(...given))[0] ?? null

type Of<S extends Query['subject']> = Extract<Query, { subject: S }>
const learning = (over: Partial<Of<'learning'>> = {}): Query => ({
  subject: 'learning',
  about: everything,
  playbook: null,
  when: allTime,
  measure: 'success',
  group: 'playbook',
  pick: 'all',
  versus: null,
  ...over,
})
const recovery = (over: Partial<Of<'recovery'>> = {}): Query => ({
  subject: 'recovery',
  about: everything,
  when: allTime,
  group: 'service',
  pick: 'all',
  versus: null,
  ...over,
})
const incidents = (over: Partial<Of<'incidents'>> = {}): Query => ({
  subject: 'incidents',
  about: everything,
  when: allTime,
  state: 'any',
  severity: null,
  count: false,
  group: 'service',
  versus: null,
  ...over,
})
const labels = (chart: ReturnType<typeof chartOf>) => chart?.rows.map(({ label }) => label)

describe('the chart of an answer', () => {
  const playbooks = [figures('warm-cache', 2, 3), figures('restart-service', 38, 42), figures('never', 0, 0)]

  it('C7 L3 success by playbook: surest first, between the words and what they rest on', () => {
    const card = answered(learning(), { subject: 'learning', figures: playbooks, against: null })
    expect(card.blocks.map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'chart', 'context'])
    const [chart] = chartsOf(card)
    expect(chart?.title).toBe('Success by playbook')
    expect(labels(chart ?? null)).toEqual(['restart-service', 'warm-cache'])
    expect(chart?.foot).toBe('All time · as of 2026-11-23 07:10 UTC')
    // The words stay: the picture tells nothing that they don't.
    expect(plainText(card)).toContain('restart-service: 38 of 42 worked, 95 % interval 78-96 %')
    expect(plainText(card)).toContain('▰▰▰▰▰▰▰▰▰▱ 90 %  restart-service (38 of 42, 78–96 %)')
  })

  it('C7 an order that was asked for stays, and so do days', () => {
    const found = { subject: 'learning', figures: playbooks, against: null } as const
    expect(labels(chartOf(learning({ pick: 'worst' }), found))).toEqual(['warm-cache', 'restart-service'])
    expect(labels(chartOf(learning({ group: 'day' }), found))?.[0]).toBe('warm-cache')
  })

  it('C7 one figure alone is no picture; what it is made of is one', () => {
    const one = { subject: 'learning', figures: [figures('', 40, 45)], against: null } as const
    expect(chartOf(learning({ group: null }), one)).toBeNull()
    expect(
      chartOf(learning({ group: null }), { ...one, parts: [figures('restart-service', 38, 42)] }),
    ).toBeNull()
    const made = chartOf(learning({ group: null, about: { kind: 'service', name: 'checkout' } }), {
      ...one,
      parts: playbooks,
    })
    expect(made?.title).toBe('Success by playbook on checkout')
  })

  it('C7 two that are compared stand side by side', () => {
    const chart = chartOf(
      learning({
        group: null,
        playbook: 'restart-service',
        versus: { kind: 'playbook', name: 'warm-cache' },
      }),
      { subject: 'learning', figures: [figures('', 38, 42)], against: figures('', 2, 3) },
    )
    expect(chart?.title).toBe('Success, compared')
    expect(labels(chart)).toEqual(['restart-service', 'warm-cache'])
  })

  it('C7 time to recover: the slowest service first, of days in their order', () => {
    const found = {
      subject: 'recovery',
      figures: [recoveries('checkout', 60_000, 90_000), recoveries('payments', 900_000, 1_800_000)],
      against: null,
    } as const
    expect(labels(chartOf(recovery(), found))).toEqual(['payments', 'checkout'])
    expect(labels(chartOf(recovery({ group: 'day' }), found))).toEqual(['checkout', 'payments'])
    expect(chartOf(recovery(), found)?.title).toBe('Time to recover by service')
  })

  it('C7 incidents by service: the most first, and none without a service is forgotten', () => {
    const groups = [
      { key: '', count: 2 },
      { key: 'checkout', count: 41 },
    ]
    const found = { subject: 'incidents', incidents: [], total: 43, groups, against: null } as const
    const chart = chartOf(incidents({ severity: 'critical' }), found, { missing: null })
    expect(chart?.title).toBe('Critical incidents by service')
    expect(chart?.rows.map(({ label, figure }) => [label, figure])).toEqual([
      ['checkout', '41'],
      ['no service', '2'],
    ])
    expect(chartOf(incidents({ group: null }), { ...found, groups: null })).toBeNull()
  })

  const waiting = (over: Partial<RunFact> = {}): RunFact => ({
    id: 'run-7',
    incidentId: 'inc-42',
    service: 'checkout',
    title: 'Restart the service',
    status: 'pending_approval',
    reason: '',
    createdAt: asOf,
    startedAt: null,
    finishedAt: null,
    request: {
      id: 'req-5',
      title: 'Restart the service',
      status: 'pending',
      requester: { id: 'person_ada', name: 'Ada' },
      requestedAt: asOf.subtract({ minutes: 22 }),
      quorum: 2,
      approverRoles: ['approver'],
      expiresAt: asOf.add({ minutes: 38 }),
      votes: [{ by: { id: 'person_cora', name: 'Cora' }, decision: 'approve', reason: '', at: asOf }],
      endedAt: null,
      reason: '',
    },
    ...over,
  })

  it('C7 approvals waiting: how long, how many are given, and how much time is left', () => {
    const found: Found = {
      subject: 'what_runs',
      runs: [waiting(), waiting({ id: 'run-8', status: 'queued', request: null })],
    }
    const chart = chartOf({ subject: 'what_runs', about: everything, state: 'waiting' }, found)
    expect(chart?.title).toBe('Approvals waiting')
    // It stands by itself, or behind `Nothing waits for a decision.`
    expect(chart?.foot).toMatch(/^As of /)
    expect(chart?.rows).toHaveLength(1)
    expect(chart?.rows[0]).toMatchObject({
      label: 'checkout: Restart the service',
      figure: '22 min',
      note: '1 of 2 approvals, 38 min left',
    })
    expect(chartOf({ subject: 'what_runs', about: everything, state: 'running' }, found)).toBeNull()
  })

  it('C7 what was left out is told with the picture, and no other answer has one', () => {
    const found = { subject: 'learning', figures: playbooks, against: null } as const
    expect(chartOf(learning(), found, { missing: '20 of 31 are shown' })?.foot).toContain(
      '20 of 31 are shown',
    )
    expect(chartOf(learning({ measure: 'counts' }), found)).toBeNull()
    expect(chartOf({ subject: 'help' }, { subject: 'help', examples: [] })).toBeNull()
    expect(
      chartOf(learning(), { subject: 'learning', figures: [figures('never', 0, 0)], against: null }),
    ).toBeNull()
  })
})

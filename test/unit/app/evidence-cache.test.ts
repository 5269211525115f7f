import { describe, expect, it } from 'vitest'
import { createEvidenceCache } from '../../../src/app/heal/evidence-cache.ts'
import { fetchEvidence } from '../../../src/app/heal/fetch-evidence.ts'
import type { EvidenceQuestion, EvidenceSource } from '../../../src/app/ports.ts'
import type { Evidence } from '../../../src/domain/evidence.ts'
import { Service } from '../../../src/domain/service.ts'
import { aProbe, at } from '../support/evidence.ts'

const checkout = Service.parse({ name: 'checkout' })
const question: EvidenceQuestion = { tenantId: 'main', beganAt: at() }

/** Time stands still unless a test moves it. */
const world = (limits?: Parameters<typeof createEvidenceCache>[1]) => {
  let ms = 0
  const logged: object[] = []
  const clock = { now: () => at(), monotonicMs: () => ms }
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (details: object) => void logged.push(details),
  }
  const evidenceCache = createEvidenceCache(clock, limits)
  return {
    logged,
    pass: (by: number) => {
      ms += by
    },
    fetch: (
      evidence: readonly EvidenceSource[],
      { service = checkout, asked = question, budgetMs = 60_000, afterRun = '' } = {},
    ) => fetchEvidence({ evidence, evidenceCache, clock, log }, service, asked, { budgetMs, afterRun }),
  }
}

/** Answers with how often it was asked, as the latency. */
const counting = (over: Partial<EvidenceSource> = {}, status: Evidence['status'] = 'ok') => {
  let asked = 0
  const source: EvidenceSource = {
    name: 'http_probe',
    gather: async (service) => {
      asked += 1
      return aProbe({ latencyMs: asked }, { subject: service.name, status })
    },
    ...over,
  }
  return { source, asked: () => asked }
}

describe('the cache of evidence', () => {
  it('D2 twenty incidents of one service in a minute cost one question for each 15 s', async () => {
    const { fetch, pass } = world()
    const { source, asked } = counting()
    for (let incident = 0; incident < 20; incident += 1) {
      await fetch([source])
      pass(3_000)
    }
    expect(asked()).toBe(4)
  })

  it('D2 who asks while an answer is on its way waits for the same one', async () => {
    const { fetch } = world()
    const answer = Promise.withResolvers<Evidence>()
    let asked = 0
    const source: EvidenceSource = {
      name: 'prometheus',
      gather: () => {
        asked += 1
        return answer.promise
      },
    }
    const all = Array.from({ length: 20 }, () => fetch([source]))
    answer.resolve(aProbe({ 'errorRate.now': 0.1 }, { source: 'prometheus' }))
    const found = await Promise.all(all)
    expect(asked).toBe(1)
    expect(new Set(found.map(([evidence]) => evidence)).size).toBe(1)
  })

  it('D2 D4 what was seen before a run is not what is seen after it', async () => {
    const { fetch } = world()
    const { source, asked } = counting()
    await fetch([source])
    await fetch([source], { afterRun: 'run-7' })
    await fetch([source], { afterRun: 'run-7' })
    expect(asked()).toBe(2)
  })

  it('D2 H4 nothing is shared between tenants, sources, or what was asked', async () => {
    const { fetch } = world()
    const { source, asked } = counting()
    const other = counting({ name: 'kubernetes' })
    await fetch([source])
    await fetch([source], { asked: { ...question, tenantId: 'other' } })
    expect(asked()).toBe(2)
    await fetch([source], { service: Service.parse({ name: 'checkout', probe: { url: 'http://a/' } }) })
    await fetch([source], { service: Service.parse({ name: 'payments' }) })
    expect(asked()).toBe(4)
    await fetch([other.source])
    expect(asked()).toBe(4)
    const dependent = counting({ dependsOn: ({ beganAt }) => beganAt.toString() })
    await fetch([dependent.source])
    await fetch([dependent.source])
    await fetch([dependent.source], { asked: { ...question, beganAt: at('2026-06-01T11:00:00Z') } })
    expect(dependent.asked()).toBe(2)
  })

  it.each(['failed', 'timed_out'] as const)(
    'D2 an answer that %s is kept for a second only',
    async (status) => {
      const { fetch, pass } = world()
      const { source, asked } = counting({}, status)
      await fetch([source])
      pass(999)
      await fetch([source])
      expect(asked()).toBe(1)
      pass(1)
      await fetch([source])
      expect(asked()).toBe(2)
    },
  )

  it('D2 is bounded: the oldest answer goes first', async () => {
    const { fetch } = world({ ttlMs: 15_000, failedTtlMs: 1_000, most: 3 })
    const { source, asked } = counting()
    const look = (name: string) => fetch([source], { service: Service.parse({ name }) })
    for (const name of ['a', 'b', 'c', 'd']) await look(name)
    expect(asked()).toBe(4)
    for (const name of ['b', 'c', 'd']) await look(name)
    expect(asked()).toBe(4)
    await look('a')
    expect(asked()).toBe(5)
  })
})

const healthy = counting().source
const gives = (found: unknown): EvidenceSource => ({
  name: 'prometheus',
  gather: async () => found as Evidence,
})

describe('evidence sources', () => {
  const garbage: readonly [string, unknown][] = [
    ['nothing at all', undefined],
    ['a text', 'fine'],
    ['an empty object', {}],
    ['an answer in the name of another source', aProbe({})],
    ['facts of no known kind', aProbe({ deep: {} as never }, { source: 'prometheus' })],
    ['a status nobody knows', aProbe({}, { source: 'prometheus', status: 'great' as never })],
    ['no summary', aProbe({}, { source: 'prometheus', summary: '\u0000\u200b' })],
    ['no time', aProbe({}, { source: 'prometheus', observedAt: '2026' as never })],
  ]

  it.each(garbage)('D6 one that answers with %s has failed, and the others are heard', async (_, found) => {
    const evidence = await world().fetch([gives(found), healthy])
    expect(evidence).toMatchObject([
      {
        source: 'prometheus',
        status: 'failed',
        summary: 'Prometheus answered with something unreadable.',
        facts: {},
      },
      { source: 'http_probe', status: 'ok' },
    ])
  })

  it.each([
    [
      'throws at once',
      (): never => {
        throw new Error('secret of the source')
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret of the source'))],
  ])('D6 one that %s has failed, is logged, and the others are heard', async (_, gather) => {
    const { fetch, logged } = world()
    const evidence = await fetch([{ name: 'kubernetes', gather }, healthy])
    expect(evidence).toMatchObject([
      { source: 'kubernetes', status: 'failed', summary: 'Kubernetes could not be asked.' },
      { source: 'http_probe', status: 'ok' },
    ])
    expect(logged).toMatchObject([{ source: 'kubernetes', service: 'checkout' }])
  })

  it('D2 D6 one that hangs and does not obey has timed out, and the others are heard', async () => {
    let signal: AbortSignal | undefined
    const hangs: EvidenceSource = {
      name: 'prometheus',
      gather: (_service, given) => {
        signal = given
        return new Promise(() => undefined)
      },
    }
    const evidence = await world().fetch([hangs, healthy], { budgetMs: 20 })
    expect(evidence).toMatchObject([
      { source: 'prometheus', status: 'timed_out', summary: 'Prometheus did not answer within 0.02 s.' },
      { source: 'http_probe', status: 'ok' },
    ])
    expect(signal?.aborted).toBe(true)
  })

  it('D2 a source with nothing to say is left out', async () => {
    const silent: EvidenceSource = { name: 'prometheus', gather: async () => null }
    expect(await world().fetch([silent])).toEqual([])
  })

  it('D6 what no database holds is made fit: numbers without end, NUL, marks that nobody sees, text without end', async () => {
    const [evidence] = await world().fetch([
      gives(
        aProbe(
          { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 'x\u0000\u202Ey', d: 'z'.repeat(9_999), e: -0.5 },
          { source: 'prometheus', summary: 'Errors\u0000 12 %' },
        ),
      ),
    ])
    expect(evidence?.summary).toBe('Errors 12 %')
    expect(evidence?.facts).toMatchObject({ a: null, b: null, c: 'xy', e: -0.5 })
    expect(String(evidence?.facts['d']).length).toBeLessThanOrEqual(2_000)
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`f${index}`, index]))
    const [bounded] = await world().fetch([gives(aProbe(many, { source: 'prometheus' }))])
    expect(Object.keys(bounded?.facts ?? {})).toHaveLength(500)
  })
})

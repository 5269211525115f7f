import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogueYaml } from '../../lab/catalogue.ts'
import { crowdFor } from '../../lab/crowd.ts'
import { allDependencies, MAX_INSTANCES, WORK_MS } from '../../lab/estate.ts'
import { describeHealth, type Vitals } from '../../lab/health.ts'

test('the catalogue names each service, its targets and what may be done to them', () => {
  const { services } = parse(catalogueYaml('http://127.0.0.1:7600')) as {
    services: Record<string, unknown>[]
  }
  expect(services.map(({ name }) => name)).toEqual(['payments', 'checkout', 'storefront'])
  const effect = 'http://127.0.0.1:7600/effects/{key}'
  const to = (path: string) => `http://127.0.0.1:7600/services/checkout/${path}`
  const action = (path: string, body?: object) => ({
    method: 'POST',
    url: to(path),
    ...(body ? { body } : {}),
    secret: 'lab-token',
    effect,
  })
  expect(services[1]).toEqual({
    name: 'checkout',
    title: 'Checkout',
    description: 'Takes the order and charges the card.',
    owner: 'team-shop',
    timeZone: 'Europe/Berlin',
    dependsOn: ['payments'],
    channels: ['incidents'],
    probe: { url: 'http://127.0.0.1:7600/svc/checkout/health', timeout: '2s' },
    targets: [
      {
        name: 'lab/checkout',
        kind: 'http',
        actions: {
          restart_service: action('restart'),
          scale_instances: action('scale', { delta: '${{ parameters.delta }}' }),
          set_feature_flag: action('flags/${{ parameters.flag }}', { enabled: '${{ parameters.enabled }}' }),
          set_log_level: action('log-level', {
            level: '${{ parameters.level }}',
            ttlMinutes: '${{ parameters.ttlMinutes }}',
          }),
          warm_cache: action('cache/warm'),
          flush_circuits: action('circuits/flush'),
        },
      },
    ],
  })
})

test('a dependent depends on what its dependency depends on', () => {
  expect(allDependencies('storefront')).toEqual(['checkout', 'payments'])
})

test('a crowd is too much for the instances there are and bearable with one more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_INSTANCES - 1 }), (instances) => {
      const { shoppers, thinkMs } = crowdFor(instances)
      const answersIn = (n: number) => Math.max(WORK_MS, (shoppers * WORK_MS) / n - thinkMs)
      expect(answersIn(instances)).toBeGreaterThan(1_000)
      const busyWithOneMore = (shoppers * WORK_MS) / ((instances + 1) * (thinkMs + 2 * WORK_MS))
      expect(answersIn(instances + 1)).toBeLessThan(300)
      expect(busyWithOneMore).toBeLessThan(0.88)
    }),
  )
})

describe('the health answer', () => {
  const vitals: Vitals = {
    service: 'checkout',
    title: 'Checkout',
    instance: 'checkout-1',
    time: '2026-01-01T00:00:00Z',
    residentMb: 60,
    circuit: { name: 'payments', state: 'closed', since: '2026-01-01T00:00:00Z' },
    flags: { 'new-pricing': { enabled: false, since: '2026-01-01T00:00:00Z' } },
    flagFailures: 0,
    capacityPercent: 10,
    waiting: 0,
    cacheHitPercent: null,
    errorPercent: 0,
  }
  const statusWith = (change: Partial<Vitals>) => describeHealth({ ...vitals, ...change }).status

  test('passes when nothing is wrong', () => {
    expect(statusWith({})).toBe('pass')
  })

  test('warns of an open circuit, a failing flag, a full queue; only memory makes it unfit', () => {
    expect(statusWith({ circuit: { ...vitals.circuit, state: 'open' } })).toBe('warn')
    const on = { 'new-pricing': { enabled: true, since: '2026-01-01T00:00:00Z' } }
    expect(statusWith({ flags: on })).toBe('pass')
    expect(statusWith({ flags: on, flagFailures: 1 })).toBe('warn')
    expect(statusWith({ capacityPercent: 100, waiting: 50 })).toBe('warn')
    expect(statusWith({ residentMb: 165 })).toBe('warn')
    expect(statusWith({ residentMb: 185 })).toBe('fail')
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, isHealthy, type Probe, percentile, WINDOW } from '../../lab/rules.ts'

const aProbe = (change: Partial<Probe> = {}): Probe => ({
  health: 'pass',
  memoryPercent: 40,
  order: { ok: true, ms: 60 },
  dependencyUnwell: false,
  ...change,
})
const missed = aProbe({ health: 'missed', memoryPercent: null, order: null })
const failing = aProbe({ order: { ok: false, ms: 5 } })
const slow = aProbe({ order: { ok: true, ms: 1_100 } })
const times = (count: number, probe: Probe): Probe[] => Array.from({ length: count }, () => probe)
const found = (probes: readonly Probe[]) =>
  evaluate('checkout', probes).map(({ alertname, severity }) => `${alertname} ${severity}`)

describe('the rules of the prober', () => {
  test('a service that is well is left alone', () => {
    expect(found(times(WINDOW, aProbe()))).toEqual([])
    expect(found([])).toEqual([])
  })

  test('three misses in a row are down, two are not, and one answer ends it', () => {
    expect(found(times(2, missed))).toEqual([])
    expect(found(times(3, missed))).toEqual(['ServiceDown critical'])
    expect(found([missed, missed, aProbe(), missed])).toEqual([])
    expect(found([...times(5, missed), aProbe()])).toEqual([])
  })

  test('a health check that fails counts as a miss, and the words tell the two apart', () => {
    const unfit = aProbe({ health: 'fail' })
    expect(evaluate('checkout', times(3, unfit))[0]?.summary).toBe('checkout says it is unfit to serve')
    expect(evaluate('checkout', times(3, missed))[0]?.summary).toBe('checkout does not answer')
  })

  test('more than 20 % of ten failing orders is critical, 20 % is not', () => {
    expect(found([...times(8, aProbe()), ...times(2, failing)])).toEqual([])
    expect(found([...times(7, aProbe()), ...times(3, failing)])).toEqual(['HighErrorRate critical'])
  })

  test('failures while a dependency is unwell are only a warning', () => {
    const blamed = { ...failing, dependencyUnwell: true }
    expect(found(times(10, blamed))).toEqual(['HighErrorRate warning'])
    expect(found([...times(7, blamed), ...times(3, failing)])).toEqual(['HighErrorRate critical'])
  })

  test('three slow orders of ten are high latency, one hiccup is not', () => {
    expect(found([...times(9, aProbe()), slow])).toEqual([])
    expect(found([...times(7, aProbe()), ...times(3, slow)])).toEqual(['HighLatency warning'])
  })

  test('memory above 85 % twice is saturation, also when another instance answered in between', () => {
    const full = aProbe({ memoryPercent: 86 })
    expect(found([full])).toEqual([])
    expect(found([full, aProbe(), full])).toEqual(['MemorySaturation warning'])
    expect(found(times(4, aProbe({ memoryPercent: 85 })))).toEqual([])
  })

  test('health follows the last three probes only', () => {
    expect(isHealthy([])).toBeNull()
    expect(isHealthy([failing, ...times(3, aProbe())])).toBe(true)
    expect(isHealthy([...times(9, aProbe()), slow])).toBe(false)
  })

  const anyProbe = fc.record({
    health: fc.constantFrom<Probe['health']>('pass', 'warn', 'fail', 'missed'),
    memoryPercent: fc.option(fc.integer({ min: 0, max: 120 })),
    order: fc.option(fc.record({ ok: fc.boolean(), ms: fc.integer({ min: 0, max: 3_000 }) })),
    dependencyUnwell: fc.boolean(),
  })

  test('whatever was seen, each alert is found at most once, and ten good probes end them all', () => {
    fc.assert(
      fc.property(fc.array(anyProbe, { maxLength: 25 }), (probes) => {
        const names = evaluate('checkout', probes).map(({ alertname }) => alertname)
        expect(new Set(names).size).toBe(names.length)
        expect(found([...probes, ...times(WINDOW, aProbe())])).toEqual([])
      }),
    )
  })

  test('no blame ever makes a finding more severe', () => {
    fc.assert(
      fc.property(fc.array(anyProbe, { maxLength: 12 }), (probes) => {
        const criticals = (blamed: boolean) =>
          found(probes.map((probe) => ({ ...probe, dependencyUnwell: blamed }))).filter((one) =>
            one.endsWith('critical'),
          )
        expect(criticals(false)).toEqual(expect.arrayContaining(criticals(true)))
      }),
    )
  })

  test('a percentile is one of the values, by nearest rank', () => {
    expect(percentile([5, 1, 3], 0.95)).toBe(5)
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2)
  })
})

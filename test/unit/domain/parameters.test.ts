import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParameterSpecs } from '../../../src/domain/action.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { sanitizeParameters } from '../../../src/domain/parameters.ts'

const scale = actionCatalogue['scale_instances']!.parameters
const level = actionCatalogue['set_log_level']!.parameters
const flag = actionCatalogue['set_feature_flag']!.parameters
const fields = (specs: ParameterSpecs, input: unknown): string[] => {
  const result = sanitizeParameters(specs, input)
  return result.ok ? [] : result.problems.map((problem) => problem.field)
}

describe('parameter bounds', () => {
  it.each([-3, -1, 1, 3])('G4 scale by %d is accepted', (delta) => {
    expect(sanitizeParameters(scale, { delta })).toMatchObject({ ok: true, parameters: { delta } })
  })

  it.each([[true], ['1'], [Number.NaN], [1.5], [4], [-4], [0], [-0], [Infinity], [null], [1n], [[1]], [{}]])(
    'G4 scale by %o is refused',
    (delta) => {
      expect(fields(scale, { delta })).toEqual(['delta'])
    },
  )

  it('G4 a missing required parameter and an unexpected one are told together', () => {
    expect(fields(scale, { replicas: 2 })).toEqual(['replicas', 'delta'])
  })

  it.each([
    ['{"delta":1,"__proto__":{"x":1}}', '__proto__'],
    ['{"delta":1,"constructor":1}', 'constructor'],
    ['{"delta":1,"toString":1}', 'toString'],
  ])('G4 %s is refused, naming the key', (json, key) => {
    expect(fields(scale, JSON.parse(json))).toEqual([key])
  })

  it.each([[null], [[]], ['x'], [new Map()], [Object.create({ delta: 1 })]])(
    'G4 %o is no object of parameters',
    (input) => {
      expect(fields(scale, input)).toEqual([''])
    },
  )

  it('G4 length, allowed values and shape of text hold', () => {
    expect(fields(flag, { flag: 'a'.repeat(101), enabled: true })).toEqual(['flag'])
    expect(fields(flag, { flag: 'a b', enabled: 'yes' })).toEqual(['flag', 'enabled'])
    expect(fields(flag, { flag: 'ok\n', enabled: false })).toEqual(['flag'])
    expect(fields(level, { level: 'debug' })).toEqual(['level'])
    expect(fields(level, { level: 'DEBUG', ttlMinutes: 121 })).toEqual(['ttlMinutes'])
    expect(fields({ note: { type: 'string', title: 'Note', maxLength: 9 } }, { note: 'a\u0000' })).toEqual([
      'note',
    ])
    expect(fields({ note: { type: 'string', title: 'Note', maxLength: 9 } }, { note: '\ud800' })).toEqual([
      'note',
    ])
  })

  it('G4 defaults are filled in, and null is not taken for absent', () => {
    expect(sanitizeParameters(level, { level: 'DEBUG' })).toMatchObject({
      parameters: { level: 'DEBUG', ttlMinutes: 15 },
    })
    expect(fields(level, { level: 'DEBUG', ttlMinutes: null })).toEqual(['ttlMinutes'])
  })

  it('G4 what comes back is a copy without a prototype: later changes to the input do not reach it', () => {
    const input = { delta: 1 }
    const result = sanitizeParameters(scale, input)
    input.delta = 99
    if (!result.ok) throw new Error('refused')
    expect(Object.getPrototypeOf(result.parameters)).toBeNull()
    expect(result.parameters['delta']).toBe(1)
  })

  it('G4 a getter is read once, so that it can not pass the check and then say something else', () => {
    let reads = 0
    const input = Object.defineProperty({}, 'delta', {
      enumerable: true,
      get: () => (reads++ === 0 ? 1 : 99),
    })
    expect(sanitizeParameters(scale, input)).toMatchObject({ ok: true, parameters: { delta: 1 } })
  })

  it('G4 whatever is accepted lies within the bounds, names only specified parameters, and passes again unchanged', () => {
    const specs: ParameterSpecs = { ...scale, ...level, ...flag }
    const value = fc.oneof(
      fc.integer({ min: -5, max: 200 }),
      fc.double(),
      fc.boolean(),
      fc.string(),
      fc.constantFrom('DEBUG', 'WARN', 'a-flag'),
      fc.anything(),
    )
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.oneof(
            fc.constantFrom('delta', 'level', 'ttlMinutes', 'flag', 'enabled', '__proto__'),
            fc.string(),
          ),
          value,
        ),
        (input) => {
          const result = sanitizeParameters(specs, input)
          if (!result.ok) {
            expect(result.problems.length).toBeGreaterThan(0)
            return
          }
          expect(Object.keys(result.parameters).sort()).toEqual(Object.keys(specs).sort())
          const { delta, ttlMinutes } = result.parameters as { delta: number; ttlMinutes: number }
          expect(Number.isInteger(delta) && Math.abs(delta) <= 3 && delta !== 0).toBe(true)
          expect(ttlMinutes >= 1 && ttlMinutes <= 120).toBe(true)
          expect(sanitizeParameters(specs, { ...result.parameters })).toEqual(result)
        },
      ),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(
        fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
        fc.boolean(),
        (delta, enabled) => {
          expect(sanitizeParameters(specs, { delta, enabled, flag: 'x', level: 'INFO' }).ok).toBe(true)
        },
      ),
    )
  })

  it('G4 the catalogue itself is sound: titles fit, defaults lie within their own bounds, names match their keys', () => {
    for (const [name, action] of Object.entries(actionCatalogue)) {
      expect(action.name).toBe(name)
      for (const spec of Object.values(action.parameters)) {
        expect(spec.title.length).toBeLessThanOrEqual(75)
        if (spec.default !== undefined)
          expect(sanitizeParameters({ it: spec }, {})).toMatchObject({
            ok: true,
            parameters: { it: spec.default },
          })
      }
    }
  })
})

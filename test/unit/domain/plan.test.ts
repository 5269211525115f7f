import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action, ParameterSpec, ParameterValue } from '../../../src/domain/action.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { planOf } from '../../../src/domain/plan.ts'
import { aPlaybook, builtIn } from '../support/playbooks.ts'

const planned = (steps: readonly Record<string, unknown>[]) => {
  const result = planOf(aPlaybook({ steps }), {}, actionCatalogue)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.plan
}

describe('a step in words', () => {
  const cases: readonly [
    action: string,
    parameters: Record<string, unknown>,
    whole: string,
    titled: string,
  ][] = [
    ['scale_instances', { delta: 1 }, 'Add 1 instance', 'Do it (1 more)'],
    ['scale_instances', { delta: -2 }, 'Remove 2 instances', 'Do it (2 fewer)'],
    [
      'set_feature_flag',
      { flag: 'new-pricing', enabled: false },
      'Turn the flag new-pricing off',
      'Do it (new-pricing off)',
    ],
    [
      'set_log_level',
      { level: 'DEBUG', ttlMinutes: 1 },
      'Set the log level to DEBUG for 1 minute',
      'Do it (DEBUG for 1 minute)',
    ],
    ['wait', { seconds: 30 }, 'Wait 30 seconds', 'Do it (30 seconds)'],
    ['flush_circuits', {}, 'Close all open circuits', 'Do it (all circuits)'],
    ['flush_circuits', { circuit: 'payments' }, 'Close the circuit payments', 'Do it (payments)'],
    ['warm_cache', {}, 'Warm the cache', 'Do it'],
  ]
  it.each(cases)('D3 %s with %j reads as a person would say it', (action, parameters, whole, titled) => {
    const [alone, named] = planned([
      { id: 'one', action, with: parameters },
      { id: 'two', action, with: parameters, title: 'Do it' },
    ])
    expect([alone?.title, named?.title]).toEqual([whole, titled])
  })

  it('D3 no built-in playbook shows the name or the title of a parameter in a step', () => {
    const titles = Object.values(actionCatalogue).flatMap((action) =>
      Object.values(action.parameters).map(({ title }) => title),
    )
    const values: Record<string, ParameterValue> = {
      flag: 'new-pricing',
      circuit: 'payments',
      level: 'DEBUG',
    }
    const told = builtIn().flatMap((playbook) => {
      const result = planOf(playbook, { ...values, ttlMinutes: 15 }, actionCatalogue)
      return result.ok ? result.plan.flatMap((step) => [step.title, step.undo ?? '']) : []
    })
    expect(told).toContain('Add one instance (1 more)')
    expect(told).toContain('Remove 1 instance')
    for (const text of told) for (const title of titles) expect(text).not.toContain(`${title} `)
  })

  it.each(Object.values(actionCatalogue).filter((action) => action.say !== undefined))(
    'D3 two calls of $name that differ never read alike, so nothing is approved unread',
    ({ parameters, say }) => {
      const values = fc.record(
        Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [name, anyOf(spec)])),
      )
      fc.assert(
        fc.property(values, values, (one, other) => {
          fc.pre(JSON.stringify(one) !== JSON.stringify(other))
          expect(say?.(one).whole).not.toBe(say?.(other).whole)
          expect(say?.(one).values).not.toBe(say?.(other).values)
        }),
      )
    },
  )

  it('D3 an action without words of its own lists every value under its title', () => {
    const silent: Action = { ...actionCatalogue['scale_instances']!, name: 'silent', title: 'Be silent' }
    const { say: _, ...rest } = silent
    const playbook = aPlaybook({ steps: [{ id: 'one', action: 'silent', with: { delta: 2 } }] })
    expect(planOf(playbook, {}, { silent: rest })).toMatchObject({
      plan: [{ title: 'Be silent (Instances to add or remove: 2)' }],
    })
  })
})

const anyOf = (spec: ParameterSpec): fc.Arbitrary<ParameterValue> => {
  switch (spec.type) {
    case 'integer':
      return fc
        .integer({ min: spec.min, max: spec.max })
        .filter((value) => !(spec.except ?? []).includes(value))
    case 'string':
      return fc.stringMatching(new RegExp(`^(?:${spec.pattern ?? '.*'})$`, 'u'))
    case 'choice':
      return fc.constantFrom(...spec.values)
    case 'boolean':
      return fc.boolean()
  }
}

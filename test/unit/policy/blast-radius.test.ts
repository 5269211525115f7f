import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dependenciesOf, dependentsOf } from '../../../src/domain/dependents.ts'
import { blastRadius } from '../../../src/domain/policy/blast-radius.ts'
import { evaluatePolicy } from '../../../src/domain/policy/evaluate.ts'
import { modes, nothingKnown, type PolicyFacts } from '../../../src/domain/policy/facts.ts'
import { Catalogue } from '../../../src/domain/service.ts'

const facts = (over: Partial<PolicyFacts> = {}): PolicyFacts => ({
  ...nothingKnown,
  moment: 'request',
  now: Temporal.Instant.from('2026-06-01T10:00:00Z'),
  mode: 'auto',
  emergencyStop: false,
  incidentStatus: 'open',
  service: 'checkout',
  timeZone: 'UTC',
  playbook: 'restart',
  impact: 'low',
  targets: ['checkout'],
  dependents: 0,
  irreversible: false,
  confidence: 0.9,
  approverRoles: ['approver'],
  requesterId: 'person_ada',
  ...over,
})

/** Names of the services by number, and who depends on whom as pairs. */
const graphOf = (size: number, edges: readonly (readonly [number, number])[]): Catalogue =>
  Catalogue.parse({
    services: Array.from({ length: size }, (_, at) => ({
      name: `s${at}`,
      dependsOn: [...new Set(edges.filter(([from]) => from === at).map(([, to]) => `s${to}`))],
    })),
  })

const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.tuple(
      fc.constant(size),
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 3 * size }),
    ),
  )

/** Slow and plain: Warshall's closure, without anybody for itself. */
const reaches = (size: number, edges: readonly (readonly [number, number])[]): boolean[][] => {
  const reach = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [from, to] of edges) reach[from]![to] = true
  for (let by = 0; by < size; by += 1)
    for (let from = 0; from < size; from += 1)
      for (let to = 0; to < size; to += 1) if (reach[from]![by]! && reach[by]![to]!) reach[from]![to] = true
  return reach
}

describe('the graph of the catalogue', () => {
  it('G7 dependents and dependencies are those of a plain closure, with cycles and self-references too', () => {
    fc.assert(
      fc.property(graphs, ([size, edges]) => {
        const catalogue = graphOf(size, edges)
        const reach = reaches(size, edges)
        const all = Array.from({ length: size }, (_, at) => at)
        for (const of of all) {
          const others = all.filter((each) => each !== of)
          const names = (picked: number[]) => picked.map((each) => `s${each}`).sort()
          expect(dependentsOf(catalogue, `s${of}`)).toEqual(names(others.filter((each) => reach[each]![of]!)))
          expect(dependenciesOf(catalogue, `s${of}`)).toEqual(
            names(others.filter((each) => reach[of]![each]!)),
          )
        }
      }),
      { numRuns: 500 },
    )
  })

  it('G7 one more edge never takes a dependent away', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), fc.nat(), ([size, edges], from, to) => {
        const before = graphOf(size, edges)
        const after = graphOf(size, [...edges, [from % size, to % size]])
        for (let of = 0; of < size; of += 1)
          expect(dependentsOf(after, `s${of}`)).toEqual(
            expect.arrayContaining(dependentsOf(before, `s${of}`)),
          )
      }),
    )
  })

  it('G7 a service that the catalogue does not know has neither, also one named like a built-in', () => {
    const catalogue = graphOf(2, [[0, 1]])
    expect(dependentsOf(catalogue, 'nobody')).toEqual([])
    expect(dependentsOf(catalogue, 'constructor')).toEqual([])
  })
})

describe('the blast radius', () => {
  it.each([
    ['two dependents in auto', { dependents: 2 }, 'allow'],
    ['three need a person', { dependents: 3 }, 'require_approval'],
    [
      'a policy that says one is stricter',
      { dependents: 2, blastLimits: { auto: 1, approve: null } },
      'require_approval',
    ],
    [
      'a policy that says fifty lifts nothing',
      { dependents: 3, blastLimits: { auto: 50, approve: null } },
      'require_approval',
    ],
    [
      'a limit for all modes refuses above it',
      { dependents: 6, blastLimits: { auto: 2, approve: 5 } },
      'deny',
    ],
    [
      'a limit for all modes lets pass what it names',
      { dependents: 5, blastLimits: { auto: 2, approve: 5 } },
      'require_approval',
    ],
    [
      'a limit below the automatic one refuses too',
      { dependents: 1, blastLimits: { auto: 2, approve: 0 } },
      'deny',
    ],
    [
      'unknown goes to a human, not past a limit',
      { dependents: null, blastLimits: { auto: 2, approve: 0 } },
      'require_approval',
    ],
    ['half a service is unknown', { dependents: 1.5 }, 'require_approval'],
    ['less than none is unknown', { dependents: -1 }, 'require_approval'],
  ] as const)('G7 %s', (_name, over, outcome) => {
    expect(blastRadius(facts(over)).outcome).toBe(outcome)
  })

  it.each(modes)('G7 the limit for all modes refuses in mode %s', (mode) => {
    const verdict = evaluatePolicy(facts({ mode, dependents: 9, blastLimits: { auto: 2, approve: 8 } }))
    expect(verdict.outcome).toBe('deny')
    expect(verdict.reasons.map(({ code }) => code)).toContain('blast_radius')
  })

  it('G7 an override asks for somebody with the role, for this run', () => {
    const ruling = blastRadius(
      facts({ dependents: 9, blastLimits: { auto: 2, approve: 8 }, overrides: ['blast_radius'] }),
    )
    expect([ruling.outcome, ruling.requiredRoles, ruling.reason?.overridable]).toEqual([
      'require_approval',
      ['override'],
      true,
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { type Hypothesis, type TriageCode, triageCodes } from '../../../src/domain/diagnosis.ts'
import { type ProposeInput, propose, whyNoProposal } from '../../../src/domain/propose.ts'
import { oddsOf, selfRecoveryRate } from '../../../src/domain/score.ts'
import { aHypothesis, aPlaybook, aService, aTarget, builtIn } from '../support/playbooks.ts'

const service = aService()
const playbooks = builtIn()
const input = (over: Partial<ProposeInput> & { hypotheses?: readonly Hypothesis[] } = {}): ProposeInput => {
  const { hypotheses, ...rest } = over
  return {
    diagnosis: { hypotheses: hypotheses ?? [aHypothesis('service_down')] },
    service,
    catalogue: { services: [service, aService({ name: 'shop', dependsOn: ['checkout'] })] },
    actions: actionCatalogue,
    playbooks,
    history: () => ({ worked: 0, tried: 0, medianMs: null }),
    selfRecovery: () => ({ recovered: 0, of: 0 }),
    ...rest,
  }
}
const names = (over: Parameters<typeof input>[0]): string[] =>
  propose(input(over)).map((each) => each.playbook)

describe('proposals from the built-in playbooks', () => {
  const cases: readonly [string, Hypothesis, string][] = [
    ['a service that is down', aHypothesis('service_down'), 'restart-service'],
    ['a named flag', aHypothesis('bad_deploy', { hints: { flag: 'new-pricing' } }), 'roll-back-flag'],
    ['memory running out', aHypothesis('saturation', { hints: { saturation: 'memory' } }), 'restart-service'],
    ['capacity running out', aHypothesis('saturation', { hints: { saturation: 'capacity' } }), 'scale-up'],
    ['slow answers', aHypothesis('latency_spike'), 'scale-up'],
    [
      'an open circuit',
      aHypothesis('elevated_errors', { hints: { circuit: 'payments' } }),
      'flush-circuit-breakers',
    ],
  ]
  it.each(cases)('D3 for %s the best proposal comes first', (_name, hypothesis, playbook) => {
    expect(names({ hypotheses: [hypothesis] })[0]).toBe(playbook)
  })

  it('D3 a proposal states evidence, parameters, targets, risk, duration, rollback and dry run', () => {
    const hypothesis = aHypothesis('bad_deploy', {
      likelihood: 0.8,
      hints: { flag: 'new-pricing' },
      evidenceFor: ['Health check “flag new-pricing” fails.'],
    })
    const [proposal] = propose(
      input({
        hypotheses: [hypothesis],
        history: () => ({ worked: 7, tried: 9, medianMs: 4_000 }),
        selfRecovery: () => ({ recovered: 3, of: 10 }),
      }),
    )
    expect(proposal).toMatchObject({
      playbook: 'roll-back-flag',
      diagnosisCode: 'bad_deploy',
      likelihood: 0.8,
      parameters: { flag: 'new-pricing' },
      targets: ['checkout'],
      impact: 'medium',
      reason:
        'Bad change is 80 % likely. Health check “flag new-pricing” fails. Such incidents recovered by themselves 3 of 10 times.',
      expectedMs: 4_000,
      dependents: ['shop'],
      selfRecovery: { recovered: 3, of: 10 },
      plan: [
        {
          id: 'turn-off',
          title: 'Turn the flag off (new-pricing off)',
          action: 'set_feature_flag',
          parameters: { flag: 'new-pricing', enabled: false },
          undo: 'Turn the flag new-pricing on',
        },
      ],
    })
    expect(proposal!.odds).toMatchObject({ worked: 7, tried: 9 })
    expect(proposal!.odds.score).toBeCloseTo(11 / 14 - 3 / 15, 10)
  })

  it('D3 a playbook made for another kind of saturation ranks lower and says why', () => {
    const hypotheses = [aHypothesis('saturation', { hints: { saturation: 'memory' } })]
    const scaleUp = propose(input({ hypotheses })).find((each) => each.playbook === 'scale-up')
    expect(scaleUp?.reason).toContain(
      'It is made for saturation of capacity; the evidence points to memory, so it ranks lower.',
    )
  })

  it('D3 a restart can not be undone and says so', () => {
    expect(propose(input())[0]!.plan[0]!.undo).toBeNull()
  })

  it('D3 a hint outside the bounds of the action is not proposed', () => {
    expect(names({ hypotheses: [aHypothesis('bad_deploy', { hints: { flag: 'a b; rm' } })] })).toEqual([])
  })

  it('D3 every target must offer every action, rollbacks too', () => {
    const partly = aService({ targets: [aTarget('a'), aTarget('b', ['warm_cache'])] })
    expect(names({ service: partly, hypotheses: [aHypothesis('latency_spike')] })).toEqual(['warm-cache'])
    const first = aPlaybook({ targets: 'first' })
    expect(propose(input({ service: partly, playbooks: [first] }))[0]!.targets).toEqual(['a'])
  })

  it('D3 a history of failures puts another playbook first', () => {
    const history: ProposeInput['history'] = (playbook) =>
      playbook === 'scale-up'
        ? { worked: 0, tried: 9, medianMs: null }
        : { worked: 6, tried: 9, medianMs: null }
    expect(names({ hypotheses: [aHypothesis('latency_spike')], history })[0]).not.toBe('scale-up')
  })

  it('G6 the impact is the highest of the playbook and its actions', () => {
    expect(propose(input({ playbooks: [aPlaybook({ impact: 'low' })] }))[0]!.impact).toBe('medium')
    expect(propose(input({ playbooks: [aPlaybook({ impact: 'high' })] }))[0]!.impact).toBe('high')
  })

  it('G7 dependents are unknown, not none, for a service outside the catalogue', () => {
    expect(propose(input({ catalogue: { services: [] } }))[0]!.dependents).toBeNull()
  })
})

describe('why there is no proposal', () => {
  const why = (over: Parameters<typeof input>[0]): string => whyNoProposal(input(over))

  it('D3 says that the service is unknown, has no targets, or that no playbook fits, and why', () => {
    expect(whyNoProposal({ ...input(), service: null })).toContain('name no service of the catalogue')
    expect(why({ service: aService({ targets: [] }) })).toBe(
      'checkout has no targets in the catalogue, so there is nothing Suture could act on.',
    )
    expect(why({ hypotheses: [aHypothesis('bad_deploy')] })).toBe(
      'No playbook can be carried out: roll-back-flag is left out because the evidence names no flag.',
    )
    expect(why({ playbooks: [] })).toBe('No playbook is made for service down.')
    expect(why({ service: aService({ targets: [aTarget('a', [])] }) })).toContain(
      'restart-service is left out because target a does not offer restart_service',
    )
  })
})

describe('a target that is only looked at', () => {
  const box = { name: 'box', kind: 'command', checks: { smoke: { argv: ['/opt/smoke'] } } }

  it('R6 D3 takes no part in a remedy, and stands in the way of none', () => {
    const service = aService({ targets: [box, aTarget('checkout')] })
    const playbooks = [aPlaybook(), aPlaybook({ name: 'first', targets: 'first' })]
    const targets = propose(input({ playbooks, service })).map((proposal) => proposal.targets)
    expect(targets).toEqual([['checkout'], ['checkout']])
    expect(propose(input({ playbooks, service: aService({ targets: [box] }) }))).toEqual([])
  })
})

describe('odds', () => {
  it('D3 self-recovery counts from five such incidents on, and is shrunk', () => {
    expect(selfRecoveryRate({ recovered: 4, of: 4 })).toBe(0)
    expect(selfRecoveryRate({ recovered: 5, of: 5 })).toBe(0.5)
    expect(selfRecoveryRate({ recovered: 95, of: 95 })).toBe(0.95)
  })

  it('D3 with nothing known the score is 0 and the interval is everything', () => {
    const nothing = { worked: 0, tried: 0, medianMs: null }
    expect(oddsOf({ worked: 0, failed: 0 }, nothing, { recovered: 0, of: 0 })).toEqual({
      worked: 0,
      tried: 0,
      low: 0,
      high: 1,
      score: 0,
    })
  })
})

const anyHistory = fc.integer({ min: 0, max: 30 }).chain((tried) =>
  fc.record({
    tried: fc.constant(tried),
    worked: fc.integer({ min: 0, max: tried }),
    medianMs: fc.option(fc.nat()),
  }),
)
const anyHypotheses = fc
  .uniqueArray(fc.constantFrom(...triageCodes), { minLength: 1, maxLength: 4 })
  .chain((codes) =>
    fc.tuple(
      ...codes.map((code) =>
        fc.record({
          code: fc.constant(code),
          likelihood: fc.double({ min: 0.05, max: 1, noNaN: true }),
          evidenceFor: fc.constant([]),
          evidenceAgainst: fc.constant([]),
          hints: fc.constantFrom<Record<string, string>>(
            {},
            { saturation: 'memory' },
            { saturation: 'capacity' },
            { flag: 'f', circuit: 'c' },
          ),
        }),
      ),
    ),
  )
const anyHistories = fc.dictionary(
  fc
    .tuple(fc.constantFrom(...playbooks.map((each) => each.name)), fc.constantFrom(...triageCodes))
    .map((key) => key.join(' ')),
  anyHistory,
)
const anySelf = fc
  .integer({ min: 0, max: 20 })
  .chain((of) => fc.record({ of: fc.constant(of), recovered: fc.integer({ min: 0, max: of }) }))
type Histories = Readonly<Record<string, { worked: number; tried: number; medianMs: number | null }>>
const lookUp = (histories: Histories) => (playbook: string, code: TriageCode) =>
  histories[`${playbook} ${code}`] ?? { worked: 0, tried: 0, medianMs: null }

describe('proposals, always', () => {
  it('D3 the same input gives the same proposals, in whatever order the playbooks come', () => {
    fc.assert(
      fc.property(
        anyHypotheses,
        anyHistories,
        anySelf,
        fc.shuffledSubarray(playbooks, { minLength: playbooks.length }),
        (hypotheses, histories, self, shuffled) => {
          const base = { hypotheses, history: lookUp(histories), selfRecovery: () => self }
          expect(propose(input({ ...base, playbooks: shuffled }))).toEqual(
            propose(input({ ...base, playbooks })),
          )
        },
      ),
    )
  })

  it('D3 one more success never lowers the rank of a playbook', () => {
    fc.assert(
      fc.property(
        anyHypotheses,
        anyHistories,
        anySelf,
        fc.constantFrom(...playbooks),
        fc.constantFrom(...triageCodes),
        (hypotheses, histories, self, playbook, code) => {
          const before = { hypotheses, history: lookUp(histories), selfRecovery: () => self }
          const old = lookUp(histories)(playbook.name, code)
          const more = {
            ...histories,
            [`${playbook.name} ${code}`]: { ...old, worked: old.worked + 1, tried: old.tried + 1 },
          }
          const ranks = [names(before), names({ ...before, history: lookUp(more) })].map((list) =>
            list.indexOf(playbook.name),
          )
          expect(ranks[1]).toBeLessThanOrEqual(ranks[0]!)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('D3 a score lies between 0 and 1, so that confidence does too', () => {
    fc.assert(
      fc.property(anyHypotheses, anyHistories, anySelf, (hypotheses, histories, self) => {
        for (const { odds, plan, targets } of propose(
          input({ hypotheses, history: lookUp(histories), selfRecovery: () => self }),
        )) {
          expect(odds.score).toBeGreaterThanOrEqual(0)
          expect(odds.score).toBeLessThanOrEqual(1)
          expect(plan.length * targets.length).toBeGreaterThan(0)
        }
      }),
    )
  })
})

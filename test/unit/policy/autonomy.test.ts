import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Impact, impacts } from '../../../src/domain/action.ts'
import { ChangeWindow, noCalendar } from '../../../src/domain/policy/calendar.ts'
import { effectiveMode, type ModeSetting } from '../../../src/domain/policy/effective-mode.ts'
import { evaluatePolicy } from '../../../src/domain/policy/evaluate.ts'
import { type Mode, modes, nothingKnown, type PolicyFacts } from '../../../src/domain/policy/facts.ts'
import { passedByGlass } from '../../../src/domain/policy/passed-by-glass.ts'

const now = Temporal.Instant.from('2026-06-01T10:00:00Z')
const glass = { id: 'bg-1', by: 'person_dan', until: now.add({ minutes: 30 }) }

/** Undoable and well proven, so that only mode, impact, confidence and dependents decide. */
const facts = (over: Partial<PolicyFacts> = {}): PolicyFacts => ({
  ...nothingKnown,
  moment: 'propose',
  now,
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
  trust: { worked: 20, tried: 20, lastEnded: 'worked', rubberStamps: 0, review: 0.4, deny: 0.7 },
  ...over,
})

/** a: runs by itself; p: a person approves; r: a person requests first; -: denied. One letter a number of dependents: 0, 2, 3, unknown. */
const table: Readonly<Record<Mode, Readonly<Record<Impact, readonly [sure: string, unsure: string]>>>> = {
  observe: {
    low: ['----', '----'],
    medium: ['----', '----'],
    high: ['----', '----'],
    critical: ['----', '----'],
  },
  propose: {
    low: ['rrrr', 'rrrr'],
    medium: ['rrrr', 'rrrr'],
    high: ['rrrr', 'rrrr'],
    critical: ['rrrr', 'rrrr'],
  },
  approve: {
    low: ['pppp', 'pppp'],
    medium: ['pppp', 'pppp'],
    high: ['pppp', 'pppp'],
    critical: ['pppp', 'pppp'],
  },
  auto: {
    low: ['aapp', 'pppp'],
    medium: ['aapp', 'pppp'],
    high: ['pppp', 'pppp'],
    critical: ['pppp', 'pppp'],
  },
}
const dependents = [0, 2, 3, null]
const letterOf = (given: PolicyFacts): string => {
  const { outcome, needsRequester } = evaluatePolicy(given)
  if (outcome === 'deny') return '-'
  return outcome === 'allow' ? 'a' : needsRequester ? 'r' : 'p'
}

describe('how far Suture goes by itself', () => {
  it.each(modes.flatMap((mode) => impacts.map((impact) => [mode, impact] as const)))(
    'G9 mode %s, impact %s: by confidence and dependents',
    (mode, impact) => {
      const row = [0.7, 0.69].map((confidence) =>
        dependents.map((each) => letterOf(facts({ mode, impact, confidence, dependents: each }))).join(''),
      )
      expect(row).toEqual(table[mode][impact])
    },
  )

  it('G8 G9 what somebody edited waits for a person in auto, and the reason says so', () => {
    const { outcome, reasons } = evaluatePolicy(facts({ edited: true }))
    expect(outcome).toBe('require_approval')
    expect(reasons).toMatchObject([
      {
        code: 'mode',
        detail:
          'Mode auto on checkout does not cover restart: somebody edited its values, which the odds know nothing of.',
        facts: { edited: true },
      },
    ])
    for (const mode of modes) {
      const [plain, edited] = [false, true].map((each) => letterOf(facts({ mode, edited: each })))
      expect(edited).toBe(plain === 'a' ? 'p' : plain)
    }
  })

  it('G6 G7 G9 nothing runs by itself above any limit, whatever else is so', () => {
    fc.assert(
      fc.property(
        fc.record({
          // Mostly near the limits, where something could slip through.
          mode: fc.constantFrom('auto' as const, 'auto' as const, 'auto' as const, ...modes),
          impact: fc.constantFrom('low' as const, 'medium' as const, ...impacts),
          confidence: fc.double({ min: 0.6, max: 1, noNaN: true }),
          dependents: fc.option(fc.nat(5)),
          irreversible: fc.boolean(),
          overrides: fc.subarray(['trust_core', 'blast_radius'] as const),
          broken: fc.integer({ min: 0, max: 4 }).map((at) => at === 0),
          edited: fc.integer({ min: 0, max: 4 }).map((at) => at === 0),
          blastLimits: fc.record({ auto: fc.nat(9), approve: fc.option(fc.nat(9)) }),
          unreviewed: fc.constantFrom(null, null, null, 'bg-9'),
        }),
        ({ broken, unreviewed, ...over }) => {
          const given = facts({ ...over, breakGlass: { active: broken ? glass : null, unreviewed } })
          if (evaluatePolicy(given).outcome !== 'allow') return
          expect(given.mode).toBe('auto')
          expect(['low', 'medium']).toContain(given.impact)
          expect(given.confidence).toBeGreaterThanOrEqual(0.7)
          expect(given.dependents).toBeLessThanOrEqual(Math.min(2, given.blastLimits.auto))
          expect([broken, unreviewed, given.edited]).toEqual([false, null, false])
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('the mode that holds', () => {
  const set = (scope: ModeSetting['scope'], name: string, mode: Mode): ModeSetting => ({ scope, name, mode })
  const about = { service: 'checkout', playbook: 'restart' }

  it.each([
    ['nothing is set', [], 'propose'],
    ['the service is set, looser than the tenant', [set('service', 'checkout', 'auto')], 'auto'],
    ['the playbook is set, stricter', [set('playbook', 'restart', 'observe')], 'observe'],
    [
      'both are set: the stricter',
      [set('service', 'checkout', 'auto'), set('playbook', 'restart', 'approve')],
      'approve',
    ],
    [
      'others are set, and a service named like the playbook',
      [set('service', 'restart', 'auto'), set('playbook', 'checkout', 'auto')],
      'propose',
    ],
  ] as const)('G9 %s', (_name, settings, mode) => {
    expect(effectiveMode('propose', settings, about).mode).toBe(mode)
  })

  it('G9 a rule of the policy file only tightens what is set', () => {
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the file
    const rules = (mode: Mode) => [{ id: 'one', match: {}, then: { mode }, reason: 'It is said so.' }]
    expect(letterOf(facts({ mode: 'auto', rules: rules('propose') }))).toBe('r')
    expect(letterOf(facts({ mode: 'propose', rules: rules('auto') }))).toBe('r')
  })
})

/** It is Monday. */
const sundays = ChangeWindow.parse({ id: 'sundays', days: ['sun'] })
const frozen = {
  id: 'frz-1',
  from: now.subtract({ hours: 1 }),
  to: now.add({ hours: 9 }),
  reason: 'the fair',
  by: 'Olga',
}

describe('behind a broken glass', () => {
  const open = { active: glass, unreviewed: null }

  it('G10 one person with the role override decides, whatever number and groups were asked for', () => {
    const rules = [
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the file
      { id: 'dba', match: {}, then: { quorum: 3, groups: ['dba'] }, reason: 'It is their data.' },
    ]
    const verdict = evaluatePolicy(facts({ impact: 'critical', rules, breakGlass: open }))
    expect(verdict).toMatchObject({
      outcome: 'require_approval',
      quorum: 1,
      requiredRoles: ['override'],
      requiredGroups: [],
    })
    expect(verdict.reasons.filter(({ code }) => code === 'quorum').map(({ detail }) => detail)).toEqual([
      'The glass is broken (bg-1, until 2026-06-01 10:30 UTC): one person decides.',
    ])
  })

  it('G10 it never makes a person superfluous, and is over to the moment', () => {
    expect(letterOf(facts())).toBe('a')
    expect(letterOf(facts({ breakGlass: open }))).toBe('p')
    expect(evaluatePolicy(facts({ impact: 'critical', breakGlass: open, now: glass.until })).quorum).toBe(2)
  })

  it.each([
    ['the emergency stop', { emergencyStop: true }],
    ['an empty list of approvers', { approverRoles: [] }],
    ['a resolved incident', { incidentStatus: 'resolved' }],
    ['mode observe', { mode: 'observe' }],
  ] as const)('G10 it never lifts %s', (_name, over) => {
    expect(evaluatePolicy(facts({ ...over, breakGlass: open })).outcome).toBe('deny')
  })

  it.each([
    ['change_window', { windows: [sundays] }],
    ['freeze', { freezes: [frozen] }],
  ] as const)(
    'G10 %s asks instead of refusing, to the moment, and never lets Suture go on alone',
    (code, hours) => {
      const given = { impact: 'medium', calendar: { ...noCalendar, ...hours } } as const
      expect(evaluatePolicy(facts(given)).outcome).toBe('deny')
      const verdict = evaluatePolicy(facts({ ...given, breakGlass: open }))
      expect(verdict).toMatchObject({ outcome: 'require_approval', requiredRoles: ['override'] })
      expect(verdict.reasons.map((reason) => reason.code)).toContain(code)
      expect(passedByGlass(facts({ ...given, breakGlass: open }))).toEqual([code])
      expect(evaluatePolicy(facts({ ...given, breakGlass: open, now: glass.until })).outcome).toBe('deny')
      for (const over of [{ emergencyStop: true }, { mode: 'observe' }] as const)
        expect(evaluatePolicy(facts({ ...given, ...over, breakGlass: open })).outcome).toBe('deny')
    },
  )

  it('G10 the layers that it lets past are named, and none while the glass is whole', () => {
    const over = { moment: 'request', dependents: 9, blastLimits: { auto: 2, approve: 5 } } as const
    expect(passedByGlass(facts({ ...over, impact: 'critical', breakGlass: open }))).toEqual([
      'blast_radius',
      'quorum',
    ])
    expect(passedByGlass(facts(over))).toEqual([])
    expect(passedByGlass(facts({ breakGlass: open }))).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/domain/diagnose.ts'
import type { Evidence, Fact } from '../../../src/domain/evidence.ts'
import { anAlert, aProbe, at } from '../support/evidence.ts'

type Facts = Record<string, Fact>

const beganAt = at()
const before = (minutes: number): string =>
  beganAt.subtract({ milliseconds: Math.round(minutes * 60_000) }).toString()

const cluster = (facts: Facts): Evidence =>
  aProbe(
    { found: true, desiredReplicas: 3, readyReplicas: 3, image: 'shop/checkout:2.1', ...facts },
    { source: 'kubernetes' },
  )
const rolledOut: Facts = { rolledOutAt: before(12), previousImage: 'shop/checkout:2.0' }
const rollout =
  'The latest rollout of checkout came 12 min before it began. The image is shop/checkout:2.1, the one before was shop/checkout:2.0.'

const badDeploy = (evidence: readonly Evidence[], title = 'Watchdog') => {
  const { hypotheses } = diagnose({ service: 'checkout', alerts: [anAlert({ title })], evidence, beganAt })
  const found = hypotheses.find(({ code }) => code === 'bad_deploy')
  return {
    likelihood: found?.likelihood ?? 0,
    evidenceFor: found?.evidenceFor ?? [],
    evidenceAgainst: found?.evidenceAgainst ?? [],
  }
}

describe('a rollout as a change', () => {
  const likelihood = (rolledOutAt: Fact, more: Evidence[] = []) =>
    badDeploy([cluster({ rolledOutAt }), ...more]).likelihood

  it.each([
    ['in that very moment', 0, true],
    ['two hours before', 120, true],
    ['a moment more than two hours before', 120.1, false],
    ['after it began', -0.1, false],
  ])('D1 D2 a rollout %s speaks for a bad change: %s min, %s', (_, minutes, speaks) => {
    expect(likelihood(before(minutes)) > 0).toBe(speaks)
  })

  it('D1 D2 within half an hour it weighs more than later', () => {
    expect(likelihood(before(30))).toBeGreaterThan(likelihood(before(30.1)))
  })

  it.each([null, 'yesterday', '', 7, true])('D1 a time of rollout that is %j says nothing', (rolledOutAt) => {
    expect(likelihood(rolledOutAt)).toBe(0)
    expect(badDeploy([cluster({ rolledOutAt })], 'RolloutStuck').evidenceAgainst).toEqual([])
  })

  const aChange = (facts: Facts): Evidence =>
    aProbe(
      {
        recorded: true,
        'change.1.service': 'checkout',
        'change.1.kind': 'deploy',
        'change.1.title': 'Deploy 2.1',
        'change.1.minutesBefore': 13,
        'change.1.own': true,
        ...facts,
      },
      { source: 'recent_changes' },
    )

  it('D1 D2 one that is on record as well is told twice and counts once', () => {
    const both = badDeploy([cluster(rolledOut), aChange({})])
    expect(both.likelihood).toBe(badDeploy([cluster(rolledOut)]).likelihood)
    expect(both.evidenceFor).toEqual(['Deploy of checkout “Deploy 2.1”, 13 min before it began.', rollout])
  })

  it('D1 D2 one that nobody recorded is a change all the same', () => {
    const { evidenceFor, evidenceAgainst } = badDeploy([
      cluster(rolledOut),
      aProbe({ recorded: true, changes: 0 }, { source: 'recent_changes' }),
    ])
    expect({ evidenceFor, evidenceAgainst }).toEqual({ evidenceFor: [rollout], evidenceAgainst: [] })
  })

  it.each([
    ['just before its end', 5, 5.5, false],
    ['ten minutes before its end', 5, 15, false],
    ['earlier than a run can last', 5, 15.1, true],
    ['after its end', 5, 4, true],
  ])("D1 D2 a rollout that came %s of Suture's own run: suspect %s %s %s", (_, run, rolled, suspect) => {
    const facts = {
      'change.1.kind': 'run',
      'change.1.title': 'restart: succeeded',
      'change.1.minutesBefore': run,
    }
    expect(likelihood(before(rolled), [aChange(facts)]) > 0).toBe(suspect)
    expect(
      likelihood(before(rolled), [aChange({ ...facts, 'change.1.service': 'payments' })]),
    ).toBeGreaterThan(0)
  })

  it('D1 without the time when it began no rollout is suspected', () => {
    const facts = { service: 'checkout', alerts: [anAlert()], evidence: [cluster(rolledOut)] }
    expect(diagnose(facts).hypotheses.map(({ code }) => code)).not.toContain('bad_deploy')
  })
})

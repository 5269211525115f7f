import { describe, expect, it } from 'vitest'
import { noCalendars, parsePolicy } from '../../../src/app/configuration/parse-policy.ts'
import { describeYamlProblem } from '../../../src/app/read-yaml.ts'
import { checkGroups, checkShifts, namedIn } from '../../../src/domain/policy/check-groups.ts'
import { PolicyDocument } from '../../../src/domain/policy/document.ts'
import { fitsPattern } from '../../../src/domain/policy/match.ts'
import { type KnownNames, policyWarnings } from '../../../src/domain/policy/policy-warnings.ts'
import { storedPolicy } from '../../../src/domain/policy/stored-policy.ts'
import { pathInWords } from '../../../src/domain/reading.ts'

const read = (text: string) => parsePolicy({ name: 'policy.yaml', text }, noCalendars)
const problems = (text: string): string[] => {
  const reading = read(text)
  return reading.ok ? [] : reading.problems.map(describeYamlProblem)
}

describe('a policy that contradicts itself', () => {
  it('G8 an empty file is the default policy, and a full one has no problem', () => {
    expect(read('{}')).toEqual({ ok: true, value: PolicyDocument.parse({}) })
    expect(
      problems(
        `windows:
  - { id: nights, from: '22:00', to: '06:00' }
  - { id: all-day, from: '00:00', to: '24:00', timeZone: Asia/Kathmandu }
freezes: [{ id: xmas, from: 2026-12-20T18:00, to: 2027-01-04T09:00, reason: peace }]
holidays: [{ id: own, dates: ['2028-02-29'] }]
groups: { dba: [person_ada], constructor: [person_bo] }
rules: [{ id: two, then: { groups: [dba, constructor] }, reason: both look }]`,
      ),
    ).toEqual([])
  })

  it.each<[string, string, string[]]>([
    [
      'G1 ids that are declared twice',
      'windows:\n  - id: a\n  - id: a\nrules:\n  - { id: r, then: { mode: observe }, reason: x }\n  - { id: r, then: { mode: propose }, reason: x }',
      [
        'policy.yaml:3:9 windows[1].id: the window a is declared twice. Give each an id of its own: refusals name it.',
        'policy.yaml:6:11 rules[1].id: the rule r is declared twice. Give each an id of its own: refusals name it.',
      ],
    ],
    [
      'G1 a window that is never open',
      "windows:\n  - { id: a, from: '09:00', to: '09:00' }\n  - { id: b, from: '24:00', to: '06:00' }",
      ['policy.yaml:2:33 windows[0].to: ', 'policy.yaml:3:33 windows[1].to: '],
    ],
    [
      'G1 a zone that nobody knows',
      'windows:\n  - id: a\n    timeZone: Mars/Olympus',
      ['policy.yaml:3:15 windows[0].timeZone: '],
    ],
    [
      'G2 a freeze that ends before it begins, and days that no year has',
      "freezes:\n  - { id: a, from: 2026-12-20T18:00, to: 2026-12-20T18:00, reason: x }\n  - { id: b, from: 2026-02-30T18:00, to: 2027-01-01T25:00, reason: x }\nholidays:\n  - { id: h, dates: ['2026-02-29'] }",
      [
        'policy.yaml:2:42 freezes[0].to: ',
        'policy.yaml:3:20 freezes[1].from: ',
        'policy.yaml:3:42 freezes[1].to: ',
        'policy.yaml:5:22 holidays[0].dates[0]: ',
      ],
    ],
    ['G2 holidays without a day', 'holidays:\n  - id: none', ['holidays[0]: the holidays none have no days']],
    [
      'G8 a rule that says nothing, or names a group that is not there',
      'rules:\n  - { id: a, then: {}, reason: x }\n  - { id: b, then: { groups: [toString] }, reason: x }',
      ['rules[0].then: the rule a says nothing', 'rules[1].then.groups[0]: there is no group "toString"'],
    ],
    ['G8 a group with nobody', 'groups: { dba: [] }', ['policy.yaml:1:11 groups.dba: ']],
    [
      'G8 an escalation that does not rise',
      'approval:\n  escalation:\n    - { after: 10m, roles: [admin] }\n    - { after: 10m, roles: [override] }',
      ['approval.escalation[1].after: step 2 of the escalation comes no later'],
    ],
    [
      'G8 a quorum below what always holds',
      'approval: { quorum: { critical: 1 } }',
      ['approval.quorum.critical: a quorum of 1 for critical impact is below 2'],
    ],
    [
      'G6 D5 bounds the wrong way round',
      'trust: { review: 0.9, deny: 0.1 }\nlimits: { backOff: { first: 3h, most: 2h } }',
      ['trust.review: review at 0.9 lies above deny', 'limits.backOff.first: the first back-off is longer'],
    ],
    [
      'G4 numbers that are none, and unknown fields',
      'trust: { review: .nan, deny: 1e400 }\nlimits: { proposalsPerHour: true }\nblastRadius: { auto: 1.5, approve: "1" }\nwindowz: []',
      [
        'trust.review: ',
        'trust.deny: ',
        'limits.proposalsPerHour: ',
        'blastRadius.auto: ',
        'blastRadius.approve: ',
        'windowz: unknown field "windowz"',
      ],
    ],
    ['G4 __proto__', 'groups: { __proto__: [a] }', ['the key __proto__ is not allowed']],
    ['G4 half a surrogate pair', 'description: "\\ud800"', ['half a surrogate pair']],
    ['G4 a key twice', 'overrun: warn\noverrun: deny', ['policy.yaml:2:1 ']],
    ['G4 an alias', 'description: &a x\ngroups: { b: [*a] }', ['anchor &a', 'alias *a']],
    [
      'G4 a star that is not at the end',
      'rules: [{ id: a, match: { services: ["*pay", "p*y", "pay-*"] }, then: { mode: observe }, reason: x }]',
      ['rules[0].match.services[0]: ', 'rules[0].match.services[1]: '],
    ],
  ])('%s is refused, all at once, with its line', (_name, text, expected) => {
    const found = problems(text)
    for (const part of expected) expect(found.join('\n')).toContain(part)
    expect(found).toHaveLength(expected.length)
  })
})

describe('a policy that holds, but hardly as it was meant', () => {
  const known: KnownNames = {
    services: [
      { name: 'payments-api', aliases: ['pay'] },
      { name: 'checkout', aliases: [] },
    ],
    playbooks: [
      { name: 'restart', impact: 'medium', diagnoses: ['service_down'] },
      { name: 'scale-up', impact: 'low', diagnoses: ['saturation'] },
    ],
  }
  const now = Temporal.Instant.from('2026-11-22T14:00:00Z')
  const warnings = (document: object, names = known) =>
    policyWarnings(PolicyDocument.parse(document), names, now).map(
      ({ path, problem }) => `${pathInWords(path)}: ${problem}`,
    )
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the file; nobody awaits a rule
  const rule = (match: object) => ({ rules: [{ id: 'r', match, then: { mode: 'observe' }, reason: 'x' }] })

  it.each<[string, object, string[]]>([
    ['what is there', rule({ services: ['payments-*', '*'], playbooks: ['restart'] }), []],
    [
      'a service that the catalogue does not have',
      rule({ services: ['paymnets', 'pay', 'shop-*'] }),
      [
        'rules[0].match.services[0]: no service of the catalogue is called paymnets, so this holds for nothing',
        'rules[0].match.services[1]: pay is another name of payments-api, so this holds for nothing',
        'rules[0].match.services[2]: no service of the catalogue is called shop-*, so this holds for nothing',
      ],
    ],
    [
      'playbook and diagnosis that never meet',
      rule({ playbooks: ['restart'], diagnoses: ['saturation'] }),
      [
        'rules[0].match: no playbook in force has this name, impact and diagnosis at once, so this holds for nothing',
      ],
    ],
    [
      'a shift for a service that is not there',
      {
        shifts: [{ id: 's', match: { services: ['gone'] }, people: ['a', 'b'], starts: '2026-01-05' }],
      },
      ['shifts[0].match.services[0]: no service of the catalogue is called gone, so this holds for nothing'],
    ],
    [
      'an impact that no playbook has',
      { windows: [{ id: 'w', match: { impacts: ['critical'] } }] },
      [
        'windows[0].match: no playbook in force has this name, impact and diagnosis at once, so this holds for nothing',
      ],
    ],
    [
      'a freeze that is long over',
      {
        freezes: [
          { id: 'old', from: '2024-01-01T00:00', to: '2025-11-20T00:00', reason: 'x' },
          { id: 'late', from: '2024-01-01T00:00', to: '2025-11-24T00:00', reason: 'x' },
        ],
      },
      ['freezes[0]: the freeze old has been over for more than a year'],
    ],
    [
      'a quorum larger than the groups',
      {
        groups: { dba: ['person_ada'] },
        // oxlint-disable-next-line unicorn/no-thenable -- the word of the file; nobody awaits a rule
        rules: [{ id: 'two', then: { quorum: 2, groups: ['dba'] }, reason: 'x' }],
      },
      [
        'rules[0].then.quorum: the rule two wants 2 people, and its groups have 1: others have to make up the number',
      ],
    ],
  ])('G8 %s', (_name, document, expected) => expect(warnings(document)).toEqual(expected))

  it('G8 where nobody knows the catalogue, nothing is said of services', () => {
    expect(warnings(rule({ services: ['nowhere'] }), { services: null, playbooks: null })).toEqual([])
  })

  it('G1 a pattern fits itself or what it begins', () => {
    expect(['pay', 'pay-api', 'repay'].map((name) => fitsPattern('pay*', name))).toEqual([true, true, false])
    expect(fitsPattern('*', 'anything')).toBe(true)
    expect(fitsPattern('pay', 'pay-api')).toBe(false)
  })
})

describe('the people of a group', () => {
  const people = [
    { id: 'person_ada', name: 'Ada', kind: 'human', disabled: false },
    { id: 'person_bo', name: 'Bo', kind: 'human', disabled: true },
    { id: 'person_ci', name: 'CI', kind: 'service_account', disabled: false },
  ] as const

  it('G8 who cannot approve is told by name', () => {
    const groups = { dba: ['person_ada', 'person_bo', 'person_ci', 'person_eve', 'person_ada'] }
    expect(
      checkGroups(groups, people).map(({ path, problem }) => `${pathInWords(path)}: ${problem}`),
    ).toEqual([
      'groups.dba[1]: Bo (person_bo) is disabled and approves nothing',
      'groups.dba[2]: CI (person_ci) is a service account and never approves',
      'groups.dba[3]: there is no person person_eve',
      'groups.dba[4]: person_ada is in the group dba twice',
    ])
  })

  it('G8 nor can they take over a shift; whoever has several turns may', () => {
    const turns = ['person_ada', 'person_bo', 'person_ada', ['person_ci', 'person_eve', 'person_eve']]
    const { groups, shifts } = PolicyDocument.parse({
      groups: { dba: ['person_ada'] },
      shifts: [{ id: 'first-line', people: turns, starts: '2026-01-05' }],
    })
    expect(
      checkShifts(shifts, people).map(({ path, problem }) => `${pathInWords(path)}: ${problem}`),
    ).toEqual([
      'shifts[0].people[1]: Bo (person_bo) is disabled and approves nothing',
      'shifts[0].people[3][0]: CI (person_ci) is a service account and never approves',
      'shifts[0].people[3][1]: there is no person person_eve',
      'shifts[0].people[3][2]: person_eve is in one turn of the shift first-line twice',
    ])
    expect(namedIn({ groups, shifts })).toEqual(['person_ada', 'person_bo', 'person_ci', 'person_eve'])
  })
})

describe('a policy that an earlier version has stored', () => {
  it('G8 what it does not say is as a new file would have it, and what it says stays', () => {
    const { limits, trust, ...whole } = PolicyDocument.parse({
      windows: [{ id: 'a' }],
      limits: { duplicateWithin: '3m' },
    })
    const old = {
      ...whole,
      windows: [{ id: 'a', match: {}, days: ['mon'] }],
      limits: { duplicateWithin: limits.duplicateWithin },
      approval: { quorum: { high: 3 } },
    }
    const now = storedPolicy(JSON.parse(JSON.stringify(old)))
    expect(now).toEqual({
      ...whole,
      windows: [{ id: 'a', match: {}, days: ['mon'], from: '09:00', to: '18:00', timeZone: 'service' }],
      limits: { ...PolicyDocument.parse({}).limits, duplicateWithin: 180_000 },
      approval: { ...whole.approval, quorum: { ...whole.approval.quorum, high: 3 } },
      trust,
    })
  })
})

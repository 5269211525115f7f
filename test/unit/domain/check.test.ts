import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeYamlProblem, readYamlFile } from '../../../src/app/read-yaml.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { checksOf, isKnownCheck, longestOf } from '../../../src/domain/check.ts'
import { checkTitle, readMetric, seenAtLast, seenSoFar } from '../../../src/domain/check-in-words.ts'
import { checkPlaybook } from '../../../src/domain/check-playbook.ts'
import { playbookReader } from '../../../src/domain/read-playbook.ts'
import { nothingSeen, seeMore } from '../../../src/domain/verification.ts'
import { aPlaybook } from '../support/playbooks.ts'

const head = `name: restart
version: 1
title: Restart
description: Restarts.
impact: low
diagnoses: [service_down]
`
const text = (verify: string, check = ''): string => `${head}steps:
  - id: restart
    action: restart_service
${check}verify:
${verify}`

const read = (yaml: string) => readYamlFile(yaml, 'restart.yaml', playbookReader(actionCatalogue))
const refusals = (yaml: string): string[] => {
  const reading = read(yaml)
  return reading.ok ? [] : reading.problems.map(describeYamlProblem)
}

describe('how a playbook declares checks', () => {
  it('R6 one probe reads as it always did, so that what was approved before keeps its digest', () => {
    expect(aPlaybook({ verify: { check: 'http_probe' } }).verify).toEqual({
      check: 'http_probe',
      within: 60_000,
      every: 1_000,
      healthy: 3,
    })
    expect(aPlaybook({}).steps[0]).not.toHaveProperty('check')
  })

  it('R6 several checks share a settling time unless one says its own', () => {
    const { verify } = aPlaybook({
      verify: {
        settle: '5s',
        checks: [
          { check: 'http_probe', within: '1m' },
          { check: 'alert_resolved', settle: '0s', within: '2m' },
          { check: 'prometheus', query: 'up', above: 0, within: '30s' },
          { check: 'command', command: 'shop/box/smoke', within: '30s' },
        ],
      },
    })
    expect(checksOf(verify).map(({ check, settle }) => [check, settle])).toEqual([
      ['http_probe', 5_000],
      ['alert_resolved', 0],
      ['prometheus', 5_000],
      ['command', 5_000],
    ])
    expect(longestOf(checksOf(verify))).toBe(120_000)
    expect(longestOf([])).toBe(0)
  })

  it('R6 the slowest check of the plan and that of each step count against the time of the run', () => {
    const longest = (verify: string, step: string | null): string[] =>
      checkPlaybook(
        aPlaybook({
          steps: [
            {
              id: 'restart',
              action: 'restart_service',
              timeout: '1m',
              ...(step === null ? {} : { check: { check: 'http_probe', settle: step, within: '1m' } }),
            },
          ],
          verify: {
            checks: [
              { check: 'alert_resolved', within: verify },
              { check: 'http_probe', settle: '10s', within: '1m' },
            ],
          },
        }),
        actionCatalogue,
        300_000,
      ).map(({ problem }) => problem)
    expect(longest('4m', null)).toEqual([])
    expect(longest('3m', '0s')).toEqual([])
    expect(longest('3m', '1s')).toEqual([expect.stringContaining('may take 301s together')])
    expect(longest('1m', '110s')).toEqual([])
    expect(longest('1m', '111s')).toEqual([expect.stringContaining('may take 301s together')])
  })

  it.each<[string, string, string]>([
    [
      'an unknown kind',
      text('  check: ping\n'),
      'restart.yaml:11:10 verify.check: unknown kind of check; expected http_probe, prometheus, command or alert_resolved, or several below checks, found "ping"',
    ],
    [
      'an unknown kind in the list',
      text('  checks:\n    - { check: http_probe }\n    - { check: ping }\n'),
      'restart.yaml:13:16 verify.checks[1].check: unknown kind of check; expected http_probe, prometheus, command or alert_resolved, found "ping"',
    ],
    [
      'an unknown kind after a step',
      text('  check: http_probe\n', '    check: { check: ping }\n'),
      'restart.yaml:10:21 steps[0].check.check: unknown kind of check; expected http_probe, prometheus, command or alert_resolved, found "ping"',
    ],
    ['no check at all', text('  checks: []\n'), 'verify.checks: '],
    [
      'a query with nothing to compare',
      text('  { check: prometheus, query: up }\n'),
      'expected below, above',
    ],
    [
      'a program instead of a check',
      text('  { check: command, command: "/bin/rm -rf" }\n'),
      'expected a check, or target/check',
    ],
    [
      'a look longer than its window',
      text('  { check: command, command: smoke, within: 5s }\n'),
      'at most as long as within',
    ],
    ['a field of another kind', text('  { check: alert_resolved, query: up }\n'), 'unknown field "query"'],
  ])('R6 %s is refused with file, line and remedy', (_what, yaml, expected) => {
    const [refusal, ...others] = refusals(yaml)
    expect(others).toEqual([])
    expect(refusal).toContain(expected)
    expect(refusal).toMatch(/^restart\.yaml:\d+:\d+ .*(Correct|Remove)/)
  })

  it('R6 the checks that the documentation shows are valid', () => {
    const doc = readFileSync(new URL('../../../docs/playbooks.md', import.meta.url), 'utf8')
    const shown = [...doc.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => yaml)
    const [verify = '', steps = '', gated = '', ...others] = shown.filter((yaml) => !yaml.startsWith('name:'))
    expect([verify.slice(0, 7), steps.slice(0, 6), gated.slice(0, 6), others]).toEqual([
      'verify:',
      'steps:',
      'steps:',
      [],
    ])
    for (const each of [steps, gated]) expect(refusals(`${head}${each}${verify}`)).toEqual([])
  })

  it('R6 a stored check of a kind that this version does not know is told from the others', () => {
    expect(isKnownCheck({ check: 'http_probe' })).toBe(true)
    expect(isKnownCheck({ check: 'alert_resolved' })).toBe(true)
    for (const check of ['ping', 'all', 'constructor', '']) expect(isKnownCheck({ check })).toBe(false)
  })
})

describe('what a check has seen, in words', () => {
  const percent = { below: 1, unit: '%' }

  it.each([
    [0.2, percent, true, '5xx rate 0.2 %, below 1 %'],
    [1, percent, false, '5xx rate 1 %, not below 1 %'],
    [4.04567, percent, false, '5xx rate 4.046 %, not below 1 %'],
    [3, { above: 2 }, true, '5xx rate 3, above 2'],
    [2, { above: 2 }, false, '5xx rate 2, not above 2'],
    [2, { above: 1, below: 3 }, true, '5xx rate 2, below 3 and above 1'],
    [5, { above: 1, below: 3 }, false, '5xx rate 5, not below 3'],
  ])('R6 %d with %o holds: %s', (value, compared, holds, summary) => {
    expect(readMetric('5xx rate', value, compared)).toEqual({ measured: true, holds, summary })
  })

  it.each([null, Number.NaN, Number.POSITIVE_INFINITY])(
    'R6 %s is no data, and no data is no zero',
    (value) => {
      expect(readMetric('5xx rate', value, percent)).toEqual({
        measured: false,
        holds: false,
        summary: '5xx rate: no data',
      })
    },
  )

  it('R6 a value with nothing to compare it with has measured nothing', () => {
    expect(readMetric('5xx rate', 0, {}).measured).toBe(false)
  })

  it('R6 tells how it stands, and how it ended', () => {
    const good = readMetric('5xx rate', 0.2, percent)
    const bad = readMetric('5xx rate', 4, percent)
    const none = readMetric('5xx rate', null, percent)
    const after = (...readings: (typeof good)[]) =>
      readings.reduce((seen, each) => seeMore(seen, each, { healthy: 3 }), nothingSeen)
    expect(seenSoFar(nothingSeen, 3)).toBe('no answer yet')
    expect(seenSoFar(after(good), 3)).toBe('5xx rate 0.2 %, below 1 %, 1 of 3 times in a row')
    expect(seenSoFar(after(bad), 3)).toBe('5xx rate 4 %, not below 1 %')
    expect(seenSoFar(after(none), 3)).toBe('not measured: 5xx rate: no data')
    expect(seenAtLast(after(good, good, good), 'recovered', 3)).toBe(
      '5xx rate 0.2 %, below 1 %, three times in a row',
    )
    expect(seenAtLast(after(good), 'recovered', 1)).toBe('5xx rate 0.2 %, below 1 %')
    expect(seenAtLast(after(bad), 'not_recovered', 3)).toBe('5xx rate 4 %, not below 1 %')
    expect(seenAtLast(after(bad, good, good), 'not_recovered', 3)).toBe(
      '5xx rate 0.2 %, below 1 %, but only twice of 3 in a row',
    )
    expect(seenAtLast(after(none), 'not_measured', 3)).toBe('not measured: 5xx rate: no data')
    expect(seenAtLast(nothingSeen, 'not_measured', 3)).toBe('not measured: no look came to an answer in time')
  })

  it.each([
    [{ check: 'http_probe' }, 'Health probe'],
    [{ check: 'http_probe', probe: 'deep' }, 'Probe deep'],
    [{ check: 'prometheus', query: 'up', above: 0 }, 'Prometheus query'],
    [{ check: 'prometheus', query: 'up', above: 0, title: '5xx rate' }, '5xx rate'],
    [{ check: 'command', command: 'smoke' }, 'Command smoke'],
    [{ check: 'alert_resolved' }, 'Alerts resolved'],
  ])('R6 %o is called %s', (check, title) => {
    const { verify } = aPlaybook({ verify: check })
    expect(checksOf(verify).map(checkTitle)).toEqual([title])
  })
})

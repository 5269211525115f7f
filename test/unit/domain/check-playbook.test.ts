import { describe, expect, it } from 'vitest'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { bindWith } from '../../../src/domain/bind-step.ts'
import { checkPlaybook } from '../../../src/domain/check-playbook.ts'
import { parametersOf } from '../../../src/domain/narrow-parameter.ts'
import { sanitizeParameters } from '../../../src/domain/parameters.ts'
import { pathInWords } from '../../../src/domain/reading.ts'
import { aPlaybook, playbookFiles, readBuiltIn } from '../support/playbooks.ts'

const problems = (over: Record<string, unknown>, runTimeoutMs?: number): string[] =>
  checkPlaybook(aPlaybook(over), actionCatalogue, runTimeoutMs).map(
    ({ path, problem }) => `${pathInWords(path)}: ${problem}`,
  )

const scale = (delta: unknown) => ({
  id: 'scale',
  action: 'scale_instances',
  with: { delta },
  rollback: { action: 'scale_instances', with: { delta: -1 } },
})
const withDelta = (parameter: Record<string, unknown>) => ({
  parameters: { delta: { title: 'Delta', type: 'integer', ...parameter } },
  steps: [scale('${{ parameters.delta }}')],
})

describe('the built-in playbooks', () => {
  it('R2 are the six that are promised', () => {
    expect(playbookFiles()).toEqual([
      'flush-circuit-breakers.yaml',
      'raise-logging.yaml',
      'restart-service.yaml',
      'roll-back-flag.yaml',
      'scale-up.yaml',
      'warm-cache.yaml',
    ])
  })

  it.each(playbookFiles())('R2 %s reads without a problem and is named like its file', (file) => {
    expect(`${readBuiltIn(file).name}.yaml`).toBe(file)
  })

  it.each(['roll-back-flag.yaml', 'scale-up.yaml'])('R2 %s can be undone', (file) => {
    for (const step of readBuiltIn(file).steps) expect(step.rollback).toBeDefined()
  })
})

describe('a playbook only does what the action catalogue allows', () => {
  it('a sound playbook has no problem', () => {
    expect(problems({})).toEqual([])
    expect(problems(withDelta({ min: 1, max: 3, default: 1 }))).toEqual([])
    expect(problems(withDelta({ default: 1 }))).toEqual([])
  })

  const bad: readonly [string, Record<string, unknown>, string][] = [
    ['an unknown action', { steps: [{ id: 'a', action: 'rm_rf' }] }, 'steps[0].action: unknown action rm_rf'],
    [
      'an action named like a built-in',
      { steps: [{ id: 'a', action: 'constructor' }] },
      'steps[0].action: unknown action constructor',
    ],
    [
      'a literal out of bounds',
      { steps: [scale(4)] },
      'steps[0].with.delta: 4 is outside the bounds of scale_instances',
    ],
    [
      'text for a number',
      { steps: [scale('1')] },
      'steps[0].with.delta: "1" is outside the bounds of scale_instances',
    ],
    [
      'an expression',
      { steps: [scale('${{ parameters.delta + 1 }}')] },
      'steps[0].with.delta: "${{ parameters.delta + 1 }}" is not a whole-value reference',
    ],
    [
      'an undeclared parameter',
      { steps: [scale('${{ parameters.delta }}')] },
      'steps[0].with.delta: parameters.delta is not declared',
    ],
    [
      'wider bounds than the action',
      withDelta({ min: -3, max: 9 }),
      "steps[0].with.delta: its bounds -3 to 9 go beyond the action's",
    ],
    [
      'a parameter of another type',
      { ...withDelta({}), parameters: { delta: { title: 'D', type: 'boolean' } } },
      "steps[0].with.delta: a parameter of type boolean can't fill delta",
    ],
    [
      'a default out of bounds',
      withDelta({ min: 1, max: 3, default: 0 }),
      'parameters.delta.default: the default 0 is out of bounds',
    ],
    [
      'an unused parameter',
      { parameters: { idle: { title: 'Idle', type: 'boolean', default: true } } },
      'parameters.idle: parameter idle is used by no step',
    ],
    [
      'a hint for a number',
      withDelta({ fromHint: 'delta' }),
      "parameters.delta.fromHint: a hint is text and can't fill a parameter of type integer",
    ],
    [
      'a missing rollback',
      { steps: [{ id: 'a', action: 'scale_instances', with: { delta: 1 } }] },
      'steps[0]: step a has no rollback, though scale_instances can be undone',
    ],
    [
      'a missing parameter',
      { steps: [{ id: 'a', action: 'wait' }] },
      'steps[0].with: wait needs seconds: an integer from 1 to 600',
    ],
    [
      'an unknown parameter',
      { steps: [{ id: 'a', action: 'restart_service', with: { hard: true } }] },
      'steps[0].with.hard: restart_service has no parameter hard',
    ],
    [
      'a wait as long as its timeout',
      { steps: [{ id: 'a', action: 'wait', with: { seconds: 30 } }] },
      'steps[0].timeout: the step waits 30s but times out after 30s',
    ],
    [
      'one step id twice',
      {
        steps: [
          { id: 'a', action: 'restart_service' },
          { id: 'a', action: 'restart_service' },
        ],
      },
      'steps[1].id: step id a is used twice',
    ],
    [
      'a step id that is another step on one of its targets',
      {
        steps: [
          { id: 'a-1', action: 'wait', with: { seconds: 1 } },
          { id: 'a', action: 'restart_service' },
        ],
      },
      'steps[0].id: step id a-1 is what a is called on one of several targets',
    ],
    [
      'more time than a run has',
      { steps: [{ id: 'a', action: 'restart_service', timeout: '10m' }] },
      'steps: steps, rollbacks and verification may take 11m together, more than the run timeout of 10m',
    ],
    [
      'allowed values the action has not',
      {
        parameters: {
          level: { title: 'Level', type: 'choice', values: ['DEBUG', 'TRACE'], default: 'DEBUG' },
        },
        steps: [{ id: 'a', action: 'set_log_level', with: { level: '${{ parameters.level }}' } }],
      },
      'steps[0].with.level: its values TRACE are not allowed',
    ],
  ]
  it.each(bad)('G4 %s is a problem', (_name, over, expected) => {
    expect(problems(over)).toContain(expected)
  })

  it('G8 a gate before the first step is refused, and one before a later step is not', () => {
    const gate = { title: 'Did it do well?' }
    const wait = (id: string, more: object = {}) => ({ id, action: 'wait', with: { seconds: 1 }, ...more })
    expect(problems({ steps: [wait('one', { gate }), wait('two')] })).toEqual([
      'steps[0].gate: the first step, one, has a gate',
    ])
    expect(problems({ steps: [wait('one'), wait('two', { gate })] })).toEqual([])
    for (const bad of [
      { title: '' },
      { title: 'x', quorum: 0 },
      { title: 'x', quorum: '2' },
      { title: 'x', roles: [] },
      { title: 'x', roles: ['viewer'] },
      { title: 'x', who: 'me' },
    ])
      expect(() => aPlaybook({ steps: [wait('one'), wait('two', { gate: bad })] })).toThrow(/gate/)
  })

  it('R2 G8 each stage has the whole run timeout, and the last one verifies', () => {
    const long = (id: string, more: object = {}) => ({
      id,
      action: 'wait',
      with: { seconds: 1 },
      timeout: '6m',
      ...more,
    })
    const gate = { title: 'Go on?' }
    const verify = { check: 'http_probe', within: '3m' }
    expect(problems({ steps: [long('one'), long('two')], verify })).toHaveLength(1)
    expect(problems({ steps: [long('one'), long('two', { gate })], verify })).toEqual([])
    expect(
      problems({ steps: [long('one'), long('two', { gate })], verify: { ...verify, within: '5m' } }),
    ).toEqual([
      'steps: steps, rollbacks and verification of stage 2 of 2 may take 11m together, more than the run timeout of 10m',
    ])
  })

  it('G4 all problems come at once', () => {
    expect(problems({ steps: [scale(9), { id: 'scale', action: 'nope' }] })).toHaveLength(3)
  })

  it('R2 a shorter run timeout is held too', () => {
    expect(problems({}, 60_000)).toHaveLength(1)
  })
})

describe('parameters of a playbook', () => {
  it('G4 the bounds in force are the narrower of playbook and action', () => {
    const specs = parametersOf(aPlaybook(withDelta({ min: 0, default: 1 })), actionCatalogue)
    const accepted = [-1, 0, 1, 3, 4].filter((delta) => sanitizeParameters(specs, { delta }).ok)
    expect(accepted).toEqual([1, 3])
  })

  it('G4 text for two actions must fit both', () => {
    const playbook = aPlaybook({
      parameters: { name: { title: 'Name', type: 'string', maxLength: 4 } },
      steps: [
        {
          id: 'a',
          action: 'set_feature_flag',
          with: { flag: '${{ parameters.name }}', enabled: true },
          rollback: { action: 'set_feature_flag', with: { flag: 'x', enabled: false } },
        },
        { id: 'b', action: 'flush_circuits', with: { circuit: '${{ parameters.name }}' } },
      ],
    })
    const specs = parametersOf(playbook, actionCatalogue)
    expect(['*', 'abc', 'abcde', 'a b'].filter((name) => sanitizeParameters(specs, { name }).ok)).toEqual([
      'abc',
    ])
  })

  it('G4 only whole values are replaced, and what was put in is not read again', () => {
    const bound = bindWith(
      { a: '${{ parameters.x }}', b: 'x ${{ parameters.x }}', c: '${{parameters.x}}', d: 3 },
      { x: '${{ parameters.y }}' },
    )
    expect(bound).toEqual({
      a: '${{ parameters.y }}',
      b: 'x ${{ parameters.x }}',
      c: '${{ parameters.y }}',
      d: 3,
    })
  })

  it('G4 an unbound reference is a fault that names what is bound', () => {
    expect(() => bindWith({ a: '${{ parameters.x }}' }, { y: 1 })).toThrow(
      'parameters.x, which is not bound; bound are: y',
    )
    expect(() => bindWith({ a: '${{ parameters.constructor }}' }, {})).toThrow('parameters.constructor')
  })
})

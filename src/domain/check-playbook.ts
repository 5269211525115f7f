import { type Action, type ActionCatalogue, actionNamed, type ParameterSpec } from './action.ts'
import { checksOf, longestOf } from './check.ts'
import { formatDuration } from './duration.ts'
import { callsOf, narrow, parametersOf, specOf } from './narrow-parameter.ts'
import { expectation, isWithin } from './parameters.ts'
import { type Playbook, type PlaybookParameter, parameterNamed, type StepCall } from './playbook.ts'
import type { FileProblem } from './reading.ts'
import { stageInWords, stagesOf } from './stages.ts'

/** What the shape alone can't tell: that a playbook only does what the action catalogue allows. */

/** DESIGN: the run timeout covers action, verification and rollback. */
const defaultRunTimeoutMs = 600_000

/** Every problem at once; empty when the playbook may be used. */
export const checkPlaybook = (
  playbook: Playbook,
  actions: ActionCatalogue,
  runTimeoutMs = defaultRunTimeoutMs,
): FileProblem[] => [
  ...checkStepIds(playbook),
  ...checkGates(playbook),
  ...callsOf(playbook).flatMap(({ call, path }) => checkCall(playbook, call, path, actions)),
  ...checkRollbacks(playbook, actions),
  ...checkParameters(playbook, actions),
  ...checkTimes(playbook, runTimeoutMs),
]

const checkStepIds = (playbook: Playbook): FileProblem[] =>
  playbook.steps.flatMap((step, index) => {
    const path = ['steps', index, 'id']
    const remedy = 'Give every step an id of its own.'
    if (playbook.steps.findIndex((other) => other.id === step.id) !== index)
      return [{ path, problem: `step id ${step.id} is used twice`, remedy }]
    // What is done on one of several targets has the step's id and a number: `restart-2`.
    const alike = playbook.steps.find(
      (other) => step.id.replace(/-\d+$/, '') === other.id && other.id !== step.id,
    )
    return alike === undefined
      ? []
      : [
          {
            path,
            problem: `step id ${step.id} is what ${alike.id} is called on one of several targets`,
            remedy,
          },
        ]
  })

/** Before the first step people are asked anyway: a gate there would ask them twice for the same. */
const checkGates = ({ steps }: Playbook): FileProblem[] =>
  steps[0]?.gate === undefined
    ? []
    : [
        {
          path: ['steps', 0, 'gate'],
          problem: `the first step, ${steps[0].id}, has a gate`,
          remedy: 'Move the gate to a later step: before the first one the playbook is approved anyway.',
        },
      ]

const checkCall = (
  playbook: Playbook,
  call: StepCall,
  path: readonly (string | number)[],
  actions: ActionCatalogue,
): FileProblem[] => {
  const action = actionNamed(actions, call.action)
  if (action === null)
    return [
      {
        path: [...path, 'action'],
        problem: `unknown action ${call.action}`,
        remedy: `Use one of ${Object.keys(actions).join(', ')}.`,
      },
    ]
  return [
    ...Object.entries(call.with).flatMap(([field, value]) => {
      const problem = checkValue(playbook, action, field, value)
      return problem === null ? [] : [{ path: [...path, 'with', field], ...problem }]
    }),
    ...Object.entries(action.parameters).flatMap(([field, spec]) =>
      Object.hasOwn(call.with, field) || spec.default !== undefined
        ? []
        : [
            {
              path: [...path, 'with'],
              problem: `${action.name} needs ${field}: ${expectation(spec)}`,
              remedy: `Add ${field} below with.`,
            },
          ],
    ),
  ]
}

const checkValue = (
  playbook: Playbook,
  action: Action,
  field: string,
  value: StepCall['with'][string],
): Omit<FileProblem, 'path'> | null => {
  const spec = Object.hasOwn(action.parameters, field) ? action.parameters[field] : undefined
  if (spec === undefined)
    return {
      problem: `${action.name} has no parameter ${field}`,
      remedy: `Remove it; ${action.name} takes ${Object.keys(action.parameters).join(', ') || 'none'}.`,
    }
  const reference = parameterNamed(value)
  if (reference === null) {
    if (typeof value === 'string' && value.includes('${{'))
      return {
        problem: `${JSON.stringify(value)} is not a whole-value reference`,
        remedy: 'Write exactly ${{ parameters.name }}; there are no expressions.',
      }
    return isWithin(spec, value)
      ? null
      : {
          problem: `${JSON.stringify(value)} is outside the bounds of ${action.name}`,
          remedy: `Use ${expectation(spec)}.`,
        }
  }
  const parameter = Object.hasOwn(playbook.parameters, reference) ? playbook.parameters[reference] : undefined
  if (parameter === undefined)
    return {
      problem: `parameters.${reference} is not declared`,
      remedy: `Declare it below parameters, or use one of ${Object.keys(playbook.parameters).join(', ') || 'none'}.`,
    }
  return checkNarrowing(parameter, spec, action, field)
}

const checkNarrowing = (
  parameter: PlaybookParameter,
  spec: ParameterSpec,
  action: Action,
  field: string,
): Omit<FileProblem, 'path'> | null => {
  const own = specOf(parameter)
  const both = narrow(own, spec)
  const remedy = `${action.name}.${field} takes ${expectation(spec)}; a playbook may only narrow that.`
  if (both === null) return { problem: `a parameter of type ${own.type} can't fill ${field}`, remedy }
  // A bound that isn't written is the action's own; one that is written must lie within it.
  if (
    spec.type === 'integer' &&
    ((parameter.min ?? spec.min) < spec.min || (parameter.max ?? spec.max) > spec.max)
  )
    return {
      problem: `its bounds ${parameter.min ?? spec.min} to ${parameter.max ?? spec.max} go beyond the action's`,
      remedy,
    }
  if (spec.type === 'string' && (parameter.maxLength ?? 0) > spec.maxLength)
    return {
      problem: `its maxLength ${parameter.maxLength} goes beyond the action's ${spec.maxLength}`,
      remedy,
    }
  if (own.type === 'choice' && both.type === 'choice' && both.values.length < own.values.length)
    return {
      problem: `its values ${own.values.filter((each) => !both.values.includes(each)).join(', ')} are not allowed`,
      remedy,
    }
  return null
}

const checkRollbacks = (playbook: Playbook, actions: ActionCatalogue): FileProblem[] =>
  playbook.steps.flatMap((step, index) => {
    const action = actionNamed(actions, step.action)
    return action?.reversibility === 'inverse' && step.rollback === undefined
      ? [
          {
            path: ['steps', index],
            problem: `step ${step.id} has no rollback, though ${action.name} can be undone`,
            remedy: 'Add a rollback that calls the action the other way round.',
          },
        ]
      : []
  })

const checkParameters = (playbook: Playbook, actions: ActionCatalogue): FileProblem[] => {
  const used = new Set(callsOf(playbook).flatMap(({ call }) => Object.values(call.with).map(parameterNamed)))
  const inForce = parametersOf(playbook, actions)
  return Object.entries(playbook.parameters).flatMap(([name, parameter]) => {
    const spec = inForce[name]
    const path = ['parameters', name]
    const problems: FileProblem[] = []
    if (!used.has(name))
      problems.push({
        path,
        problem: `parameter ${name} is used by no step`,
        remedy: 'Use it in a step, or remove it.',
      })
    if (parameter.type === 'choice' && parameter.values === undefined)
      problems.push({ path, problem: 'a choice needs values', remedy: 'List them below values.' })
    if (parameter.fromHint !== undefined && parameter.type !== 'string' && parameter.type !== 'choice')
      problems.push({
        path: [...path, 'fromHint'],
        problem: `a hint is text and can't fill a parameter of type ${parameter.type}`,
        remedy: 'Make the parameter a string or a choice, or remove fromHint.',
      })
    if (parameter.min !== undefined && parameter.max !== undefined && parameter.min > parameter.max)
      problems.push({
        path,
        problem: `min ${parameter.min} is above max ${parameter.max}`,
        remedy: 'Swap them.',
      })
    if (parameter.default !== undefined && spec !== undefined && !isWithin(spec, parameter.default))
      problems.push({
        path: [...path, 'default'],
        problem: `the default ${JSON.stringify(parameter.default)} is out of bounds`,
        remedy: `Use ${expectation(spec)}.`,
      })
    return problems
  })
}

const checkTimes = (playbook: Playbook, runTimeoutMs: number): FileProblem[] => {
  const problems: FileProblem[] = playbook.steps.flatMap((step, index) => {
    const seconds = step.action === 'wait' ? step.with['seconds'] : undefined
    return typeof seconds === 'number' && seconds * 1_000 >= step.timeout
      ? [
          {
            path: ['steps', index, 'timeout'],
            problem: `the step waits ${seconds}s but times out after ${formatDuration(step.timeout)}`,
            remedy: 'Give it a timeout longer than the wait.',
          },
        ]
      : []
  })
  return [...problems, ...checkStageTimes(playbook, runTimeoutMs)]
}

/** Each stage is a run with a deadline of its own; the last one verifies. */
const checkStageTimes = ({ steps, verify }: Playbook, runTimeoutMs: number): FileProblem[] => {
  const stages = stagesOf(steps)
  return stages.flatMap((stage, at) => {
    const isLast = at === stages.length - 1
    const longest = stage.reduce(
      (sum, step) =>
        sum +
        step.timeout +
        longestOf(step.check === undefined ? [] : [step.check]) +
        (step.rollback?.timeout ?? 0),
      isLast ? longestOf(checksOf(verify)) : 0,
    )
    if (longest <= runTimeoutMs) return []
    const which = stageInWords({ stage: at, stages: stages.length })
    return [
      {
        path: ['steps'],
        problem: `steps, rollbacks and verification${which === null ? '' : ` of ${which}`} may take ${formatDuration(longest)} together, more than the run timeout of ${formatDuration(runTimeoutMs)}`,
        remedy:
          'Shorten their timeouts, or split the playbook, such as by a gate: nothing lifts the run timeout.',
      },
    ]
  })
}

import { type ActionCatalogue, actionNamed, type ParameterValue } from './action.ts'
import { checkNamedTarget } from './check-named-target.ts'
import { parameterNamed } from './playbook.ts'
import type { FileProblem } from './reading.ts'
import type { Service, Target } from './service.ts'

/** What the shape of one service can't tell: that names are unique, that dependencies exist, that targets can do what they offer. */

/** Problems of each service, by its position; paths begin at the service. */
export const checkServices = (services: readonly Service[], actions: ActionCatalogue): FileProblem[][] => {
  const names = new Set(services.map((service) => service.name))
  const labels = new Map<string, string>()
  return services.map((service, index) => [
    ...(services.findIndex((other) => other.name === service.name) === index
      ? []
      : [
          {
            path: ['name'],
            problem: `service ${service.name} is declared twice`,
            remedy: 'Give each service a name of its own.',
          },
        ]),
    ...service.aliases.flatMap((alias, position) => {
      const owner = labels.get(alias) ?? (names.has(alias) && alias !== service.name ? alias : undefined)
      labels.set(alias, service.name)
      return owner === undefined
        ? []
        : [
            {
              path: ['aliases', position],
              problem: `alias ${alias} already belongs to ${owner}`,
              remedy: 'Remove it from one of them: an alert must name one service.',
            },
          ]
    }),
    ...service.dependsOn.flatMap((dependency, position) =>
      names.has(dependency)
        ? []
        : [
            {
              path: ['dependsOn', position],
              problem: `there is no service ${dependency}`,
              remedy: `Declare ${dependency}, or correct the name: an unknown dependency hides who is affected.`,
            },
          ],
    ),
    ...service.targets.flatMap((target, position) => checkTarget(service, target, position, actions)),
  ])
}

const checkTarget = (
  service: Service,
  target: Target,
  position: number,
  actions: ActionCatalogue,
): FileProblem[] => {
  const twice = service.targets.findIndex((other) => other.name === target.name) !== position
  const unusable = Object.keys(target.actions).flatMap((name) => unusableAction(name, actions))
  return [
    ...(twice
      ? [
          {
            path: ['name'],
            problem: `target ${target.name} is declared twice`,
            remedy: 'Give each target a name of its own: runs lock targets by name.',
          },
        ]
      : []),
    ...unusable,
    // What the catalogue of actions doesn't know is told once.
    ...(unusable.length > 0 ? [] : checkCalls(target, actions)),
  ].map((each) => ({ ...each, path: ['targets', position, ...each.path] }))
}

const unusableAction = (name: string, actions: ActionCatalogue): FileProblem[] => {
  const action = actionNamed(actions, name)
  if (action !== null && action.effect !== 'reads_only') return []
  const usable = Object.values(actions).filter((each) => each.effect === 'changes_target')
  return [
    {
      path: ['actions', name],
      problem: action === null ? `unknown action ${name}` : `${name} needs no target`,
      remedy: `Use one of ${usable.map((each) => each.name).join(', ')}.`,
    },
  ]
}

const checkCalls = (target: Target, actions: ActionCatalogue): FileProblem[] => {
  switch (target.kind) {
    case 'http':
      return Object.entries(target.actions).flatMap(([name, call]) =>
        unknownParameters(name, Object.values(call.body ?? {}), actions),
      )
    case 'command':
      return Object.entries(target.actions).flatMap(([name, call]) =>
        unknownParameters(name, call.argv, actions),
      )
    case 'kubernetes':
    case 'systemd':
    case 'docker':
      return checkNamedTarget(target)
  }
}

const unknownParameters = (
  name: string,
  values: readonly ParameterValue[],
  actions: ActionCatalogue,
): FileProblem[] => {
  const parameters = actionNamed(actions, name)?.parameters ?? {}
  return values.flatMap((value) => {
    const reference = parameterNamed(value)
    if (reference === null || Object.hasOwn(parameters, reference)) return []
    return [
      {
        path: ['actions', name],
        problem: `${name} has no parameter ${reference}`,
        remedy: `Use ${Object.keys(parameters).join(' or ') || 'no parameters'}.`,
      },
    ]
  })
}

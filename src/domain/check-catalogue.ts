import { type ActionCatalogue, actionNamed } from './action.ts'
import { parameterNamed } from './playbook.ts'
import type { FileProblem } from './reading.ts'
import type { CommandCall, HttpCall, Service, Target } from './service.ts'

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
  const path = ['targets', position]
  const problems: FileProblem[] = []
  if (service.targets.findIndex((other) => other.name === target.name) !== position)
    problems.push({
      path: [...path, 'name'],
      problem: `target ${target.name} is declared twice`,
      remedy: 'Give each target a name of its own: runs lock targets by name.',
    })
  const calls: Readonly<Record<string, HttpCall | CommandCall>> = target.actions
  for (const [name, call] of Object.entries(calls)) {
    const action = actionNamed(actions, name)
    if (action === null || action.effect === 'reads_only') {
      problems.push({
        path: [...path, 'actions', name],
        problem: action === null ? `unknown action ${name}` : `${name} needs no target`,
        remedy: `Use one of ${Object.values(actions)
          .filter((each) => each.effect === 'changes_target')
          .map((each) => each.name)
          .join(', ')}.`,
      })
      continue
    }
    const values = 'argv' in call ? call.argv : Object.values(call.body ?? {})
    for (const value of values) {
      const reference = parameterNamed(value)
      if (reference !== null && !Object.hasOwn(action.parameters, reference))
        problems.push({
          path: [...path, 'actions', name],
          problem: `${name} has no parameter ${reference}`,
          remedy: `Use ${Object.keys(action.parameters).join(' or ') || 'no parameters'}.`,
        })
    }
  }
  return problems
}

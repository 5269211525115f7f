import { describe, expect, it } from 'vitest'
import { readYamlDocuments } from '../../../src/app/read-yaml.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import { readCatalogue } from '../../../src/domain/read-catalogue.ts'

const read = (target: string) =>
  readYamlDocuments(
    `services:\n  - name: checkout\n    targets:\n      - ${target}\n`,
    'catalogue.yaml',
    (documents) => readCatalogue(documents, actionCatalogue),
  )
const problems = (target: string): string[] => {
  const reading = read(target)
  return reading.ok
    ? []
    : reading.problems.map(({ line, problem, remedy }) => `${line}: ${problem}. ${remedy}`)
}
const kubernetes = (rest: string) => `{ name: a, kind: kubernetes, ${rest} }`
const workload = (kind: string) => `workload: { kind: ${kind}, namespace: shop, name: checkout }`

describe('targets that are named', () => {
  it.each([
    kubernetes(
      `context: prod, ${workload('Deployment')}, actions: { restart_service: {}, scale_instances: { min: 2, max: 9 }, roll_back_deploy: {} }`,
    ),
    kubernetes(`${workload('StatefulSet')}, actions: { restart_service: {}, scale_instances: {} }`),
    kubernetes(`${workload('DaemonSet')}, actions: { restart_service: {} }`),
    kubernetes('node: worker-3.internal, actions: { cordon_node: {}, uncordon_node: {} }'),
    '{ name: a, kind: systemd, unit: checkout@1.service, actions: { restart_service: {} } }',
    '{ name: a, kind: docker, container: shop_checkout-1, actions: { restart_service: {} } }',
  ])('R1 %s is a target', (target) => {
    expect(problems(target)).toEqual([])
  })

  it.each([
    [
      kubernetes(`${workload('DaemonSet')}, actions: { scale_instances: {} }`),
      "4: scale_instances can't be done on a DaemonSet. Use restart_service; for anything else name an http or command target.",
    ],
    [
      kubernetes(`${workload('StatefulSet')}, actions: { roll_back_deploy: {} }`),
      "4: roll_back_deploy can't be done on a StatefulSet. Use restart_service, scale_instances; for anything else name an http or command target.",
    ],
    [
      kubernetes('node: worker-3, actions: { restart_service: {} }'),
      "4: restart_service can't be done on a node. Use cordon_node, uncordon_node; for anything else name an http or command target.",
    ],
    [
      '{ name: a, kind: docker, container: web, actions: { scale_instances: {} } }',
      "4: scale_instances can't be done on a Docker container. Use restart_service; for anything else name an http or command target.",
    ],
    [
      kubernetes('actions: {}'),
      '4: neither workload nor node is named. Add workload: { kind, namespace, name }, or node.',
    ],
    [
      kubernetes(`${workload('Deployment')}, node: worker-3, actions: {}`),
      '4: both workload and node are named. Remove one of them, or make two targets: each is locked by itself.',
    ],
    [
      kubernetes(`${workload('Deployment')}, actions: { restart_service: { max: 3 } }`),
      '4: restart_service has no instances to bound. Remove max; it belongs to scale_instances.',
    ],
    [
      kubernetes(`${workload('Deployment')}, actions: { scale_instances: { min: 5, max: 3 } }`),
      '4: at least 5 and at most 3 instances contradict each other. Make min at most max; without them they are 1 and 100.',
    ],
    [
      kubernetes(`${workload('Deployment')}, actions: { explode: {} }`),
      '4: unknown action explode. Use one of restart_service, scale_instances, roll_back_deploy, cordon_node, uncordon_node, set_feature_flag, set_log_level, warm_cache, flush_circuits.',
    ],
  ])('R1 %s is refused with its line and what to do', (target, problem) => {
    expect(problems(target)).toEqual([problem])
  })

  it.each([
    '--force.service',
    '-H.service',
    '../etc.service',
    'a/b.service',
    'reboot.target',
    '*.service',
    'a b.service',
    'checkout',
    'ünit.service',
    'a\nb.service',
  ])('R1 %j is no unit that may be named', (unit) => {
    expect(
      problems(`{ name: a, kind: systemd, unit: ${JSON.stringify(unit)}, actions: { restart_service: {} } }`),
    ).toHaveLength(1)
  })

  it.each(['--privileged', '-x', 'a/b', '../a', 'a b', '', 'a%2fb', 'a?x=1'])(
    'R1 %j is no container that may be named',
    (container) => {
      expect(
        problems(
          `{ name: a, kind: docker, container: ${JSON.stringify(container)}, actions: { restart_service: {} } }`,
        ),
      ).toHaveLength(1)
    },
  )

  it.each(['../x', 'a/b', 'A', '-a', 'a?b', '', '%2e%2e'])('R1 %j is no name of a workload', (name) => {
    const target = `workload: { kind: Deployment, namespace: shop, name: ${JSON.stringify(name)} }`
    expect(problems(kubernetes(`${target}, actions: {}`))).toHaveLength(1)
  })
})

describe('the catalogue of actions', () => {
  it.each(Object.values(actionCatalogue))('R1 $name says how it is probed and undone', (action) => {
    expect(action.probe).toBe(action.effect === 'reads_only' ? 'none' : 'target')
    expect(action.undoneBy === null).toBe(action.reversibility !== 'inverse')
    if (action.undoneBy === null) return
    const undoing = actionCatalogue[action.undoneBy]
    expect(undoing?.undoneBy).toBe(action.name)
    expect(Object.keys(undoing?.parameters ?? {})).toEqual(Object.keys(action.parameters))
  })
})

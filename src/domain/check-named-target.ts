import {
  type KubernetesCall,
  type NamedTarget,
  possibleOn,
  scaleBounds,
  sortInWords,
} from './named-target.ts'
import type { FileProblem } from './reading.ts'

/** Combinations that the shape of one field can't rule out; paths begin at the target. */
export const checkNamedTarget = (target: NamedTarget): FileProblem[] => {
  const place = target.kind === 'kubernetes' ? placeProblems(target) : []
  if (place.length > 0) return place
  const possible = possibleOn(target)
  return Object.entries<KubernetesCall>(target.actions).flatMap(([action, call]) =>
    possible.includes(action)
      ? boundProblems(action, call)
      : [
          {
            path: ['actions', action],
            problem: `${action} can't be done on ${sortInWords(target)}`,
            remedy: `Use ${possible.join(', ')}; for anything else name an http or command target.`,
          },
        ],
  )
}

const placeProblems = ({ workload, node }: Extract<NamedTarget, { kind: 'kubernetes' }>): FileProblem[] => {
  if (workload === undefined && node === undefined)
    return [
      {
        path: [],
        problem: 'neither workload nor node is named',
        remedy: 'Add workload: { kind, namespace, name }, or node.',
      },
    ]
  if (workload !== undefined && node !== undefined)
    return [
      {
        path: ['node'],
        problem: 'both workload and node are named',
        remedy: 'Remove one of them, or make two targets: each is locked by itself.',
      },
    ]
  return []
}

const boundProblems = (action: string, call: KubernetesCall): FileProblem[] => {
  if (action !== 'scale_instances')
    return Object.keys(call).map((bound) => ({
      path: ['actions', action, bound],
      problem: `${action} has no instances to bound`,
      remedy: `Remove ${bound}; it belongs to scale_instances.`,
    }))
  const { min, max } = scaleBounds(call)
  return min <= max
    ? []
    : [
        {
          path: ['actions', action, call.min === undefined ? 'max' : 'min'],
          problem: `at least ${min} and at most ${max} instances contradict each other`,
          remedy: 'Make min at most max; without them they are 1 and 100.',
        },
      ]
}

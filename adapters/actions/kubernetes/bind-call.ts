import type { StepCallRequest } from '../../../src/app/ports.ts'
import {
  type KubernetesTarget,
  possibleOn,
  scaleBounds,
  sortInWords,
  type Workload,
} from '../../../src/domain/named-target.ts'
import { type Bound, bound, missingAction, parameter, refused } from '../binding.ts'

/** What is to be done, before the object was read. */
export type Change =
  | { readonly kind: 'restart' }
  | { readonly kind: 'scale'; readonly delta: number; readonly min: number; readonly max: number }
  | { readonly kind: 'roll_back' }
  | { readonly kind: 'cordon'; readonly unschedulable: boolean }

export interface BoundKubernetesCall {
  readonly context: string | undefined
  /** Of the object, below the API server. */
  readonly path: string
  /** Null for a node. */
  readonly workload: Workload | null
  /** `Deployment shop/checkout`, `node worker-3`. */
  readonly subject: string
  readonly change: Change
}

export function bindKubernetesCall(request: StepCallRequest): Bound<BoundKubernetesCall> {
  const { target, action } = request
  if (target.kind !== 'kubernetes')
    return refused(`target ${target.name} is of kind ${target.kind}, expected kubernetes`)
  if (!Object.hasOwn(target.actions, action)) return refused(missingAction(request))
  if (!possibleOn(target).includes(action))
    return refused(`${action} can't be done on ${sortInWords(target)}; correct target ${target.name}`)
  const change = bindChange(target, request)
  if (!change.ok) return change
  return bound({ context: target.context, ...placeOf(target), change: change.value })
}

function bindChange(target: KubernetesTarget, { action, parameters }: StepCallRequest): Bound<Change> {
  switch (action) {
    case 'restart_service':
      return bound({ kind: 'restart' })
    case 'roll_back_deploy':
      return bound({ kind: 'roll_back' })
    case 'cordon_node':
    case 'uncordon_node':
      return bound({ kind: 'cordon', unschedulable: action === 'cordon_node' })
    case 'scale_instances': {
      const delta = parameter(parameters, 'delta')
      if (!delta.ok) return delta
      if (typeof delta.value !== 'number' || !Number.isSafeInteger(delta.value) || delta.value === 0)
        return refused(`delta is ${JSON.stringify(delta.value)}, expected a whole number other than 0`)
      return bound({ kind: 'scale', delta: delta.value, ...scaleBounds(target.actions[action] ?? {}) })
    }
    default:
      return refused(`${action} is not known here`)
  }
}

const plurals = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const

export function placeOf({
  workload,
  node,
}: KubernetesTarget): Pick<BoundKubernetesCall, 'path' | 'workload' | 'subject'> {
  if (workload === undefined)
    return {
      path: `/api/v1/nodes/${encodeURIComponent(node ?? '')}`,
      workload: null,
      subject: `node ${node}`,
    }
  const { kind, namespace, name } = workload
  const [folder, object] = [namespace, name].map(encodeURIComponent)
  return {
    path: `/apis/apps/v1/namespaces/${folder}/${plurals[kind]}/${object}`,
    workload,
    subject: `${kind} ${namespace}/${name}`,
  }
}

/** For people: what would be sent. */
export function describeCall({ context, subject, change }: BoundKubernetesCall): string {
  const where = context === undefined ? subject : `${subject} (context ${context})`
  switch (change.kind) {
    case 'restart':
      return `roll out ${where} anew`
    case 'scale':
      return `scale ${where} by ${change.delta > 0 ? '+' : ''}${change.delta}, to at least ${change.min} and at most ${change.max}`
    case 'roll_back':
      return `roll ${where} back to the revision before`
    case 'cordon':
      return `${change.unschedulable ? 'cordon' : 'uncordon'} ${where}`
  }
}

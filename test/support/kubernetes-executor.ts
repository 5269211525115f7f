import { expect, onTestFinished } from 'vitest'
import { createKubernetesApi } from '../../adapters/actions/kubernetes/api.ts'
import { createFindCluster } from '../../adapters/actions/kubernetes/credentials.ts'
import { createKubernetesExecutor } from '../../adapters/actions/kubernetes/executor.ts'
import type { ActionExecutor, StepCallResult } from '../../src/app/ports.ts'
import { Target } from '../../src/domain/service.ts'
import { aContext, aRequest, type RecordedContext } from './executor.ts'
import { type RecordedKubernetes, startKubernetes } from './kubernetes.ts'

// Loading it takes seconds on a busy machine, which no step of a test should pay.
await import('@kubernetes/client-node')

/** The executor over a recorded Kubernetes API, and the targets that its tests act on. */

export const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout'
export const ORDERS = '/apis/apps/v1/namespaces/shop/statefulsets/orders-db'
export const REPLICA_SETS = '/apis/apps/v1/namespaces/shop/replicasets'
export const WORKER = '/api/v1/nodes/worker-3'

const now = Temporal.Instant.from('2026-11-22T12:00:00Z')
const clock = { now: () => now, monotonicMs: () => performance.now() }

export const executorFor = (kubeconfig: string | undefined): ActionExecutor =>
  createKubernetesExecutor({ api: createKubernetesApi(createFindCluster(kubeconfig)), clock, pollMs: 5 })

export interface Cluster {
  readonly api: RecordedKubernetes
  readonly executor: ActionExecutor
  readonly perform: (
    target: Target,
    action: string,
    more?: object,
    context?: RecordedContext,
  ) => Promise<StepCallResult>
}

export async function cluster(objects: Parameters<typeof startKubernetes>[0], over = {}): Promise<Cluster> {
  const api = await startKubernetes(objects, over)
  onTestFinished(api.close)
  const executor = executorFor(api.kubeconfig)
  return {
    api,
    executor,
    perform: (target, action, more = {}, context = aContext()) =>
      executor.perform(aRequest({ target, action, timeoutMs: 60_000, ...more }), context),
  }
}

export const checkout = (over: object = {}): Target =>
  Target.parse({
    name: 'prod/checkout',
    kind: 'kubernetes',
    workload: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
    actions: { restart_service: {}, scale_instances: { max: 5 }, roll_back_deploy: {} },
    ...over,
  })

export const orders: Target = Target.parse({
  name: 'prod/orders-db',
  kind: 'kubernetes',
  workload: { kind: 'StatefulSet', namespace: 'shop', name: 'orders-db' },
  actions: { restart_service: {}, scale_instances: {} },
})

export const worker: Target = Target.parse({
  name: 'prod/worker-3',
  kind: 'kubernetes',
  node: 'worker-3',
  actions: { cordon_node: {}, uncordon_node: {} },
})

export const at = (api: RecordedKubernetes, path: string): unknown => api.objects.get(path)

/** Updates that reached the API, refused ones too. */
export const written = (api: RecordedKubernetes): number => api.patches.length

/** A matcher for text that holds this. */
export const saying = (text: string | RegExp): unknown =>
  typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)

/** What a run aborts with when its time is up. */
export const timeIsUp = (): DOMException => new DOMException('the time of the run is up', 'TimeoutError')

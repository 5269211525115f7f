import { describe, expect, onTestFinished, test } from 'vitest'
import { createKubernetesApi, readerOf } from '../../adapters/actions/kubernetes/api.ts'
import { createFindCluster } from '../../adapters/actions/kubernetes/credentials.ts'
import { createKubernetesEvidence } from '../../adapters/evidence/kubernetes.ts'
import { Service } from '../../src/domain/service.ts'
import { monotonic } from '../support/executor.ts'
import { startKubernetes } from '../support/kubernetes.ts'
import {
  CHECKOUT,
  checkout,
  ORDERS,
  orders,
  REPLICA_SETS,
  saying,
  WORKER,
  worker,
} from '../support/kubernetes-executor.ts'
import { aDeployment, aNode, aPod, aReplicaSet, aStatefulSet } from '../support/kubernetes-objects.ts'

const PODS = '/api/v1/namespaces/shop/pods'
const question = { tenantId: 'main', beganAt: Temporal.Instant.from('2026-11-22T12:00:00Z') }

async function look(
  objects: Parameters<typeof startKubernetes>[0],
  targets: readonly object[] = [checkout()],
  prepare: (api: Awaited<ReturnType<typeof startKubernetes>>) => void = () => undefined,
  timeoutMs = 60_000,
) {
  const api = await startKubernetes(objects)
  onTestFinished(api.close)
  prepare(api)
  const read = readerOf(createKubernetesApi(createFindCluster(api.kubeconfig)))
  const source = createKubernetesEvidence(read, monotonic, timeoutMs)
  const service = Service.parse({ name: 'checkout', targets })
  return { api, evidence: await source.gather(service, new AbortController().signal, question) }
}

describe('evidence from a recorded Kubernetes API', () => {
  test('D2 a deploy whose containers die is told with reason, revision and image before', async () => {
    const crashing = {
      ready: false,
      restartCount: 7,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
      lastState: {
        terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-03-07T08:10:00Z' },
      },
    }
    const deployment = aDeployment()
    const { api, evidence } = await look({
      [CHECKOUT]: { ...deployment, status: { ...deployment.status, readyReplicas: 1 } },
      [`${REPLICA_SETS}/a`]: aReplicaSet(6, 'shop/checkout:2.0'),
      [`${REPLICA_SETS}/b`]: aReplicaSet(7, 'shop/checkout:2.1'),
      [`${PODS}/a`]: aPod('a', crashing),
      [`${PODS}/b`]: aPod('b', { ...crashing, restartCount: 6 }),
      [`${PODS}/c`]: aPod('c', {
        lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-03-07T07:00:00Z' } },
      }),
    })
    expect(evidence).toMatchObject({
      source: 'kubernetes',
      subject: 'checkout',
      status: 'ok',
      summary:
        'prod/checkout: 1 of 3 ready; waiting: CrashLoopBackOff; last ended: OOMKilled; 13 restarts; revision 7 since 2026-03-07T08:00:00Z; image shop/checkout:2.1, before shop/checkout:2.0',
      facts: {
        found: true,
        desiredReplicas: 3,
        readyReplicas: 1,
        updatedReplicas: 3,
        restarts: 13,
        waiting: 'CrashLoopBackOff',
        lastTermination: 'OOMKilled',
        revision: '7',
        rolledOutAt: '2026-03-07T08:00:00Z',
        image: 'shop/checkout:2.1',
        previousImage: 'shop/checkout:2.0',
      },
    })
    expect(api.requests.filter((each) => !each.startsWith('GET '))).toEqual([])
  })

  test('D2 a workload that is well is told in few words', async () => {
    const { evidence } = await look({ [CHECKOUT]: aDeployment(), [`${PODS}/a`]: aPod('a') })
    expect(evidence?.summary).toBe('prod/checkout: 3 of 3 ready')
    expect(evidence?.facts).toMatchObject({ waiting: null, lastTermination: null, restarts: 0 })
  })

  test('D2 a container that is being created is no finding', async () => {
    const creating = aPod('a', { ready: false, state: { waiting: { reason: 'ContainerCreating' } } })
    const { evidence } = await look({ [CHECKOUT]: aDeployment(), [`${PODS}/a`]: creating })
    expect(evidence?.facts['waiting']).toBe(null)
  })

  test('D2 a further workload and a node are named', async () => {
    const { evidence } = await look(
      { [CHECKOUT]: aDeployment(), [ORDERS]: aStatefulSet(), [WORKER]: aNode(true) },
      [worker, checkout(), orders],
    )
    expect(evidence?.facts).toMatchObject({
      desiredReplicas: 3,
      'prod/orders-db.desiredReplicas': 2,
      'prod/orders-db.revision': 'orders-db-6c',
      'prod/worker-3.ready': true,
      'prod/worker-3.schedulable': false,
    })
    expect(evidence?.summary).toContain('prod/worker-3: ready; cordoned')
  })

  test.each([
    ['checkout first', () => [checkout(), orders]],
    ['orders first', () => [orders, checkout()]],
  ])('D2 D3 of two workloads the one that is ill is judged and told first: %s', async (_, targets) => {
    const database = aStatefulSet()
    const ill = { ...database, status: { ...database.status, readyReplicas: 0 } }
    const { evidence } = await look({ [CHECKOUT]: aDeployment(), [ORDERS]: ill }, targets())
    expect(evidence?.facts).toMatchObject({
      workload: 'prod/orders-db',
      readyReplicas: 0,
      'prod/checkout.readyReplicas': 3,
    })
    expect(evidence?.summary).toMatch(/^prod\/orders-db: 0 of 2 ready.*prod\/checkout: 3 of 3 ready/)
  })

  test('D2 of two workloads that are well the first of the catalogue is judged', async () => {
    const { evidence } = await look({ [CHECKOUT]: aDeployment(), [ORDERS]: aStatefulSet() }, [
      orders,
      checkout(),
    ])
    expect(evidence?.facts).toMatchObject({ workload: 'prod/orders-db', 'prod/checkout.readyReplicas': 3 })
  })

  test('D2 a workload that is well does not hide one that could not be read', async () => {
    const { evidence } = await look({ [CHECKOUT]: aDeployment() }, [checkout(), orders], (api) => {
      api.fault = (_, path) => (path === ORDERS ? { status: 500, message: 'internal' } : 'none')
    })
    expect(evidence?.summary).toMatch(/^prod\/orders-db: could not be read/)
    expect(evidence?.facts).toMatchObject({ readyReplicas: 3 })
  })

  test('D2 what is not there is a fact', async () => {
    const { evidence } = await look({})
    expect(evidence).toMatchObject({
      status: 'ok',
      facts: { found: false },
      summary: 'prod/checkout: there is no Deployment shop/checkout',
    })
  })

  test('D2 pods that may not be read leave the rest', async () => {
    const { evidence } = await look({ [CHECKOUT]: aDeployment() }, undefined, (api) => {
      api.fault = (_, path) => (path === PODS ? { status: 403, message: 'pods is forbidden' } : 'none')
    })
    expect(evidence).toMatchObject({
      status: 'ok',
      facts: { readyReplicas: 3 },
      summary: saying('its pods could not be read: the API server answered 403: pods is forbidden'),
    })
    expect(evidence?.facts).not.toHaveProperty('restarts')
  })

  test.each([
    ['cut_before', 'failed'],
    [{ status: 500, message: 'internal' }, 'failed'],
    ['hang', 'timed_out'],
  ] as const)('D2 an API server that answers by %j is evidence that it %s', async (fault, status) => {
    const prepare = (api: Awaited<ReturnType<typeof startKubernetes>>) => {
      api.fault = () => fault
    }
    // Only a server that never answers is met by the time limit, however slow this machine is.
    const timeoutMs = status === 'timed_out' ? 300 : 60_000
    const { evidence } = await look({ [CHECKOUT]: aDeployment() }, undefined, prepare, timeoutMs)
    expect(evidence).toMatchObject({ status, facts: {}, summary: saying('could not be read') })
  })

  test('D2 a service without such a target is not asked about', async () => {
    const { api, evidence } = await look({}, [])
    expect(evidence).toBe(null)
    expect(api.requests).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { aContext, aRequest } from '../support/executor.ts'
import { settled } from '../support/kubernetes.ts'
import {
  at,
  CHECKOUT,
  checkout,
  cluster,
  ORDERS,
  orders,
  REPLICA_SETS,
  saying,
  timeIsUp,
  WORKER,
  worker,
  written,
} from '../support/kubernetes-executor.ts'
import { aDeployment, aNode, aReplicaSet, aStatefulSet } from '../support/kubernetes-objects.ts'

describe('on a recorded Kubernetes API', () => {
  test('R1 a restart rolls a Deployment out anew, and the key is written in the same update', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const context = aContext()
    const result = await perform(checkout(), 'restart_service', { effectKey: 'run-7.restart' }, context)
    expect(result).toEqual({
      status: 'succeeded',
      summary: 'Deployment shop/checkout is rolled out anew; 3 of 3 updated, 3 available',
    })
    expect(api.patches).toEqual([
      {
        path: CHECKOUT,
        query: '?fieldManager=suture',
        body: {
          metadata: {
            resourceVersion: '1000',
            annotations: {
              'suture.dev/effects': '[{"key":"run-7.restart","at":"2026-11-22T12:00:00Z"}]',
            },
          },
          spec: {
            template: {
              metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T12:00:00Z' } },
            },
          },
        },
      },
    ])
    expect(at(api, CHECKOUT)).toMatchObject({
      metadata: { annotations: { 'deployment.kubernetes.io/revision': '7' } },
      spec: { template: { spec: { containers: [{ image: 'shop/checkout:2.1' }] } } },
    })
    expect(context.text('note')).toContain('Deployment shop/checkout is rolled out anew')
  })

  test('R1 it speaks TLS with the certificate authority of the kubeconfig', async () => {
    const { perform } = await cluster({ [CHECKOUT]: aDeployment() }, { secure: true })
    expect(await perform(checkout(), 'restart_service')).toMatchObject({ status: 'succeeded' })
  })

  test.each([
    [1, 'Deployment shop/checkout goes from 3 to 4 instances', 4],
    [-2, 'Deployment shop/checkout goes from 3 to 1 instances', 1],
  ])('R1 it scales by %i', async (delta, summary, after) => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const result = await perform(checkout(), 'scale_instances', { parameters: { delta } })
    expect(result).toMatchObject({ status: 'succeeded', summary: saying(summary) })
    expect(at(api, CHECKOUT)).toMatchObject({ spec: { replicas: after } })
  })

  test.each([
    [3, 'has 3 instances and would have 6; the catalogue allows 1 to 5'],
    [-3, 'has 3 instances and would have 0; the catalogue allows 1 to 5'],
  ])('R1 it does not scale by %i, out of the bounds of the catalogue', async (delta, problem) => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    expect(await perform(checkout(), 'scale_instances', { parameters: { delta } })).toEqual({
      status: 'failed',
      summary: `nothing was changed: Deployment shop/checkout ${problem}`,
    })
    expect(written(api)).toBe(0)
  })

  test.each(['2', 0, 1.5, true, Number.MAX_VALUE])('R1 a delta of %j sends nothing', async (delta) => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const result = await perform(checkout(), 'scale_instances', { parameters: { delta } })
    expect(result).toMatchObject({ status: 'failed', summary: saying(/^nothing was/) })
    expect(written(api)).toBe(0)
  })

  test('R1 a rollback puts back the template of the last revision that was another version', async () => {
    const { api, perform } = await cluster({
      [CHECKOUT]: aDeployment(),
      [`${REPLICA_SETS}/a`]: aReplicaSet(4, 'shop/checkout:1.9'),
      [`${REPLICA_SETS}/b`]: aReplicaSet(5, 'shop/checkout:2.0'),
      [`${REPLICA_SETS}/c`]: aReplicaSet(6, 'shop/checkout:2.1'),
      [`${REPLICA_SETS}/d`]: aReplicaSet(7, 'shop/checkout:2.1', {
        'kubectl.kubernetes.io/restartedAt': '2026-03-07T08:00:00Z',
      }),
    })
    const result = await perform(checkout(), 'roll_back_deploy')
    expect(result).toMatchObject({
      status: 'succeeded',
      summary: saying('goes back to what was revision 5'),
    })
    expect(at(api, CHECKOUT)).toMatchObject({
      metadata: { annotations: { 'suture.dev/effects': saying('key') } },
      spec: {
        replicas: 3,
        template: {
          metadata: { labels: { app: 'checkout' } },
          spec: { containers: [{ image: 'shop/checkout:2.0' }] },
        },
      },
    })
    expect(JSON.stringify(at(api, CHECKOUT))).not.toMatch(/pod-template-hash|\$patch/)
  })

  test('R1 without an earlier version there is nothing to roll back to', async () => {
    const { api, perform } = await cluster({
      [CHECKOUT]: aDeployment(),
      [`${REPLICA_SETS}/a`]: aReplicaSet(6, 'shop/checkout:2.1'),
    })
    expect(await perform(checkout(), 'roll_back_deploy')).toMatchObject({
      status: 'failed',
      summary: saying('has no earlier revision that differs'),
    })
    expect(written(api)).toBe(0)
  })

  test('R1 a node is cordoned and uncordoned', async () => {
    const { api, perform } = await cluster({ [WORKER]: aNode() })
    expect(await perform(worker, 'cordon_node')).toEqual({
      status: 'succeeded',
      summary: 'node worker-3 takes no new pods',
    })
    expect(at(api, WORKER)).toMatchObject({ spec: { unschedulable: true, podCIDR: '10.0.3.0/24' } })
    expect(await perform(worker, 'uncordon_node')).toEqual({
      status: 'succeeded',
      summary: 'node worker-3 takes new pods again',
    })
    expect(at(api, WORKER)).toMatchObject({ spec: { unschedulable: false } })
  })

  test("R1 somebody else's cordon is left alone, so that undoing can't lift it", async () => {
    const { api, perform } = await cluster({ [WORKER]: aNode(true) })
    expect(await perform(worker, 'cordon_node')).toMatchObject({
      status: 'failed',
      summary: saying('is cordoned already'),
    })
    expect(written(api)).toBe(0)
  })

  test.each([
    ['a paused Deployment', { [CHECKOUT]: aDeployment({ spec: { paused: true } }) }, checkout(), 'is paused'],
    ['OnDelete', { [ORDERS]: aStatefulSet({ updateStrategy: 'OnDelete' }) }, orders, 'OnDelete'],
  ])('R1 %s would not restart, and says so', async (_, objects, target, words) => {
    const { perform } = await cluster(objects)
    expect(await perform(target, 'restart_service')).toMatchObject({
      status: 'failed',
      summary: saying(words),
    })
  })

  test('R1 a rollout is watched until its controller is through', async () => {
    const { api, perform } = await cluster({ [ORDERS]: aStatefulSet() })
    const looks: object[] = [
      { observedGeneration: 2 },
      { observedGeneration: 3, updateRevision: 'orders-db-7d', updatedReplicas: 0, readyReplicas: 2 },
      { observedGeneration: 3, updateRevision: 'orders-db-7d', updatedReplicas: 1, readyReplicas: 1 },
      {
        currentRevision: 'orders-db-7d',
        updateRevision: 'orders-db-7d',
        updatedReplicas: 2,
        readyReplicas: 2,
      },
    ]
    api.controller = (object) => object
    api.fault = (method) => {
      const found = api.objects.get(ORDERS)
      const status = written(api) > 0 && method === 'GET' ? looks.shift() : undefined
      if (found !== undefined && status !== undefined)
        api.objects.set(ORDERS, { ...found, status: { ...Object(found['status']), ...status } })
      return 'none'
    }
    const context = aContext()
    const result = await perform(orders, 'restart_service', {}, context)
    expect(result).toMatchObject({ status: 'succeeded', summary: saying('2 of 2 updated') })
    expect(context.text('note').split('\n')).toEqual([
      'StatefulSet shop/orders-db is rolled out anew',
      'StatefulSet shop/orders-db: the controller has not seen the change yet',
      'StatefulSet shop/orders-db: 0 of 2 updated, 2 available',
      'StatefulSet shop/orders-db: 1 of 2 updated, 1 available',
      'StatefulSet shop/orders-db: 2 of 2 updated, 2 available',
      '',
    ])
  })

  test('R4 R7 a rollout that exceeds its own deadline was begun all the same: the probe says so, and it is undone with the rest', async () => {
    const { api, perform, executor } = await cluster({ [CHECKOUT]: aDeployment() })
    api.controller = (object) => ({
      ...settled(object),
      status: {
        ...Object(settled(object)['status']),
        updatedReplicas: 1,
        conditions: [
          { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: '' },
        ],
      },
    })
    expect(await perform(checkout(), 'restart_service', { effectKey: 'run-1.a' })).toMatchObject({
      status: 'unknown',
      summary: saying('progress deadline'),
    })
    const request = aRequest({ target: checkout(), action: 'restart_service', effectKey: 'run-1.a' })
    expect(await executor.probe(request, AbortSignal.timeout(60_000))).toBe('happened')
  })

  test('R7 a rollout that is not through in time may have had its effect, and the probe says that it had', async () => {
    const { api, perform, executor } = await cluster({ [CHECKOUT]: aDeployment() })
    const controller = new AbortController()
    api.controller = (object) => object
    api.fault = (method) => {
      if (method === 'GET' && written(api) > 0) controller.abort(timeIsUp())
      return 'none'
    }
    const context = aContext({ signal: controller.signal })
    const result = await perform(checkout(), 'restart_service', { effectKey: 'run-1.a' }, context)
    expect(result).toEqual({
      status: 'timed_out',
      effect: 'maybe',
      summary: 'Deployment shop/checkout is rolled out anew; not through within 60 s',
    })
    const request = aRequest({ target: checkout(), action: 'restart_service', effectKey: 'run-1.a' })
    expect(await executor.probe(request, AbortSignal.timeout(60_000))).toBe('happened')
  })
})

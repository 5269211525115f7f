import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { aContext, aRequest } from '../support/executor.ts'
import { startKubernetes, TOKEN } from '../support/kubernetes.ts'
import {
  CHECKOUT,
  checkout,
  cluster,
  executorFor,
  WORKER,
  worker,
  written,
} from '../support/kubernetes-executor.ts'
import { aDeployment, aNode } from '../support/kubernetes-objects.ts'

describe('credentials for a cluster', () => {
  test('R1 without a kubeconfig and outside a cluster nothing is sent', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
    const executor = executorFor(undefined)
    const result = await executor.perform(
      aRequest({ target: checkout(), action: 'restart_service' }),
      aContext(),
    )
    expect(result).toEqual({
      status: 'failed',
      summary:
        'nothing was changed: no cluster is configured: set SUTURE_KUBECONFIG to a kubeconfig, or run inside the cluster',
    })
  })

  test('R1 an unknown context is named with those there are', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    expect((await perform(checkout({ context: 'prod' }), 'restart_service')).summary).toBe(
      `nothing was changed: ${api.kubeconfig} has no context prod (it has: test, unknown-user)`,
    )
    expect(api.requests).toEqual([])
  })

  test('R1 a wrong token is a refusal that does not show it', async () => {
    const { perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const result = await perform(checkout({ context: 'unknown-user' }), 'restart_service')
    expect(result.summary).toBe('nothing was changed: the API server answered 401: Unauthorized')
  })

  test('R1 a token that the server echoes reaches nobody', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    api.fault = () => ({ status: 403, message: `you sent Bearer ${TOKEN}` })
    const context = aContext()
    const result = await perform(checkout(), 'restart_service', {}, context)
    expect(JSON.stringify([result, context.output])).not.toContain(TOKEN)
    expect(result.summary).toContain('you sent Bearer [secret')
  })

  test('R1 a kubeconfig that can not be read does not show what it holds', async () => {
    const { api, executor } = await cluster({})
    writeFileSync(api.kubeconfig, `users: [{ name: a, user: { token: ${TOKEN} }\n  : :`)
    const result = await executor.perform(
      aRequest({ target: checkout(), action: 'restart_service' }),
      aContext(),
    )
    expect(result.summary).toContain("can't be read as a kubeconfig")
    expect(result.summary).not.toContain(TOKEN)
  })

  test('R1 a kubeconfig that has changed is read again', async () => {
    const { api, perform, executor } = await cluster({ [WORKER]: aNode() })
    const other = await startKubernetes({ [WORKER]: aNode() })
    onTestFinished(other.close)
    await perform(worker, 'cordon_node')
    writeFileSync(api.kubeconfig, `${readFileSync(other.kubeconfig, 'utf8')}\n`)
    await executor.perform(aRequest({ target: worker, action: 'cordon_node' }), aContext())
    expect([written(api), written(other)]).toEqual([1, 1])
  })

  test('R1 an unreachable API server is named, and nothing was sent', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const port = /127\.0\.0\.1:(\d+)/.exec(readFileSync(api.kubeconfig, 'utf8'))?.[1]
    const text = readFileSync(api.kubeconfig, 'utf8')
    writeFileSync(api.kubeconfig, text.replace(`127.0.0.1:${port}`, '127.0.0.1:1'))
    expect((await perform(checkout(), 'restart_service')).summary).toBe(
      "nothing was changed: the API server http://127.0.0.1:1 can't be reached: ECONNREFUSED",
    )
  })
})

describe('a dry run', () => {
  test.each([
    [
      checkout({ context: 'prod' }),
      'restart_service',
      {},
      'roll out Deployment shop/checkout (context prod) anew',
    ],
    [
      checkout(),
      'scale_instances',
      { delta: 2 },
      'scale Deployment shop/checkout by +2, to at least 1 and at most 5',
    ],
    [checkout(), 'roll_back_deploy', {}, 'roll Deployment shop/checkout back to the revision before'],
    [worker, 'cordon_node', {}, 'cordon node worker-3'],
    [worker, 'restart_service', {}, 'cannot be called: target prod/worker-3 has no action restart_service'],
  ] as const)('R8 shows the call', (target, action, parameters, words) => {
    const rendered = executorFor('/nowhere').render(aRequest({ target, action, parameters }))
    expect(rendered).toContain(words)
  })

  test('R1 a plugin that never comes back with credentials ends with the time of the step', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sleep', args: ['20'] }
    writeFileSync(
      api.kubeconfig,
      readFileSync(api.kubeconfig, 'utf8').replace(
        JSON.stringify({ token: TOKEN }),
        JSON.stringify({ exec: { ...exec, interactiveMode: 'Never' } }),
      ),
    )
    expect(await perform(checkout(), 'restart_service', { timeoutMs: 300 })).toMatchObject({
      status: 'timed_out',
      effect: 'none',
    })
    expect(api.requests).toEqual([])
  })
})

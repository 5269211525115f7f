import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ActionExecutor } from '../../src/app/ports.ts'
import { aContext, aRequest } from '../support/executor.ts'
import { at, CHECKOUT, checkout, cluster, saying, timeIsUp, written } from '../support/kubernetes-executor.ts'
import { aDeployment } from '../support/kubernetes-objects.ts'

describe('an effect on a recorded Kubernetes API', () => {
  const probe = (executor: ActionExecutor, effectKey: string) =>
    executor.probe(
      aRequest({ target: checkout(), action: 'restart_service', effectKey }),
      AbortSignal.timeout(60_000),
    )

  test('R7 a repeat under the same key changes nothing', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const again = () => perform(checkout(), 'scale_instances', { effectKey: 'k.1', parameters: { delta: 1 } })
    await again()
    expect(await again()).toMatchObject({
      status: 'succeeded',
      summary: saying('was changed already under this key'),
    })
    expect(at(api, CHECKOUT)).toMatchObject({ spec: { replicas: 4 } })
    expect(written(api)).toBe(1)
  })

  test('R7 two workers with the same key at once have one effect', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const once = () => perform(checkout(), 'scale_instances', { effectKey: 'k.1', parameters: { delta: 1 } })
    const results = await Promise.all([once(), once(), once(), once()])
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('succeeded'))
    expect(at(api, CHECKOUT)).toMatchObject({ metadata: { resourceVersion: '1001' }, spec: { replicas: 4 } })
  })

  test('R7 a conflict is met by reading again, and the change of the other is kept', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    let others = 2
    api.fault = (method) => {
      if (method === 'PATCH' && others-- > 0)
        api.objects.set(CHECKOUT, anotherChange(JSON.stringify(at(api, CHECKOUT))))
      return 'none'
    }
    const result = await perform(checkout(), 'scale_instances', { parameters: { delta: 1 } })
    expect(result.summary).toContain('goes from 1 to 2 instances')
    expect(written(api)).toBe(3)
  })

  test('R7 an object that changes all the time is given up, unchanged', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    api.fault = (method) =>
      method === 'PATCH' ? { status: 409, message: 'the object has been modified' } : 'none'
    expect(await perform(checkout(), 'restart_service')).toMatchObject({
      status: 'failed',
      summary: saying(/^nothing was changed: .* between each of 10/),
    })
    expect(written(api)).toBe(0)
  })

  test.each([
    ['cut_after', 'happened'],
    ['cut_before', 'not_happened'],
  ] as const)('R7 a connection that is %s is unknown, and the probe says %s', async (fault, truth) => {
    const { api, perform, executor } = await cluster({ [CHECKOUT]: aDeployment() })
    api.fault = (method) => (method === 'PATCH' ? fault : 'none')
    const result = await perform(checkout(), 'restart_service', { effectKey: 'run-2.a' })
    expect(result).toMatchObject({ status: 'unknown', summary: saying('ECONNRESET') })
    expect(await probe(executor, 'run-2.a')).toBe(truth)
  })

  test.each([500, 503, 504])('R7 an update that is answered %i is unknown', async (status) => {
    const { api, perform, executor } = await cluster({ [CHECKOUT]: aDeployment() })
    api.fault = (method) =>
      method === 'PATCH' ? { status, message: 'etcdserver: request timed out' } : 'none'
    expect(await perform(checkout(), 'restart_service', { effectKey: 'run-2.a' })).toMatchObject({
      status: 'unknown',
      summary: saying(`answered ${status}: etcdserver: request timed out`),
    })
    expect(await probe(executor, 'run-2.a')).toBe('not_happened')
  })

  test.each([
    ['PATCH', 403, 'deployments.apps "checkout" is forbidden: cannot patch resource'],
    ['GET', 403, 'deployments.apps "checkout" is forbidden: cannot get resource'],
    ['GET', 500, 'internal error'],
    ['PATCH', 422, 'Deployment.apps "checkout" is invalid'],
    ['PATCH', 429, 'too many requests'],
  ])('R1 a %s that is answered %i has changed nothing', async (method, status, message) => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    api.fault = (asked) => (asked === method ? { status, message } : 'none')
    expect(await perform(checkout(), 'restart_service')).toEqual({
      status: 'failed',
      summary: `nothing was changed: the API server answered ${status}: ${message}`,
    })
  })

  test('R1 an object that is not there is named', async () => {
    const { perform, executor } = await cluster({})
    expect(await perform(checkout(), 'restart_service')).toEqual({
      status: 'failed',
      summary: 'nothing was changed: there is no Deployment shop/checkout: "checkout" not found',
    })
    expect(await probe(executor, 'run-2.a')).toBe('cannot_tell')
  })

  test.each([
    ['hang', 'none', 'GET', 'nothing was changed'],
    ['hang_after', 'maybe', 'PATCH', 'the update may have been made'],
  ] as const)(
    'R1 a server that does %s ends with the time of the run, effect %s',
    async (fault, effect, method, end) => {
      const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
      const controller = new AbortController()
      api.fault = (asked) => {
        if (asked !== method) return 'none'
        controller.abort(timeIsUp())
        return fault
      }
      const context = aContext({ signal: controller.signal })
      expect(await perform(checkout(), 'restart_service', {}, context)).toEqual({
        status: 'timed_out',
        effect,
        summary: `no answer within 60 s; ${end}`,
      })
    },
  )

  test('R1 a server that never answers ends with the time of the step', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    api.fault = () => 'hang'
    expect(await perform(checkout(), 'restart_service', { timeoutMs: 300 })).toMatchObject({
      status: 'timed_out',
      effect: 'none',
    })
  })

  test('R3 a cancel ends it', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const controller = new AbortController()
    api.fault = (method) => {
      if (method !== 'PATCH') return 'none'
      controller.abort()
      return 'hang_after'
    }
    const context = aContext({ signal: controller.signal })
    expect(await perform(checkout(), 'restart_service', {}, context)).toEqual({
      status: 'canceled',
      effect: 'maybe',
      summary: 'canceled; the update may have been made',
    })
  })

  test('R7 a worker that no longer holds the run sends nothing', async () => {
    const { api, perform } = await cluster({ [CHECKOUT]: aDeployment() })
    const context = aContext({ mayAct: () => false })
    expect(await perform(checkout(), 'restart_service', {}, context)).toEqual({
      status: 'canceled',
      effect: 'none',
      summary: 'nothing was changed: this worker no longer holds the run',
    })
    expect(api.requests).toEqual([`GET ${CHECKOUT}`])
  })

  test('R7 the last twenty effects are kept; a full list of one day leaves doubt', async () => {
    const { api, perform, executor } = await cluster({ [CHECKOUT]: aDeployment() })
    for (let at = 0; at < 22; at += 1)
      await perform(checkout(), 'restart_service', { effectKey: `run-${at}.a` })
    expect(await probe(executor, 'run-21.a')).toBe('happened')
    expect(await probe(executor, 'run-0.a')).toBe('cannot_tell')
    const yesterday = JSON.stringify(at(api, CHECKOUT)).replaceAll(
      '2026-11-22T12:00:00Z',
      '2026-11-21T12:00:00Z',
    )
    api.objects.set(CHECKOUT, readObject(yesterday))
    expect(await probe(executor, 'run-99.a')).toBe('not_happened')
  })

  test('R7 an annotation that somebody wrote over tells nothing', async () => {
    const deployment = aDeployment()
    const { executor } = await cluster({
      [CHECKOUT]: {
        ...deployment,
        metadata: { ...deployment.metadata, annotations: { 'suture.dev/effects': 'mine' } },
      },
    })
    expect(await probe(executor, 'run-0.a')).toBe('cannot_tell')
  })
})

const readObject = (text: string) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))

/** Somebody else has removed an instance. */
const anotherChange = (text: string) =>
  readObject(
    text
      .replace(/"resourceVersion":"(\d+)"/, (_, version) => `"resourceVersion":"${Number(version) + 1}"`)
      .replace(/"replicas":(\d+)/, (_, replicas) => `"replicas":${Number(replicas) - 1}`),
  )

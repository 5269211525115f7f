import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDockerExecutor } from '../../adapters/actions/docker/executor.ts'
import { Target } from '../../src/domain/service.ts'
import { aContext, aRequest, monotonic } from '../support/executor.ts'

const web = Target.parse({
  name: 'prod/web',
  kind: 'docker',
  container: 'shop_web-1',
  actions: { restart_service: {} },
})

/** A recorded Docker API on a socket of its own: what the daemon answers to an inspect and a restart. */
async function daemon(restart: RequestListener, inspect?: RequestListener) {
  const folder = mkdtempSync(join(tmpdir(), 'suture-docker-'))
  const dockerSocket = join(folder, 'docker.sock')
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (request.method === 'POST') restart(request, response)
    else if (inspect === undefined)
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ Id: 'a1', State: { Status: 'running', StartedAt: '2026-11-22T10:00:00Z' } }))
    else inspect(request, response)
  })
  await new Promise<void>((resolve) => server.listen(dockerSocket, () => resolve()))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true })
  })
  const executor = createDockerExecutor({ dockerSocket, clock: monotonic })
  return {
    requests,
    perform: (over = {}, context = aContext()) =>
      executor.perform(
        aRequest({ target: web, action: 'restart_service', timeoutMs: 60_000, ...over }),
        context,
      ),
  }
}

const answer =
  (status: number, body?: object): RequestListener =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? undefined : JSON.stringify(body))

const done = answer(204)
const RESTART = 'POST /containers/shop_web-1/restart'
const INSPECT = 'GET /containers/shop_web-1/json'

describe('on a recorded Docker API', () => {
  test('R1 a container is restarted', async () => {
    const { perform, requests } = await daemon(done)
    const context = aContext()
    expect(await perform({}, context)).toEqual({
      status: 'succeeded',
      summary: 'container shop_web-1 was restarted',
    })
    expect(requests).toEqual([INSPECT, RESTART])
    expect(context.text('note')).toBe('container shop_web-1 is running\n')
  })

  test('R1 a container that is not there is named, and nothing is restarted', async () => {
    const { perform, requests } = await daemon(
      done,
      answer(404, { message: 'No such container: shop_web-1' }),
    )
    expect(await perform()).toEqual({
      status: 'failed',
      summary:
        "nothing was changed: container shop_web-1 can't be looked at: the Docker daemon answered 404: No such container: shop_web-1",
    })
    expect(requests).toEqual([INSPECT])
  })

  test('R1 an error of the daemon is a failure in its own words', async () => {
    const { perform } = await daemon(answer(500, { message: 'Cannot restart container: no space left' }))
    expect(await perform()).toEqual({
      status: 'failed',
      summary: 'the Docker daemon answered 500: Cannot restart container: no space left',
    })
  })

  test('R7 a connection that breaks after asking is unknown', async () => {
    const { perform } = await daemon((request) => void request.socket.destroy())
    expect(await perform()).toEqual({
      status: 'unknown',
      summary: 'the Docker daemon broke the connection off: ECONNRESET',
    })
  })

  test('R1 a restart that takes too long ends with the time of the run', async () => {
    const controller = new AbortController()
    const { perform } = await daemon(() => controller.abort(new DOMException('', 'TimeoutError')))
    expect(await perform({}, aContext({ signal: controller.signal }))).toEqual({
      status: 'timed_out',
      effect: 'maybe',
      summary: 'no end within 60 s; the daemon may restart it all the same',
    })
  })

  test('R3 a cancel while it is looked at has changed nothing', async () => {
    const controller = new AbortController()
    const { perform, requests } = await daemon(done, () => controller.abort())
    expect(await perform({}, aContext({ signal: controller.signal }))).toEqual({
      status: 'canceled',
      effect: 'none',
      summary: 'canceled; nothing was changed',
    })
    expect(requests).toEqual([INSPECT])
  })

  test('R7 a worker that no longer holds the run asks for nothing', async () => {
    const { perform, requests } = await daemon(done)
    expect(await perform({}, aContext({ mayAct: () => false }))).toMatchObject({
      status: 'canceled',
      effect: 'none',
    })
    expect(requests).toEqual([INSPECT])
  })
})

describe('without a daemon', () => {
  const executor = createDockerExecutor({ dockerSocket: '/nowhere/docker.sock', clock: monotonic })

  test('R1 that is said, with what to do', async () => {
    const result = await executor.perform(aRequest({ target: web, action: 'restart_service' }), aContext())
    expect(result).toEqual({
      status: 'failed',
      summary:
        "nothing was changed: container shop_web-1 can't be looked at: the Docker daemon can't be reached: ENOENT; correct SUTURE_DOCKER_SOCKET, or let this user use it",
    })
  })

  test('R8 a dry run shows the call, and what happened cannot be told afterwards', async () => {
    const request = aRequest({ target: web, action: 'restart_service' })
    expect(executor.render(request)).toBe('docker restart shop_web-1')
    expect(executor.render(aRequest({ target: web, action: 'scale_instances' }))).toContain(
      'has no action scale_instances',
    )
    expect(await executor.probe(request, AbortSignal.timeout(1_000))).toBe('cannot_tell')
  })
})

import { expect, it } from 'vitest'
import { dataFolder } from '../support/embedded.ts'
import { adminKeyOf, ask, firing, type Suture, spawnSuture, startedSuture } from '../support/suture.ts'

const env = { SUTURE_LAB: 'off', SUTURE_PORT: '0', SUTURE_GRAFANA_SECRET: 'of-grafana' }

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What may be asked without a key: is it there, who am I, and signing in. */
const open = ['get /health', 'get /v1/me', 'post /v1/session']

const intake = (suture: Suture, source: string, key?: string) =>
  ask(suture.url(), `/v1/alerts/${source}`, {
    method: 'POST',
    body: firing('Any'),
    ...(key === undefined ? {} : { key }),
  })

it('H9 outside the lab nothing is open but health: the admin key is shown once, and every route and source needs its own', async () => {
  const dataDir = dataFolder()
  const first = await startedSuture({ dataDir, env })
  const key = adminKeyOf(first)
  expect(key).toMatch(/^sut_main_/)
  expect(first.stdout()).toContain('shown once and never again')
  expect(first.stdout()).not.toContain('This is the lab')
  // Not in the log, where it would be kept.
  expect(first.stderr()).not.toContain(key)

  const { json } = await ask(first.url(), '/v1/openapi.json', { key })
  const routes = Object.entries((json as unknown as OpenApi).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method, path })),
  )
  expect(routes.length).toBeGreaterThan(25)
  expect(routes.filter(({ path }) => path.includes('/lab'))).toEqual([])
  // The document lists itself, so it is asked for below without a key like all the others.
  expect(routes).toContainEqual({ method: 'get', path: '/openapi.json' })
  for (const { method, path } of routes) {
    const isRead = method === 'get'
    const answer = await ask(
      first.url(),
      path.replace('{source}', 'alertmanager').replaceAll(/\{\w+\}/g, 'x-1'),
      {
        method: method.toUpperCase(),
        ...(isRead ? {} : { body: {} }),
      },
    )
    const name = `${method} ${path}`
    if (!open.includes(name)) expect([name, answer.status]).toEqual([name, 401])
  }
  expect((await ask(first.url(), '/health')).json).toEqual({
    status: expect.any(String) as string,
    version: '0.1.0',
    failing: [],
  })
  expect((await ask(first.url(), '/v1/me')).json).not.toHaveProperty('person.id')
  for (const [method, path] of [
    ['GET', '/v1/lab'],
    ['POST', '/v1/lab/break'],
    ['POST', '/v1/lab/persona'],
  ] as const)
    expect(
      (await ask(first.url(), path, { method, key, ...(method === 'POST' ? { body: {} } : {}) })).status,
    ).toBe(404)

  // A source without a secret refuses everybody, one with a secret everybody else; an admin's key is no such secret.
  expect((await intake(first, 'alertmanager')).status).toBe(401)
  expect((await intake(first, 'alertmanager', 'undefined')).status).toBe(401)
  expect((await intake(first, 'alertmanager', 'of-grafana')).status).toBe(401)
  expect((await intake(first, 'generic', key)).status).toBe(401)
  expect((await intake(first, 'grafana')).status).toBe(401)
  expect((await intake(first, 'grafana', 'of-grafana')).status).toBe(200)
  expect((await ask(first.url(), '/v1/incidents', { key: 'of-grafana' })).status).toBe(401)
  expect((await ask(first.url(), '/v1/incidents', { key })).status).toBe(200)
  expect(await first.stop()).toBe(0)

  const second = await startedSuture({ dataDir, env })
  expect(adminKeyOf(second)).toBe('')
  expect(second.stdout()).not.toContain('admin key')
  expect((await ask(second.url(), '/v1/incidents', { key })).status).toBe(200)
  expect(await second.stop()).toBe(0)
  // An orderly stop is no trouble, so nothing is told as such.
  expect(
    second
      .stderr()
      .split('\n')
      .filter((line) => /"level":[45]0/.test(line)),
  ).toEqual([])
})

it('H9 a first start that fails late has not used up the admin key', async () => {
  const dataDir = dataFolder()
  const failed = spawnSuture({ dataDir, env: { ...env, REDIS_URL: 'redis://127.0.0.1:1' } })
  expect((await failed.ended).code).toBe(1)
  expect(failed.stderr()).toContain('Redis of REDIS_URL does not answer')
  expect(failed.family()).toEqual([])
  const next = await startedSuture({ dataDir, env })
  expect(adminKeyOf(next)).toMatch(/^sut_main_/)
  expect(await next.stop()).toBe(0)
})

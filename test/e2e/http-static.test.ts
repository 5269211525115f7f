import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestHttp, testHttp } from '../support/http.ts'

let t: TestHttp
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'suture-console-'))
  await mkdir(join(folder, 'console/views'), { recursive: true })
  await writeFile(join(folder, 'secret.js'), 'secret')
  await writeFile(join(folder, 'console/index.html'), '<!doctype html><title>Suture</title>')
  await writeFile(join(folder, 'console/views/run.js'), 'export {}')
  await writeFile(join(folder, 'console/.hidden.js'), 'hidden')
  await writeFile(join(folder, 'console/notes.md'), 'notes')
  await symlink(join(folder, 'console'), join(folder, 'console/loop'))
  t = await testHttp({ deps: { consoleDir: join(folder, 'console') } })
})
afterAll(async () => {
  await t.close()
  await rm(folder, { recursive: true, force: true })
})

it('C3 the console is served without signing in, since it shows nothing by itself, and is asked for anew cheaply', async () => {
  const page = await t.ask('GET', '/')
  expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-cache',
  ])
  expect(
    (await t.ask('GET', '/', { headers: { 'if-none-match': page.headers.get('etag') ?? '' } })).status,
  ).toBe(304)
  const script = await t.ask('GET', '/assets/views/run.js')
  expect([
    script.status,
    script.headers.get('content-type'),
    script.headers.get('x-content-type-options'),
  ]).toEqual([200, 'text/javascript; charset=utf-8', 'nosniff'])
  expect((await t.ask('GET', '/incidents/inc-1')).text).toContain('<title>Suture</title>')
})

it('H9 nothing else of the disk is served, however it is asked for', async () => {
  for (const path of [
    '/assets/../secret.js',
    '/assets/..%2fsecret.js',
    '/assets/%2e%2e/secret.js',
    '/assets/.hidden.js',
    '/assets/notes.md',
    '/assets/missing.js',
    '/assets//etc/passwd',
    '/assets/views',
    '/v1/index.html',
    '/secret.js',
  ]) {
    const answer = await t.ask('GET', path)
    expect(answer.text, path).not.toMatch(/^(secret|hidden|notes|root:)/)
    expect([200, 404], path).toContain(answer.status)
    if (answer.status === 200) expect(answer.text, path).toContain('<title>')
  }
  expect((await t.ask('POST', '/assets/views/run.js')).status).toBe(404)
})

it('C3 /health is a page for a person and an answer for a probe', async () => {
  const page = await t.ask('GET', '/health', { headers: { accept: 'text/html,application/xhtml+xml' } })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const probe = await t.ask('GET', '/health', { headers: { accept: '*/*' } })
  expect(JSON.parse(probe.text)).toMatchObject({ status: 'pass' })
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { sealAll } from '../db/seal-world.ts'
import { testTenant } from '../support/app.ts'
import { alertSecret, type TestHttp, testHttp } from '../support/http.ts'
import { anAlertmanagerAlert, anAlertmanagerPayload } from '../support/payloads/read.ts'

/** The page is what is tested: its rows are sent as they stand there, and answered by the real application. */
const page = readFileSync(join(import.meta.dirname, '../../docs/testing-endpoints.md'), 'utf8')

interface Row {
  readonly request: string
  readonly method: string
  readonly path: string
  readonly body: string | undefined
  readonly withKey: boolean
  readonly status: number
  /** Null for a problem, empty for what is no JSON. */
  readonly fields: readonly string[] | null
}

const row =
  /^\| `(SUTURE_API_KEY= )?ask (GET|POST|PATCH|DELETE) ('[^']*'|\S+)(?: '([^']*)')?` \| (\d{3}) \|(.*)\|$/
const rows: Row[] = page.split('\n').flatMap((line) => {
  const found = row.exec(line)
  if (found === null) return []
  const [, without, method = '', path = '', body, status, fields = ''] = found
  return [
    {
      request: `${method} ${path} ${body ?? ''}`.trim(),
      method,
      path: path.replaceAll("'", ''),
      body,
      withKey: without === undefined,
      status: Number(status),
      fields:
        fields.trim() === 'a problem'
          ? null
          : fields.trim() === 'no JSON'
            ? []
            : (fields.match(/\w+/g) ?? []),
    },
  ]
})

const problem = ['type', 'title', 'status', 'detail', 'code', 'remedy', 'requestId']

let t: TestHttp
let key: string
let incident: string
beforeAll(async () => {
  t = await testHttp()
  const admin = await t.caller('Dan', ['admin'])
  const made = await createKey(t.app, admin, {
    name: 'curl',
    scopes: ['read', 'respond', 'approve', 'admin'],
  })
  if (isRejection(made)) throw new Error(made.detail)
  ;({ key } = made)
  const labels = { alertname: 'ServiceDown', service: 'checkout' }
  const { json } = await t.ask('POST', '/v1/alerts/alertmanager', {
    body: anAlertmanagerPayload(anAlertmanagerAlert({ labels })),
    headers: { authorization: `Bearer ${alertSecret}` },
  })
  incident = (json as { incidents: string[] }).incidents[0] ?? ''
  await healIncident(t.app, testTenant, incident)
  await sealAll(t)
})
afterAll(() => t.close())

describe('docs/testing-endpoints.md', () => {
  it.each(rows)('Q3 $request answers $status, as the page says', async (each) => {
    const own = (text: string): string => text.replaceAll('inc-1', incident)
    const { status, json } = await t.ask(each.method, own(each.path), {
      ...(each.body === undefined ? {} : { body: own(each.body) }),
      ...(each.withKey ? { as: key } : {}),
    })
    expect(status, JSON.stringify(json)).toBe(each.status)
    const found = Object.keys(json ?? {}).filter((name) => each.fields !== null || name !== 'field')
    expect(found.toSorted()).toEqual((each.fields ?? problem).toSorted())
  })

  it('Q3 has a row for every route of these groups and every older path of one, and no line that is no row', () => {
    const tried = rows
      .filter(({ status }) => status < 300 || status === 404)
      .map(
        ({ method, path }) =>
          `${method} ${path
            .replace(/\?.*/, '')
            .replace(/(inc|exp)-\d+/, '{id}')
            .replace(/(?<=\/tile\/)(entries\/)?[\dx].*/, '$1{path}')}`,
      )
    const routes = t.http.operations
      .filter(({ tag }) => ['health', 'incidents', 'learning', 'audit'].includes(tag))
      .flatMap(({ method, path, aliases }) =>
        [path, ...aliases].map((each) => `${method.toUpperCase()} ${each}`),
      )
    expect(routes.length).toBeGreaterThan(20)
    expect(routes.filter((route) => !tried.includes(route))).toEqual([])
    expect(rows).toHaveLength(page.split('\n').filter((line) => /^\|.*`.*ask /.test(line)).length)
  })

  it('Q3 its shell function sends method, address, key and body', () => {
    const [, shell = ''] = /```bash\n([\s\S]*?)```/.exec(page) ?? []
    const { stdout, status } = spawnSync(
      'bash',
      ['-c', `curl() { printf '%s\\n' "$@"; }\n${shell}\nask POST /v1/audit/proofs '{"about":"inc-1"}'`],
      { encoding: 'utf8' },
    )
    expect(status).toBe(0)
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'POST',
        'http://127.0.0.1:4800/v1/audit/proofs',
        'Authorization: Bearer sut_...',
        '{"about":"inc-1"}',
      ]),
    )
  })
})

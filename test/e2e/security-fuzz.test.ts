import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../src/app/identity/keys.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { alertSecret, type TestHttp, testHttp } from '../support/http.ts'

/** Whatever is sent to whatever route: an answer in time, in the right form, and never a fault. */

let t: TestHttp
let key: string
beforeAll(async () => {
  t = await testHttp()
  const dan = await t.caller('Dan', ['admin'])
  const created = await createKey(t.app, dan, {
    name: 'fuzz',
    scopes: ['read', 'respond', 'approve', 'admin'],
  })
  if (isRejection(created)) throw new Error(created.detail)
  key = created.key
})
afterAll(() => t.close())

const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '\ud83d',
  '\u202e\u0007\u001b[2J',
  '𠀋'.repeat(90),
  'a'.repeat(199),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "'; drop table run; --",
  '${{ parameters.x }}',
  '<script>alert(1)</script>',
  '٣',
  '1e400',
  'null',
  '-0',
  'person_suture',
  'inc-1',
  'run-99999999999999999999',
  'hang',
  'checkout',
)
const text = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }))
const value = fc.oneof(
  text,
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, [], {}),
  fc.array(text, { maxLength: 5 }),
  fc.jsonValue({ maxDepth: 3 }),
)
/** Names that some route knows, so that the values get as far as the use cases. */
const names = [
  'id',
  'name',
  'kind',
  'roles',
  'scopes',
  'expiresInDays',
  'personId',
  'token',
  'note',
  'decision',
  'reason',
  'body',
  'mode',
  'emergencyStop',
  'key',
  'service',
  'fault',
  'resolution',
]
const good: Readonly<Record<string, unknown>> = {
  decision: 'approve',
  roles: ['viewer'],
  scopes: ['read'],
  resolution: 'happened',
  mode: 'propose',
  kind: 'human',
}
const bodyFor = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 })
const query = fc.array(
  fc.tuple(fc.constantFrom('after', 'limit', 'status', 'service', 'channel', 'incident', 'x'), text),
  { maxLength: 3 },
)

const isWellAnswered = (answer: { status: number; headers: Headers; json: unknown }): void => {
  expect(answer.status).toBeLessThan(500)
  expect(answer.headers.get('x-api-version')).toBe('1')
  if (answer.status >= 400)
    expect(answer.json).toMatchObject({
      code: expect.any(String) as string,
      remedy: expect.any(String) as string,
    })
}

describe('a request of any content', () => {
  it('H7 to any route is answered, and no fault is logged', async () => {
    for (const operation of t.http.operations) {
      if (operation.id === 'listen' || operation.id === 'signOut') continue
      await fc.assert(
        fc.asyncProperty(text, query, bodyFor, fc.boolean(), async (id, asked, fields, complete) => {
          const path = operation.path.replace('{id}', encodeURIComponent(id.toWellFormed()) || 'x')
          const search = new URLSearchParams(asked).toString()
          // The fields that the route declares, so that zod alone does not keep everything out.
          const known = complete ? knownFields(operation.body) : {}
          const body =
            operation.body === null
              ? undefined
              : { ...known, ...Object.fromEntries(fields.filter(([name]) => !complete || name in known)) }
          const answer = await t.ask(
            operation.method.toUpperCase(),
            `${path}${search === '' ? '' : `?${search}`}`,
            {
              as: key,
              ...(body === undefined ? {} : { body }),
            },
          )
          isWellAnswered(answer)
        }),
        { numRuns: 25 },
      )
    }
    expect(t.logged.filter((line) => line.includes('ended in a fault'))).toEqual([])
  })

  it('I5 to the intake is answered, and no fault is logged', async () => {
    const label = fc.dictionary(text, fc.oneof(text, value), { maxKeys: 5 })
    const alert = fc.record(
      {
        status: fc.oneof(fc.constantFrom('firing', 'resolved', 'FIRING'), value),
        labels: fc.oneof(label, value),
        annotations: fc.oneof(label, value),
        startsAt: fc.oneof(
          fc.constantFrom(
            '2026-11-22T10:00:00Z',
            '9999-12-31T23:59:59-23:59',
            '0001-01-01T00:00:00Z',
            253402300799999,
          ),
          value,
        ),
        endsAt: value,
        generatorURL: value,
        title: value,
        service: value,
        severity: value,
        url: value,
        links: value,
        fingerprint: value,
      },
      { requiredKeys: [] },
    )
    const payload = fc.oneof(
      fc.record({ alerts: fc.array(fc.oneof(alert, value), { maxLength: 4 }) }),
      alert,
      value,
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('alertmanager', 'grafana', 'generic'),
        payload,
        async (source, body) => {
          const headers = { authorization: `Bearer ${alertSecret}` }
          const answer = await t.ask('POST', `/v1/alerts/${source}`, {
            body: JSON.stringify(body) ?? 'null',
            headers,
          })
          isWellAnswered(answer)
        },
      ),
      { numRuns: 400 },
    )
    expect(t.logged.filter((line) => line.includes('ended in a fault'))).toEqual([])
  })
})

/** Fields of a body by name, each with something that it may hold. */
const knownFields = (schema: unknown): Record<string, unknown> => {
  const fields: Record<string, unknown> = {}
  if (typeof schema !== 'object' || schema === null || !('shape' in schema)) return fields
  for (const name of Object.keys(schema.shape as object))
    if (name !== 'expiresInDays' && name !== 'emergencyStop') fields[name] = good[name] ?? 'some-text'
  return fields
}

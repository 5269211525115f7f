import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabUnderTest, labDirectory, removeDirectory, startTestLab } from './lab-support.ts'

let lab: LabUnderTest
let dir: string

beforeAll(async () => {
  dir = await labDirectory()
  lab = await startTestLab(dir)
})
afterAll(async () => {
  await lab.stop()
  await removeDirectory(dir)
})

/** With node:http, because fetch sets Host and Origin itself. */
function status(method: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(lab.url + path, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the control API is closed by default', () => {
  test('only the estate and its state are open; all else needs the token', async () => {
    expect(await status('GET', '/state', {})).toBe(200)
    expect(await status('GET', '/svc/checkout/health', {})).toBe(200)
    expect(await status('GET', '/effects', {})).toBe(401)
    expect(await status('POST', '/services/checkout/restart', {})).toBe(401)
    expect(await status('POST', '/services/checkout/break', { authorization: 'Bearer wrong' })).toBe(401)
    expect((await lab.service('checkout')).restarts).toBe(0)
  })

  test('a foreign Host or Origin is refused even with the token', async () => {
    const authorization = `Bearer ${lab.token}`
    expect(await status('GET', '/state', { host: 'evil.example' })).toBe(403)
    expect(await status('GET', '/state', { origin: 'https://evil.example' })).toBe(403)
    expect(await status('POST', '/services/checkout/restart', { authorization, origin: 'null' })).toBe(403)
    expect(await status('POST', '/services/checkout/mend', { authorization, origin: lab.url })).toBe(200)
  })
})

describe('bad input is a problem that names the field, and nothing happens', () => {
  const cases: readonly [string, string, unknown, number, string][] = [
    ['an unknown fault', 'break', { fault: 'flood' }, 422, 'fault'],
    ['a delta of the wrong type', 'scale', { delta: '1' }, 422, 'delta'],
    ['a delta of 0', 'scale', { delta: 0 }, 422, 'delta'],
    ['a missing field', 'flags/new-pricing', {}, 422, 'enabled'],
    ['an unknown flag', 'flags/old-pricing', { enabled: true }, 404, 'flag'],
    ['an unknown level', 'log-level', { level: 'LOUD' }, 422, 'level'],
    ['a lifetime out of bounds', 'log-level', { level: 'DEBUG', ttlMinutes: 121 }, 422, 'ttlMinutes'],
    ['an unknown field', 'restart', { force: true }, 422, 'body'],
    ['a prototype in disguise', 'restart', '{"__proto__":{"a":1}}', 422, 'body'],
    ['no JSON', 'scale', '{"delta":', 400, 'body'],
    ['a list', 'restart', '[]', 422, 'body'],
    ['a body too large', 'restart', JSON.stringify({ text: 'x'.repeat(20_000) }), 413, 'body'],
    ['a depth bomb', 'scale', '['.repeat(8_000), 400, 'body'],
  ]
  test.each(cases)('%s', async (_name, path, body, expected, field) => {
    const answer = await lab.post(`/services/checkout/${path}`, body)
    expect(answer.status).toBe(expected)
    const { errors, remedy } = answer.body as { errors: { field: string }[]; remedy: string }
    expect(errors.map((error) => error.field)).toContain(field)
    expect(remedy).not.toBe('')
    expect(await lab.get('/effects')).toMatchObject({ body: { total: 0 } })
  })

  test('an unknown service and an unknown path name what there is', async () => {
    const answer = await lab.post('/services/chekout/restart')
    expect(answer).toMatchObject({
      status: 404,
      body: { remedy: 'Use one of: payments, checkout, storefront.' },
    })
    expect((await lab.get('/nowhere')).status).toBe(404)
    expect((await lab.get('/svc/checkout/../../state')).status).toBe(200)
    expect((await lab.get('/svc/checkout/metrics')).status).toBe(404)
  })
})

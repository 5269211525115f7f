import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HookRequest, HookResponse } from '../../src/app/ports.ts'
import { type TestHttp, testHttp } from '../support/http.ts'

const heard: { body: string; signature: string | null }[] = []
const hook = async ({ rawBody, headers }: HookRequest): Promise<HookResponse> => {
  heard.push({ body: Buffer.from(rawBody).toString('utf8'), signature: headers.get('x-slack-signature') })
  return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"challenge":"c"}' }
}

let t: TestHttp
beforeAll(async () => {
  t = await testHttp({ deps: { chatHooks: new Map([['slack', hook]]) } })
})
afterAll(() => t.close())

it('C1 what a platform posts reaches its adapter byte by byte, and the answer is the adapter’s', async () => {
  const body = 'payload=%7B%22type%22%3A%22block_actions%22%7D'
  const answer = await t.ask('POST', '/chat/slack', {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-signature': 'v0=1' },
  })
  expect(answer).toMatchObject({ status: 200, json: { challenge: 'c' } })
  expect(heard.at(-1)).toEqual({ body, signature: 'v0=1' })
  expect(answer.headers.get('x-api-version')).toBe('1')
  expect(t.audited.at(-1)).toMatchObject({ route: '/chat/{chat}', person: 'chat:slack', decision: 'allow' })
})

it('C2 a chat that is not configured, or does not post, has no address here', async () => {
  for (const path of ['/chat/discord', '/chat/nothing', '/chat/']) {
    const before = heard.length
    const answer = await t.ask('POST', path, { body: {} })
    expect([path, answer.status]).toEqual([path, 404])
    expect(heard).toHaveLength(before)
  }
})

it('C1 a body beyond the limit and a foreign host are refused before the adapter sees them', async () => {
  const before = heard.length
  const large = await t.ask('POST', '/chat/slack', { body: 'x'.repeat(1024 * 1024 + 1) })
  expect(large.status).toBe(413)
  const foreign = await t.ask('POST', '/chat/slack', { body: 'x', headers: { host: 'evil.example' } })
  expect(foreign.status).toBe(421)
  expect(heard).toHaveLength(before)
})

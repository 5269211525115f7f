import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSlackClient } from '../../adapters/slack/client.ts'
import { createSlackPort } from '../../adapters/slack/deliver.ts'
import type { CardPost, ChatPort } from '../../src/app/ports.ts'
import { type SlackStub, slackIds, startSlackStub } from '../support/slack-stub.ts'

let stub: SlackStub
let port: ChatPort
beforeAll(async () => {
  stub = await startSlackStub()
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const client = createSlackClient({ token: slackIds.botToken, apiUrl: stub.apiUrl, now: () => 0, log })
  port = createSlackPort(client, { consoleUrl: null, log })
})
afterAll(() => stub.close())

const post = (over: Partial<CardPost>): CardPost => ({
  tenantId: 'tenant-1',
  channel: 'desk',
  cardId: 'inc-42/incident',
  incidentId: 'inc-42',
  version: 1,
  card: {
    kind: 'incident',
    title: 'checkout does not answer',
    status: 'Looking into it',
    tone: 'bad',
    severity: 'critical',
    blocks: [],
  },
  messageId: null,
  threadId: null,
  uncertain: false,
  ownChannel: null,
  ...over,
})
const deliver = (what: CardPost) => port.deliver(what, new AbortController().signal)
const placed = async (what: CardPost): Promise<{ id: string; channel: string; ts: string }> => {
  const answer = await deliver(what)
  if (!answer.done) throw new Error(answer.why)
  const [channel = '', ts = ''] = answer.messageId.split('/')
  return { id: answer.messageId, channel, ts }
}

it('C5 a head whose channel was archived moves to the one that has its name by now, and its thread with it', async () => {
  await stub.direct('conversations.create', { name: 'desk' })
  const head = await placed(post({}))
  await stub.direct('conversations.rename', { channel: head.channel, name: 'desk-old' })
  await stub.direct('conversations.archive', { channel: head.channel })
  stub.fault({
    method: 'chat.update',
    channel: head.channel,
    as: { kind: 'refusal', error: 'is_archived' },
    times: 2,
  })
  // As long as there is no other, it is refused as ever.
  expect(await deliver(post({ messageId: head.id }))).toMatchObject({ done: false, retryable: false })
  await stub.direct('conversations.create', { name: 'desk' })
  const moved = await placed(post({ messageId: head.id }))
  expect(moved.channel).toBe(await stub.channelId('desk'))
  expect(moved.channel).not.toBe(head.channel)
  const reply = await placed(post({ cardId: 'inc-42/evidence', threadId: moved.id }))
  expect(reply.channel).toBe(moved.channel)
  const { messages } = (await stub.direct('conversations.replies', {
    channel: moved.channel,
    ts: moved.ts,
  })) as unknown as { messages: readonly object[] }
  expect(messages).toHaveLength(2)
})

it('C4 a channel that somebody else made under the name of an incident’s own is not taken for it', async () => {
  await stub.direct('conversations.create', { name: 'till' })
  const named = { id: 'C0THEIRS', name: 'inc-77-checkout', is_member: true, creator: 'U0SOMEBODY' }
  stub.fault({ method: 'conversations.create', as: { kind: 'refusal', error: 'name_taken' } })
  stub.fault({
    method: 'conversations.list',
    as: { kind: 'status', status: 200, body: JSON.stringify({ ok: true, channels: [named] }) },
  })
  const head = await placed(
    post({ channel: 'till', cardId: 'inc-77/incident', ownChannel: 'inc-77-checkout' }),
  )
  expect(head.channel).toBe(await stub.channelId('till'))
  expect(head.id).not.toContain('C0THEIRS')
  expect(stub.callsOf('conversations.join')).toEqual([])
})

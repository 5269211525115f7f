import { SocketModeClient } from '@slack/socket-mode'
import { WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SlackStub, slackIds, startSlackStub } from '../support/slack-stub.ts'

/** The stub is spoken to by Slack's own clients, so that what the adapter's tests show of it is worth something. */
let stub: SlackStub
let client: WebClient

const clientWith = (timeout: number): WebClient =>
  new WebClient(slackIds.botToken, {
    slackApiUrl: stub.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
  })

beforeAll(async () => {
  stub = await startSlackStub()
  client = clientWith(10_000)
})
afterAll(() => stub.close())

test('C1 the stub hands the Web API to its peer and records every call', async () => {
  const posted = await client.chat.postMessage({
    channel: await stub.channelId('ops'),
    text: 'hello',
    blocks: [{ type: 'divider' }],
  })
  expect(posted.ok).toBe(true)
  expect(stub.callsOf('chat.postMessage').at(-1)).toMatchObject({
    token: slackIds.botToken,
    params: { text: 'hello', blocks: [{ type: 'divider' }] },
  })
})

test('C1 the stub knows user groups, which its peer does not', async () => {
  stub.groups.set('S1', [slackIds.user])
  expect((await client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
    { id: 'S1', users: [slackIds.user] },
  ])
  expect((await client.usergroups.users.list({ usergroup: 'S1' })).users).toEqual([slackIds.user])
})

test('C1 the stub limits, refuses, fails, hangs and cuts when told, once, and for one channel alone', async () => {
  const post = (channel: string = slackIds.general) => client.chat.postMessage({ channel, text: 'x' })
  const limited = { method: 'chat.postMessage', channel: slackIds.general } as const
  stub.fault({ ...limited, as: { kind: 'status', status: 429, retryAfter: 7 } })
  await post(await stub.channelId('ops'))
  await expect(post()).rejects.toSatisfy(
    (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 7,
  )
  stub.fault({ ...limited, as: { kind: 'refusal', error: 'invalid_auth' } })
  await expect(post()).rejects.toMatchObject({ data: { error: 'invalid_auth' } })
  stub.fault({ ...limited, as: { kind: 'status', status: 503 } })
  await expect(post()).rejects.toMatchObject({ statusCode: 503 })
  stub.fault({ ...limited, as: { kind: 'hang' } })
  const hanging = clientWith(300).chat.postMessage({ channel: slackIds.general, text: 'x' })
  await expect(hanging).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
  const history = async () =>
    ((await stub.direct('conversations.history', { channel: slackIds.general }))['messages'] as object[])
      .length
  const before = await history()
  stub.fault({ ...limited, as: { kind: 'cut' } })
  await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
  expect(await history()).toBe(before)
  stub.fault({ ...limited, as: { kind: 'cut', applied: true } })
  await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
  expect(await history()).toBe(before + 1)
  await post()
})

test('C1 a trigger of the stub opens one modal', async () => {
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'x' }, blocks: [] }
  const trigger_id = await stub.trigger()
  expect((await client.views.open({ trigger_id, view })).ok).toBe(true)
  await expect(client.views.open({ trigger_id, view })).rejects.toMatchObject({
    data: { error: 'exchanged_trigger_id' },
  })
})

test('C1 the stub speaks Socket Mode with the client of Slack', async () => {
  const socket = new SocketModeClient({
    appToken: slackIds.appToken,
    clientPingTimeout: 90,
    clientOptions: { slackApiUrl: stub.apiUrl },
  })
  const bodies: unknown[] = []
  socket.on('slack_event', (event: { body: unknown; ack: (payload: object) => Promise<void> }) => {
    bodies.push(event.body)
    void event.ack({ text: 'seen' })
  })
  await socket.start()
  const id = stub.envelope('slash_commands', { command: '/heal', text: 'x'.repeat(70_000) })
  expect(await stub.acked(id)).toEqual({ text: 'seen' })
  expect(stub.ackCount(id)).toBe(1)
  expect(bodies).toMatchObject([{ command: '/heal' }])
  await stub.until(() => (stub.sockets[0]?.pings ?? 0) > 2)
  stub.manners.keepsConnection = false
  await socket.disconnect()
  expect(stub.openSockets()).toEqual([])
})

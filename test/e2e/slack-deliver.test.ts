import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSlackClient } from '../../adapters/slack/client.ts'
import { createSlackPort } from '../../adapters/slack/deliver.ts'
import type { CardPost, ChatPort, Delivered, NotDelivered } from '../../src/app/ports.ts'
import type { Card } from '../../src/domain/card.ts'
import { type SlackStub, slackIds, startSlackStub } from '../support/slack-stub.ts'

/** Against `emulate`, a peer that is not ours. What it can't do (429, faults, broken connections) is our stub in front of it. */

interface Message {
  readonly ts: string
  readonly text: string
  readonly thread_ts?: string
  readonly blocks?: readonly object[]
  readonly metadata?: { readonly event_payload: { readonly card: string; readonly tenant: string } }
}

let stub: SlackStub
let port: ChatPort
const warnings: string[] = []
const log = {
  info: () => {},
  warn: (_: object, message: string) => warnings.push(message),
  error: (_: object, message: string) => warnings.push(message),
}
const consoleUrl = 'https://suture.example'

beforeAll(async () => {
  stub = await startSlackStub()
})
afterAll(() => stub.close())
beforeEach(() => {
  stub.clearFaults()
  warnings.length = 0
  const client = createSlackClient({ token: slackIds.botToken, apiUrl: stub.apiUrl, now: () => 0, log })
  port = createSlackPort(client, { consoleUrl, log })
})

const card = (status = 'Looking into it'): Card => ({
  kind: 'incident',
  title: 'checkout does not answer',
  status,
  tone: 'bad',
  severity: 'critical',
  blocks: [{ kind: 'text', text: [{ kind: 'plain', text: '<!channel> & so on' }] }],
})
let posts = 0
const post = (over: Partial<CardPost> = {}): CardPost => ({
  tenantId: 'tenant-1',
  channel: 'ops',
  cardId: `card-${++posts}`,
  incidentId: 'inc-42',
  version: 1,
  card: card(),
  messageId: null,
  threadId: null,
  uncertain: false,
  ownChannel: null,
  ...over,
})
const deliver = (what: CardPost, signal = new AbortController().signal) => port.deliver(what, signal)
const done = (answer: Delivered | NotDelivered): string => {
  expect(answer).toMatchObject({ done: true })
  return answer.done ? answer.messageId : ''
}
const placeOf = (messageId: string, index = 0): { channel: string; ts: string } => {
  const [channel = '', ts = ''] = (messageId.split(' ')[index] ?? '').split('/')
  return { channel, ts }
}
const history = async (channel: string): Promise<Message[]> => {
  const answer = await stub.direct('conversations.history', { channel, limit: 200 })
  return (answer as unknown as { messages: Message[] }).messages
}
const replies = async ({ channel, ts }: { channel: string; ts: string }): Promise<Message[]> => {
  const answer = await stub.direct('conversations.replies', { channel, ts })
  return (answer as unknown as { messages: Message[] }).messages.slice(1)
}
const copiesOf = async (what: CardPost, channel: string): Promise<Message[]> =>
  (await history(channel)).filter(({ metadata }) => metadata?.event_payload.card === what.cardId)

describe('a card in Slack', () => {
  it('C1 is posted to the channel of its name, with its metadata, and pings nobody', async () => {
    const what = post({ channel: '#ops' })
    const { channel, ts } = placeOf(done(await deliver(what)))
    expect(channel).toBe(await stub.channelId('ops'))
    const [message] = await copiesOf(what, channel)
    expect(message).toMatchObject({
      ts,
      text: 'checkout does not answer: Looking into it (critical)',
      metadata: { event_type: 'suture_card', event_payload: { card: what.cardId, tenant: 'tenant-1' } },
    })
    expect(stub.callsOf('chat.postMessage').at(-1)?.params).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
      link_names: 'false',
    })
    expect(JSON.stringify(message)).not.toContain('<!channel>')
  })

  it('C1 is updated where it stands, and keeps its metadata', async () => {
    const what = post()
    const messageId = done(await deliver(what))
    expect(done(await deliver({ ...what, card: card('Resolved'), version: 2, messageId }))).toBe(messageId)
    const copies = await copiesOf(what, placeOf(messageId).channel)
    expect(copies.map(({ text }) => text)).toEqual(['checkout does not answer: Resolved (critical)'])
  })

  it('C5 is posted anew when somebody deleted it', async () => {
    const what = post()
    const messageId = done(await deliver(what))
    await stub.direct('chat.delete', placeOf(messageId))
    const again = done(await deliver({ ...what, messageId }))
    expect(again).not.toBe(messageId)
    const copies = await copiesOf(what, placeOf(again).channel)
    expect(copies.map(({ ts }) => ts)).toEqual([placeOf(again).ts])
  })

  it('C5 is not posted twice when it was deleted and its new post may have arrived', async () => {
    const what = post()
    const messageId = done(await deliver(what))
    await stub.direct('chat.delete', placeOf(messageId))
    stub.fault({ method: 'chat.postMessage', as: { kind: 'cut', applied: true } })
    expect(await deliver({ ...what, messageId })).toMatchObject({ done: false, uncertain: true })
    const again = done(await deliver({ ...what, messageId, uncertain: true }))
    expect(await copiesOf(what, placeOf(again).channel)).toHaveLength(1)
  })

  it('C1 C4 a reply stands in the thread of its incident', async () => {
    const head = done(await deliver(post()))
    const what = post({ threadId: head, card: { ...card('Running'), kind: 'run' } })
    const messageId = done(await deliver(what))
    await deliver({ ...what, messageId, card: { ...card('Succeeded'), kind: 'run' } })
    expect((await replies(placeOf(head))).map(({ ts, text }) => ({ ts, text }))).toEqual([
      { ts: placeOf(messageId).ts, text: 'checkout does not answer: Succeeded (critical)' },
    ])
  })

  it('C5 a reply whose thread is gone stands in the channel itself', async () => {
    const head = done(await deliver(post()))
    stub.fault({ method: 'chat.postMessage', as: { kind: 'refusal', error: 'thread_not_found' } })
    const what = post({ threadId: head })
    const messageId = done(await deliver(what))
    expect(await copiesOf(what, placeOf(messageId).channel)).toHaveLength(1)
  })

  it('C5 is looked for before it is posted again, when it may have arrived', async () => {
    const what = post()
    stub.fault({ method: 'chat.postMessage', as: { kind: 'cut', applied: true } })
    expect(await deliver(what)).toMatchObject({ done: false, retryable: true, uncertain: true })
    const messageId = done(await deliver({ ...what, card: card('Healing'), uncertain: true }))
    const copies = await copiesOf(what, placeOf(messageId).channel)
    expect(copies.map(({ text }) => text)).toEqual(['checkout does not answer: Healing (critical)'])
    expect(stub.callsOf('conversations.history').at(-1)?.params).toMatchObject({
      include_all_metadata: 'true',
    })
  })

  it('C5 a reply is looked for in its thread', async () => {
    const head = done(await deliver(post()))
    const what = post({ threadId: head })
    stub.fault({ method: 'chat.postMessage', as: { kind: 'cut', applied: true } })
    expect(await deliver(what)).toMatchObject({ uncertain: true })
    done(await deliver({ ...what, uncertain: true }))
    expect(await replies(placeOf(head))).toHaveLength(1)
  })

  it('C5 what did not arrive after all is posted', async () => {
    const what = post({ uncertain: true })
    expect(await copiesOf(what, placeOf(done(await deliver(what))).channel)).toHaveLength(1)
  })

  it('C5 a card of another tenant with the same id is not taken for this one', async () => {
    const one = post()
    const mine = done(await deliver(one))
    const other = done(await deliver({ ...one, tenantId: 'tenant-2', uncertain: true }))
    expect(other).not.toBe(mine)
  })

  it('C1 a public channel that wants members is joined', async () => {
    stub.fault({ method: 'chat.postMessage', as: { kind: 'refusal', error: 'not_in_channel' } })
    done(await deliver(post()))
    expect(stub.callsOf('conversations.join').length).toBeGreaterThan(0)
  })

  it('C1 a channel that was made after Suture looked is found', async () => {
    done(await deliver(post()))
    await stub.direct('conversations.create', { name: 'made-later' })
    done(await deliver(post({ channel: 'made-later' })))
  })

  it('C5 a channel that was deleted and made anew is looked up again', async () => {
    done(await deliver(post()))
    stub.fault({ method: 'chat.postMessage', as: { kind: 'refusal', error: 'channel_not_found' } })
    expect(await deliver(post())).toMatchObject({ done: false, retryable: false })
    const looked = stub.callsOf('conversations.list').length
    done(await deliver(post()))
    expect(stub.callsOf('conversations.list')).toHaveLength(looked + 1)
  })

  it('C1 channels are found on every page of the list', async () => {
    const channel = await stub.channelId('payments')
    stub.fault({
      method: 'conversations.list',
      as: {
        kind: 'status',
        status: 200,
        body: '{"ok":true,"channels":[],"response_metadata":{"next_cursor":"c2"}}',
      },
    })
    expect(placeOf(done(await deliver(post({ channel: 'payments' })))).channel).toBe(channel)
    expect(stub.callsOf('conversations.list').at(-1)?.params).toMatchObject({ cursor: 'c2' })
  })
})

describe('a critical incident in Slack', () => {
  it('C4 has a channel of its own, with a topic; its thread goes on there', async () => {
    const what = post({ ownChannel: 'inc-42-checkout' })
    const head = done(await deliver(what))
    const [home, own] = [placeOf(head, 0), placeOf(head, 1)]
    expect(own.channel).toBe(await stub.channelId('inc-42-checkout'))
    expect(JSON.stringify(await copiesOf(what, home.channel))).toContain(`<#${own.channel}>`)
    expect(await copiesOf(what, own.channel)).toHaveLength(1)
    expect(stub.callsOf('conversations.setTopic').at(-1)?.params).toMatchObject({
      topic: 'inc-42 · checkout does not answer · https://suture.example/incidents/inc-42',
    })
    const reply = done(await deliver(post({ threadId: head })))
    expect(placeOf(reply).channel).toBe(own.channel)
    expect(await replies(own)).toHaveLength(1)
    const again = await deliver({ ...what, messageId: head, card: card('Resolved') })
    expect(done(again)).toBe(head)
    expect((await copiesOf(what, own.channel))[0]?.text).toContain('Resolved')
  })

  it('C4 C5 a lost answer makes neither a second channel nor a second card', async () => {
    const what = post({ ownChannel: 'inc-43-checkout' })
    const home = await stub.channelId('ops')
    stub.fault({ method: 'conversations.create', as: { kind: 'cut', applied: true } })
    expect(await deliver(what)).toMatchObject({ done: false, retryable: true, uncertain: false })
    // The card arrives in the home channel; the other one is refused, yet there is something to be looked for.
    const own = await stub.channelId('inc-43-checkout')
    stub.fault({
      method: 'chat.postMessage',
      channel: own,
      as: { kind: 'status', status: 429, retryAfter: 5 },
    })
    expect(await deliver(what)).toMatchObject({ done: false, retryAfterMs: 5_000, uncertain: true })
    const head = done(await deliver({ ...what, uncertain: true }))
    expect(placeOf(head, 1).channel).toBe(own)
    expect(await copiesOf(what, home)).toHaveLength(1)
    expect(await copiesOf(what, own)).toHaveLength(1)
  })

  it('C4 keeps to the home channel when Slack lets Suture make none', async () => {
    stub.fault({
      method: 'conversations.create',
      as: { kind: 'refusal', error: 'missing_scope', with: { needed: 'channels:manage' } },
    })
    const head = done(await deliver(post({ ownChannel: 'inc-44-checkout' })))
    expect(head.split(' ')).toHaveLength(1)
    expect(warnings).toEqual(['Slack: no channel of its own could be made; the home thread is used'])
  })

  it('C4 goes on in the home channel when its own was archived', async () => {
    const what = post({ ownChannel: 'inc-45-checkout' })
    const head = done(await deliver(what))
    await stub.direct('conversations.archive', { channel: placeOf(head, 1).channel })
    const reply = post({ threadId: head })
    const first = done(await deliver(reply))
    expect(placeOf(first).channel).toBe(placeOf(head).channel)
    await stub.direct('conversations.unarchive', { channel: placeOf(head, 1).channel })
    expect(done(await deliver({ ...reply, messageId: first }))).toBe(first)
    expect(await replies(placeOf(head))).toHaveLength(1)
  })

  it('C4 its head is still updated at home when its own channel was archived', async () => {
    const what = post({ ownChannel: 'inc-46-checkout' })
    const head = done(await deliver(what))
    stub.fault({
      method: 'chat.update',
      channel: placeOf(head, 1).channel,
      as: { kind: 'refusal', error: 'is_archived' },
    })
    expect(done(await deliver({ ...what, messageId: head, card: card('Resolved') }))).toBe(head)
    expect((await copiesOf(what, placeOf(head).channel))[0]?.text).toContain('Resolved')
  })
})

describe('what Slack may answer instead', () => {
  it('C5 a 429 on one channel says how long to wait, and another channel is served at once', async () => {
    const ops = await stub.channelId('ops')
    stub.fault({
      method: 'chat.postMessage',
      channel: ops,
      as: { kind: 'status', status: 429, retryAfter: 30 },
    })
    const [held, served] = await Promise.all([deliver(post()), deliver(post({ channel: 'payments' }))])
    expect(held).toEqual({
      done: false,
      why: 'Slack asks for fewer messages and to wait 30 s.',
      retryable: true,
      retryAfterMs: 30_000,
      uncertain: false,
    })
    expect(served).toMatchObject({ done: true })
  })

  it.each([
    ['a 429 without a time', { kind: 'status', status: 429 }, true, null, false],
    ['a fault of Slack', { kind: 'status', status: 503, body: 'upstream' }, true, null, true],
    ['an unknown address', { kind: 'status', status: 404 }, false, null, false],
    ['a page of HTML', { kind: 'status', status: 200, body: '<html>proxy</html>' }, true, null, true],
    ['a broken connection', { kind: 'cut' }, true, null, true],
    ['too fast', { kind: 'refusal', error: 'ratelimited' }, true, null, false],
    ['its own error', { kind: 'refusal', error: 'internal_error' }, true, null, true],
    ['no channel', { kind: 'refusal', error: 'channel_not_found' }, false, null, false],
    ['an archived channel', { kind: 'refusal', error: 'is_archived' }, false, null, false],
    ['a wrong token', { kind: 'refusal', error: 'invalid_auth' }, false, null, false],
    ['an old token', { kind: 'refusal', error: 'token_expired' }, false, null, false],
    ['a card too long', { kind: 'refusal', error: 'msg_blocks_too_long' }, false, null, false],
    ['what nobody knows', { kind: 'refusal', error: 'brand_new_error' }, false, null, false],
  ] as const)(
    'C5 %s is told in a sentence without secrets',
    async (_, as, retryable, retryAfterMs, uncertain) => {
      stub.fault({ method: 'chat.postMessage', as })
      const answer = await deliver(post())
      expect(answer).toEqual({
        done: false,
        why: answer.done ? '' : answer.why,
        retryable,
        retryAfterMs,
        uncertain,
      })
      const why = answer.done ? '' : answer.why
      expect(why).toMatch(/^[A-Z].{10,150}[.?]$/)
      expect(why).not.toMatch(/xoxb|<html|http:/)
    },
  )

  it('C5 a private channel without Suture says what to do', async () => {
    stub.fault({ method: 'chat.postMessage', as: { kind: 'refusal', error: 'not_in_channel' } })
    stub.fault({
      method: 'conversations.join',
      as: { kind: 'refusal', error: 'method_not_supported_for_channel_type' },
    })
    expect(await deliver(post())).toMatchObject({
      why: 'Suture is not in this channel: invite it there (not_in_channel).',
      retryable: false,
    })
  })

  it('C5 a channel that does not exist is named', async () => {
    expect(await deliver(post({ channel: 'nowhere' }))).toMatchObject({
      done: false,
      why: 'Slack has no channel #nowhere that Suture can see: create it, or invite Suture if it is private.',
      retryable: false,
      uncertain: false,
    })
  })

  it('C5 a reading that fails is not uncertain, unless it was before', async () => {
    stub.fault({ method: 'conversations.list', as: { kind: 'status', status: 500 }, times: 2 })
    expect(await deliver(post())).toMatchObject({ retryable: true, uncertain: false })
    expect(await deliver(post({ uncertain: true }))).toMatchObject({ retryable: true, uncertain: true })
  })

  it('C5 a stop during a call leaves it uncertain, a stop before it does not', async () => {
    const stop = new AbortController()
    done(await deliver(post()))
    const before = stub.calls.length
    stub.fault({ method: 'chat.postMessage', as: { kind: 'hang' } })
    const under = deliver(post(), stop.signal)
    await stub.until(() => stub.calls.length > before)
    stop.abort()
    expect(await under).toMatchObject({ done: false, retryable: true, uncertain: true })
    expect(await deliver(post(), stop.signal)).toMatchObject({ retryable: true, uncertain: false })
  })

  it('C5 a Slack that is not there at all is not uncertain', async () => {
    const nobody = createSlackClient({
      token: slackIds.botToken,
      apiUrl: 'http://127.0.0.1:9/api/',
      now: () => 0,
      log,
    })
    const answer = await createSlackPort(nobody, { consoleUrl, log }).deliver(
      post(),
      new AbortController().signal,
    )
    expect(answer).toMatchObject({ retryable: true, uncertain: false })
  })
})

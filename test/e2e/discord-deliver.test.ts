import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDiscordClient, type DiscordClient } from '../../adapters/discord/client.ts'
import { createDiscordPort } from '../../adapters/discord/deliver.ts'
import type { CardPost, ChatPort, Delivered } from '../../src/app/ports.ts'
import type { Card } from '../../src/domain/card.ts'
import { type DiscordPeer, discordIds as ids, startDiscord } from '../support/discord.ts'
import { everyComponent } from '../support/discord-payloads.ts'

/** Against discord-digital-twin. What the twin lacks is acted out by the gate before it, and the test's name says so. */

let peer: DiscordPeer
let client: DiscordClient
let port: ChatPort
const logged: string[] = []
let now = 0

const noSignal = new AbortController().signal
const log = (details: object, message: string): void => {
  logged.push(`${message} ${JSON.stringify(details)}`)
}
const aCard = (title: string, kind: Card['kind'] = 'incident'): Card => ({
  kind,
  title,
  status: 'Looking into it',
  tone: 'bad',
  severity: null,
  blocks: [
    { kind: 'text', text: [{ kind: 'plain', text: 'checkout does not answer @everyone' }] },
    { kind: 'actions', actions: [{ token: `token-${title}`, label: 'Go', style: 'primary' }] },
  ],
})
let made = 0
const aPost = (more: Partial<CardPost> = {}): CardPost => {
  made += 1
  return {
    tenantId: 'tenant',
    channel: 'incidents',
    cardId: `0198-card-${made}`,
    incidentId: `inc-${made}`,
    version: 1,
    card: aCard(`Card ${made}`),
    messageId: null,
    threadId: null,
    uncertain: false,
    ownChannel: null,
    ...more,
  }
}
const deliver = async (post: CardPost): Promise<string> => {
  const result = await port.deliver(post, noSignal)
  expect(result).toMatchObject({ done: true })
  return (result as Delivered).messageId
}
const textIn = (message: { components?: unknown } | undefined): string =>
  everyComponent(message?.components)
    .map((part) => (typeof part['content'] === 'string' ? part['content'] : ''))
    .join('\n')
const messagesIn = async (channel: string): Promise<string[]> =>
  (await peer.twin.channel(channel).getMessages()).map(textIn)
/** Without the message that the thread starts from, which is shown at its top. */
const repliesIn = async (thread: string): Promise<string[]> => (await messagesIn(thread)).slice(1)
const withTitle = async (channel: string, title: string): Promise<string[]> =>
  (await messagesIn(channel)).filter((text) => text.includes(title))

const newClient = (timeout?: number): DiscordClient => {
  const made = createDiscordClient({
    token: peer.token,
    guildId: peer.guildId,
    apiUrl: peer.apiUrl,
    now: () => now,
    log: { info: log, warn: log, error: log },
    makeRequest: peer.makeRequest,
  })
  if (timeout !== undefined) made.rest.options.timeout = timeout
  return made
}

beforeAll(async () => {
  peer = await startDiscord()
})
// A client of its own each time: the library keeps what it learned of rate limits.
beforeEach(() => {
  now += 60_000
  client = newClient()
  port = createDiscordPort(client, { consoleUrl: 'https://suture.example.org', log: client.log })
})
afterAll(async () => {
  expect(peer.violations).toEqual([])
  expect(logged.join('\n')).not.toContain(peer.token)
  await peer.stop()
})

describe('a thread on Discord', () => {
  it('C4 the card of an incident begins a thread, and what follows stands in it', async () => {
    const head = aPost()
    const headId = await deliver(head)
    const [channel, message, thread] = headId.split('/')
    expect(channel).toBe(ids.incidents)
    const reply = aPost({ card: aCard('Most likely: a leak', 'evidence'), threadId: headId })
    const replyId = await deliver(reply)
    expect(replyId.split('/')[0]).toBe(thread)
    expect(await repliesIn(thread ?? '')).toEqual([expect.stringContaining('leak')])
    const started = await peer.twin.channel(ids.incidents).getThreads()
    expect(started.find(({ id }) => id === thread)?.name).toBe(`${head.incidentId} · ${head.card.title}`)
    expect(message).toMatch(/^\d+$/)
  })

  it('C4 a card goes to the channel that its service names', async () => {
    const id = await deliver(aPost({ channel: 'payments', card: aCard('A card for payments') }))
    expect(id.startsWith(`${ids.payments}/`)).toBe(true)
    expect(await withTitle(ids.payments, 'A card for payments')).toHaveLength(1)
    expect(await withTitle(ids.incidents, 'A card for payments')).toHaveLength(0)
  })

  it('C2 a new state is written over the old one, in place', async () => {
    const post = aPost({ card: aCard('Before') })
    const messageId = await deliver(post)
    expect(await deliver({ ...post, messageId, version: 2, card: aCard('Afterwards') })).toBe(messageId)
    expect(await withTitle(ids.incidents, 'Before')).toHaveLength(0)
    expect(await withTitle(ids.incidents, 'Afterwards')).toHaveLength(1)
  })

  it('C5 a message that somebody deleted is posted anew, with a thread of its own', async () => {
    const post = aPost({ card: aCard('Deleted once') })
    const messageId = await deliver(post)
    const [channel = '', message = ''] = messageId.split('/')
    await client.rest.delete(`/channels/${channel}/messages/${message}`)
    const again = await deliver({ ...post, messageId, version: 2 })
    expect(again).not.toBe(messageId)
    expect(again.split('/')).toHaveLength(3)
    expect(await withTitle(ids.incidents, 'Deleted once')).toHaveLength(1)
  })

  it('C5 a thread that somebody deleted is begun anew from its head', async () => {
    const headId = await deliver(aPost())
    const [channel = '', , thread = ''] = headId.split('/')
    await client.rest.delete(`/channels/${thread}`)
    const replyId = await deliver(aPost({ threadId: headId, card: aCard('In a new thread', 'run') }))
    const place = replyId.split('/')[0] ?? ''
    expect([thread, channel]).not.toContain(place)
    expect(await withTitle(place, 'In a new thread')).toHaveLength(1)
  })

  it('C5 a thread that sleeps is woken to change a card in it (archiving acted out)', async () => {
    const headId = await deliver(aPost())
    const thread = headId.split('/')[2] ?? ''
    const reply = aPost({ threadId: headId, card: aCard('Before it slept', 'run') })
    const messageId = await deliver(reply)
    peer.archive(thread, true)
    await deliver({ ...reply, messageId, version: 2, card: aCard('After it woke', 'run') })
    expect(await repliesIn(thread)).toEqual([expect.stringContaining('After it woke')])
    peer.archive(thread, true)
    await deliver(aPost({ threadId: headId, card: aCard('New after sleep', 'run') }))
    expect(await repliesIn(thread)).toHaveLength(2)
  })

  it('C4 without the right to start threads replies answer the card in its channel (the refusal acted out)', async () => {
    peer.actOut('POST', /\/threads$/, forbidden)
    const headId = await deliver(aPost({ card: aCard('Threadless') }))
    expect(headId.split('/')).toHaveLength(2)
    const replyId = await deliver(aPost({ threadId: headId, card: aCard('An answer', 'run') }))
    expect(replyId.split('/')[0]).toBe(ids.incidents)
    const sent = peer.sent.at(-1)?.body
    expect(sent).toMatchObject({ message_reference: { message_id: headId.split('/')[1] } })
    expect(logged.join('\n')).toContain('Create Public Threads')
  })
})

describe('a channel of its own on Discord', () => {
  it('C4 a critical incident stands at home and in its own channel, and what follows goes there', async () => {
    const head = aPost({ ownChannel: 'Inc 7: Checkout', card: aCard('Critical one') })
    const headId = await deliver(head)
    const [home = '', own = ''] = headId.split(' ')
    const ownId = own.split('/')[0] ?? ''
    expect(home.startsWith(`${ids.incidents}/`)).toBe(true)
    expect(await withTitle(ids.incidents, 'Critical one')).toEqual([expect.stringContaining(`<#${ownId}>`)])
    expect((await peer.twin.channel(ownId).getChannel())?.name).toBe('inc-7-checkout')
    const replyId = await deliver(aPost({ threadId: headId, card: aCard('Its evidence', 'evidence') }))
    expect(replyId.split('/')[0]).toBe(ownId)
    expect(await messagesIn(ownId)).toHaveLength(2)

    expect(await deliver({ ...head, messageId: headId, version: 2, card: aCard('Critical no more') })).toBe(
      headId,
    )
    expect(await withTitle(ids.incidents, 'Critical no more')).toHaveLength(1)
    expect(await withTitle(ownId, 'Critical no more')).toHaveLength(1)
  })

  it('C5 a channel of its own that somebody deleted is made anew, and the card at home stays one', async () => {
    const head = aPost({ ownChannel: 'inc-9', card: aCard('Lost its channel') })
    const headId = await deliver(head)
    const lost = headId.split(' ')[1]?.split('/')[0] ?? ''
    const reply = aPost({ threadId: headId, card: aCard('Follows', 'run') })
    const replyId = await deliver(reply)
    await client.rest.delete(`/channels/${lost}`)
    const again = await deliver({ ...head, messageId: headId, version: 2 })
    const [home, own = ''] = again.split(' ')
    expect(home).toBe(headId.split(' ')[0])
    expect(own.split('/')[0]).not.toBe(lost)
    expect(await withTitle(own.split('/')[0] ?? '', 'Lost its channel')).toHaveLength(1)
    expect(await withTitle(ids.incidents, 'Lost its channel')).toHaveLength(1)
    const followed = await deliver({ ...reply, messageId: replyId, threadId: again, version: 2 })
    expect(followed.split('/')[0]).toBe(own.split('/')[0])
  })

  it('C4 without the right to make channels the thread stays at home, and healing goes on (the refusal acted out)', async () => {
    peer.actOut('POST', /^\/guilds\/\d+\/channels$/, forbidden)
    const headId = await deliver(aPost({ ownChannel: 'inc-8', card: aCard('Not alone') }))
    expect(headId.split(' ')).toHaveLength(1)
    expect(headId.split('/')).toHaveLength(3)
    expect(logged.join('\n')).toContain('Manage Channels')
  })
})

const forbidden = {
  kind: 'answer',
  status: 403,
  body: { message: 'Missing Permissions', code: 50013 },
} as const

describe('a post of which nobody knows whether it arrived', () => {
  it('C5 within minutes the nonce makes one message of two posts (nonces acted out)', async () => {
    const post = aPost({ card: aCard('Once by its nonce') })
    peer.actOut('POST', /\/messages$/, { kind: 'answer lost' })
    expect(await port.deliver(post, noSignal)).toMatchObject({
      done: false,
      retryable: true,
      uncertain: true,
    })
    // Without `uncertain`: as after a crash that forgot it.
    await deliver(post)
    expect(await withTitle(ids.incidents, 'Once by its nonce')).toHaveLength(1)
  })

  it('C5 later it is found among the newest messages and brought up to date (nonces acted out)', async () => {
    const post = aPost({ card: aCard('Lost answer') })
    peer.actOut('POST', /\/messages$/, { kind: 'answer lost' })
    expect(await port.deliver(post, noSignal)).toMatchObject({ done: false, uncertain: true })
    peer.forgetNonces()
    const id = await deliver({ ...post, uncertain: true, version: 2, card: aCard('Newest state') })
    expect(id.split('/')).toHaveLength(3)
    expect(await withTitle(ids.incidents, 'Lost answer')).toHaveLength(0)
    expect(await withTitle(ids.incidents, 'Newest state')).toHaveLength(1)
  })

  it('C5 a head whose thread was not heard of is not posted twice, nor is its thread', async () => {
    const post = aPost({ card: aCard('Half a head') })
    peer.actOut('POST', /\/threads$/, { kind: 'answer lost' })
    expect(await port.deliver(post, noSignal)).toMatchObject({ done: false, uncertain: true })
    peer.forgetNonces()
    const [, , thread = ''] = (await deliver({ ...post, uncertain: true })).split('/')
    expect(await withTitle(ids.incidents, 'Half a head')).toHaveLength(1)
    const threads = await peer.twin.channel(ids.incidents).getThreads()
    expect(threads.filter(({ name }) => name?.startsWith(`${post.incidentId} `)).map(({ id }) => id)).toEqual(
      [thread],
    )
  })

  it('C5 a head that stands while its thread has to wait is uncertain, so it is looked for (429 acted out)', async () => {
    peer.actOut('POST', /\/threads$/, { kind: 'rate limit', retryAfter: 2 })
    expect(await port.deliver(aPost(), noSignal)).toMatchObject({ done: false, uncertain: true })
    peer.actOut('GET', /\/messages$/, { kind: 'rate limit', retryAfter: 2 })
    expect(await port.deliver(aPost({ uncertain: true }), noSignal)).toMatchObject({ uncertain: true })
  })

  it('C5 where it did not arrive it is posted', async () => {
    await deliver(aPost({ uncertain: true, card: aCard('Never arrived') }))
    expect(await withTitle(ids.incidents, 'Never arrived')).toHaveLength(1)
  })
})

describe('trouble with Discord', () => {
  it('C5 a 429 is handed on with its pause, in ms, and holds up no other channel (acted out)', async () => {
    const post = aPost({ card: aCard('Limited') })
    peer.actOut('POST', /\/messages$/, { kind: 'rate limit', retryAfter: 64.57 })
    const result = await port.deliver(post, noSignal)
    expect(result).toMatchObject({ done: false, retryable: true, uncertain: false })
    expect(result.done ? 0 : result.retryAfterMs).toBeGreaterThanOrEqual(64_570)
    expect(result.done ? '' : result.why).toContain('Discord asks for a pause')
    await deliver(aPost({ channel: 'payments', card: aCard('Not limited') }))
    expect(await withTitle(ids.payments, 'Not limited')).toHaveLength(1)
    expect(await withTitle(ids.incidents, 'Limited')).toHaveLength(0)
  })

  it.each([
    ['a broken connection', { kind: 'cut' }, { retryable: true, uncertain: true }, 'broke'],
    [
      'a fault of its own',
      { kind: 'answer', status: 503, body: 'upstream' },
      { retryable: true, uncertain: true },
      'HTTP 503',
    ],
    ['no right to write', forbidden, { retryable: false, uncertain: false }, '#incidents'],
    [
      'no right to see',
      { kind: 'answer', status: 403, body: { message: 'Missing Access', code: 50001 } },
      { retryable: false },
      'View Channel',
    ],
    [
      'a revoked token',
      { kind: 'answer', status: 401, body: { message: '401: Unauthorized', code: 0 } },
      { retryable: false },
      'bot token',
    ],
    [
      'a page of a proxy',
      { kind: 'answer', status: 429, body: 'error code: 1015' },
      { retryable: true },
      'pause',
    ],
    [
      'a form it does not accept',
      { kind: 'answer', status: 400, body: { message: 'Invalid Form Body', code: 50035, errors: {} } },
      { retryable: false },
      'form',
    ],
    [
      'nonsense',
      { kind: 'answer', status: 200, body: { ok: 1 } },
      { retryable: true, uncertain: true },
      'documentation',
    ],
  ] as const)(
    'C5 %s becomes a reason in words, and the next try works (acted out)',
    async (what, fault, expected, words) => {
      const post = aPost({ card: aCard(`After ${what}`) })
      peer.actOut('POST', /\/messages$/, fault)
      const result = await port.deliver(post, noSignal)
      expect(result).toMatchObject({ done: false, ...expected })
      const why = result.done ? '' : result.why
      expect(why).toContain(words)
      expect(why).not.toContain(peer.token)
      if (what === 'a page of a proxy') return
      await deliver({ ...post, uncertain: true })
      expect(await withTitle(ids.incidents, `After ${what}`)).toHaveLength(1)
    },
  )

  it('C5 silence ends by the time limit, as uncertain (acted out)', async () => {
    client = newClient(200)
    port = createDiscordPort(client, { consoleUrl: null, log: client.log })
    peer.actOut('POST', /\/messages$/, { kind: 'hang' })
    expect(await port.deliver(aPost(), noSignal)).toEqual({
      done: false,
      why: 'Discord did not answer in time.',
      retryable: true,
      retryAfterMs: null,
      uncertain: true,
    })
  })

  it('C5 it ends as well when the caller gives up (acted out)', async () => {
    await deliver(aPost())
    const caller = new AbortController()
    peer.actOut('POST', /\/messages$/, { kind: 'hang' })
    const delivering = port.deliver(aPost(), caller.signal)
    await expect.poll(() => peer.sent.at(-1)?.method).toBe('POST')
    caller.abort()
    expect(await delivering).toMatchObject({ done: false, uncertain: true })
  })

  it('C5 a Discord that is not there is told as such, and nothing may have arrived', async () => {
    const gone = createDiscordClient({ ...clientOptions(), apiUrl: 'http://127.0.0.1:1/api' })
    const result = await createDiscordPort(gone, { consoleUrl: null, log: gone.log }).deliver(
      aPost(),
      noSignal,
    )
    expect(result).toMatchObject({
      done: false,
      retryable: true,
      uncertain: false,
      why: 'Discord can not be reached (ECONNREFUSED).',
    })
  })

  it('C4 a channel that does not exist is named, tried rarely, and found once somebody made it', async () => {
    const post = aPost({ channel: 'later', card: aCard('Found later') })
    expect(await port.deliver(post, noSignal)).toMatchObject({
      done: false,
      retryable: false,
      why: 'There is no text channel #later that Suture can see: make it, or invite Suture to it.',
    })
    const before = peer.sent.length
    await port.deliver(post, noSignal)
    expect(peer.sent.length).toBe(before)
    await client.rest.post(`/guilds/${ids.guild}/channels`, { body: { name: 'later', type: 0 } })
    now += 60_000
    await deliver(post)
  })
})

const clientOptions = () => ({
  token: peer.token,
  guildId: peer.guildId,
  now: () => now,
  log: { info: log, warn: log, error: log },
})

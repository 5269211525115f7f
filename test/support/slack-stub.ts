import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createEmulator } from 'emulate'
import { createFaultBox, type Fault } from './slack-stub-faults.ts'
import { acceptSocket, type SocketManners, type StubSocket } from './slack-stub-socket.ts'

/**
 * A stub of Slack, ours, in front of `emulate`, which answers the Web API. The stub adds what that peer can't do: Socket Mode,
 * user groups, response_url and faults. Slash commands, clicks and events come from `slack-requests.ts`.
 */
export interface SlackStub {
  readonly apiUrl: string
  /** Every call in order of arrival, those that met a fault included. */
  readonly calls: readonly SlackCall[]
  readonly callsOf: (method: string) => readonly SlackCall[]
  /** What was posted to response_urls. */
  readonly responses: readonly { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[]
  /** The bytes of files that the peer took, oldest first. */
  readonly uploads: readonly Uint8Array[]
  /** A new response_url. Like Slack's it answers 404 from the sixth use on. */
  readonly responseUrl: () => string
  readonly fault: (fault: Fault) => void
  readonly clearFaults: () => void
  /** Group id to the ids of its members; what `usergroups.*` answer. */
  readonly groups: Map<string, readonly string[]>
  /** The id of a channel by its name; throws when there is none. */
  readonly channelId: (name: string) => Promise<string>
  /** A trigger_id that `views.open` takes once, within 3 s. */
  readonly trigger: (userId?: string) => Promise<string>
  /** Calls the Web API around the stub: not recorded, no faults. */
  readonly direct: (method: string, params: Readonly<Record<string, unknown>>) => Promise<SlackAnswer>

  readonly manners: SocketManners
  /** Every socket that ever was, oldest first. */
  readonly sockets: readonly StubSocket[]
  readonly openSockets: () => readonly StubSocket[]
  /** Sends an envelope over the newest open socket, or the one given. Its ack comes from `acked`. */
  readonly envelope: (kind: EnvelopeKind, payload: object, options?: EnvelopeOptions) => string
  /** The payload of the ack of this envelope, once it has come. */
  readonly acked: (envelopeId: string) => Promise<Readonly<Record<string, unknown>>>
  /** How often this envelope was acknowledged. */
  readonly ackCount: (envelopeId: string) => number
  /** Resolves as soon as the condition holds; it is asked again whenever something happens at the stub. */
  readonly until: (condition: () => boolean) => Promise<void>
  readonly close: () => Promise<void>
}

export type EnvelopeKind = 'events_api' | 'interactive' | 'slash_commands'

export interface EnvelopeOptions {
  readonly socket?: StubSocket
  readonly id?: string
  readonly retry?: { readonly attempt: number; readonly reason: string }
}

export interface SlackCall {
  readonly method: string
  /** The fields of the body; those that are JSON inside a form are parsed. */
  readonly params: Readonly<Record<string, unknown>>
  readonly token: string
}

export type SlackAnswer = Readonly<Record<string, unknown>> & {
  readonly ok: boolean
  readonly error?: string
}

/** Fixed in the peer: its team, its administrator, its two channels; and our bot. */
export const slackIds = {
  team: 'T000000001',
  user: 'U000000001',
  general: 'C000000001',
  bot: 'U0HEAL',
  botId: 'B0HEAL',
  app: 'A0HEAL',
  botToken: 'xoxb-stub-token',
  appToken: 'xapp-stub-token',
} as const

const botScopes =
  'app_mentions:read channels:history channels:join channels:manage channels:read chat:write chat:write.public commands files:write groups:history groups:read groups:write im:history im:read im:write usergroups:read users:read'

const startPeer = () =>
  createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        strict_scopes: true,
        team: { name: 'Acme', domain: 'acme' },
        channels: [{ name: 'ops' }, { name: 'payments' }],
        oauth_apps: [
          {
            client_id: '1.2',
            client_secret: 'x',
            app_id: slackIds.app,
            name: 'Suture',
            redirect_uris: [],
            bot_id: slackIds.botId,
            bot_user_id: slackIds.bot,
            bot_name: 'suture',
          },
        ],
        tokens: [
          {
            token: slackIds.botToken,
            type: 'bot',
            user_id: slackIds.bot,
            bot_id: slackIds.botId,
            app_id: slackIds.app,
            scopes: botScopes.split(' '),
          },
        ],
      },
    },
  })

const parsed = (value: string): unknown => {
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

const readParams = (raw: string, contentType: string): Record<string, unknown> => {
  if (raw === '') return {}
  if (contentType.startsWith('application/json')) return JSON.parse(raw) as Record<string, unknown>
  return Object.fromEntries([...new URLSearchParams(raw)].map(([name, value]) => [name, parsed(value)]))
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer<ArrayBuffer>> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const responseUrlUses = 5

export const startSlackStub = async (): Promise<SlackStub> => {
  const peer = await startPeer()
  const faults = createFaultBox()
  const calls: SlackCall[] = []
  const responses: { path: string; body: Record<string, unknown> }[] = []
  const uploads: Uint8Array[] = []
  const groups = new Map<string, readonly string[]>()
  const sockets: StubSocket[] = []
  const acks: { envelope_id: string; payload: Record<string, unknown> }[] = []
  const waiting = new Set<{ condition: () => boolean; resolve: () => void }>()
  const manners: SocketManners = { hello: true, pong: true, answersClose: true, keepsConnection: true }
  let responseUrls = 0
  let tickets = 0

  const changed = (): void => {
    for (const waiter of waiting)
      if (waiter.condition()) {
        waiting.delete(waiter)
        waiter.resolve()
      }
  }
  const until = (condition: () => boolean): Promise<void> =>
    condition() ? Promise.resolve() : new Promise((resolve) => waiting.add({ condition, resolve }))

  const upstream = async (
    path: string,
    raw: string | Buffer<ArrayBuffer>,
    contentType: string,
    token: string,
  ): Promise<Response> =>
    fetch(`${peer.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: token },
      ...(raw.length === 0 ? {} : { body: raw }),
    })

  const direct: SlackStub['direct'] = async (method, params) => {
    const answer = await upstream(
      `/api/${method}`,
      JSON.stringify(params),
      'application/json',
      `Bearer ${slackIds.botToken}`,
    )
    return (await answer.json()) as SlackAnswer
  }

  const ours = (method: string, params: Readonly<Record<string, unknown>>, token: string): object | null => {
    if (method === 'apps.connections.open')
      return token === `Bearer ${slackIds.appToken}`
        ? { ok: true, url: `${url.replace('http', 'ws')}/link/?ticket=${++tickets}` }
        : { ok: false, error: 'invalid_auth' }
    if (method === 'usergroups.list')
      return {
        ok: true,
        usergroups: [...groups].map(([id, users]) => ({
          id,
          handle: id.toLowerCase(),
          users: [...users],
          user_count: users.length,
        })),
      }
    if (method === 'usergroups.users.list') {
      const users = groups.get(String(params['usergroup']))
      return users === undefined ? { ok: false, error: 'no_such_subteam' } : { ok: true, users: [...users] }
    }
    return null
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/'
    const bytes = await bodyOf(request)
    const contentType = request.headers['content-type'] ?? 'application/x-www-form-urlencoded'
    const token = request.headers.authorization ?? ''
    const isUpload = path.startsWith('/upload/')
    const params = isUpload ? {} : readParams(bytes.toString('utf8'), contentType)
    const isResponse = path.startsWith('/response/')
    const method = isResponse ? 'response' : path.replace('/api/', '')
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify(body))
    }
    const perform = async (): Promise<[number, object]> => {
      if (isResponse) {
        responses.push({ path, body: params })
        const uses = responses.filter((each) => each.path === path).length
        return uses > responseUrlUses ? [404, { ok: false, error: 'used_url' }] : [200, { ok: true }]
      }
      const own = ours(method, params, token)
      if (own !== null) return [200, own]
      const answered = await upstream(path, bytes, contentType, token)
      // The bytes of a file go where the peer has said, which is here: Slack's own host is the only one that is believed.
      if (isUpload) {
        uploads.push(bytes)
        return [answered.status, {}]
      }
      return [
        answered.status,
        JSON.parse((await answered.text()).replaceAll(`${peer.url}/upload`, `${url}/upload`)) as object,
      ]
    }
    calls.push({ method, params, token: token.replace('Bearer ', '') })
    const fault = faults.take(method, params['channel'])
    if (fault === null) json(...(await perform()))
    else if (fault.kind === 'refusal') json(200, { ok: false, error: fault.error, ...fault.with })
    else if (fault.kind === 'status') {
      const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      response.writeHead(fault.status, retryAfter)
      response.end(fault.body ?? '')
    } else {
      if (fault.applied === true) await perform()
      if (fault.kind === 'cut') request.socket.destroy()
    }
    changed()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, wire) => {
    const socket = acceptSocket(request, wire, {
      manners,
      onText: (text) =>
        acks.push(JSON.parse(text) as { envelope_id: string; payload: Record<string, unknown> }),
      onChange: changed,
    })
    sockets.push(socket)
    const connections = sockets.filter(({ open }) => open).length
    if (manners.hello)
      socket.send({
        type: 'hello',
        num_connections: connections,
        connection_info: { app_id: slackIds.app },
        debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
      })
    changed()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const openSockets = (): readonly StubSocket[] => sockets.filter(({ open }) => open)

  return {
    apiUrl: `${url}/api/`,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    responses,
    uploads,
    responseUrl: () => `${url}/response/${++responseUrls}`,
    fault: faults.add,
    clearFaults: faults.clear,
    groups,
    channelId: async (name) => {
      const { channels } = (await direct('conversations.list', { limit: 200 })) as SlackAnswer & {
        channels: readonly { id: string; name: string }[]
      }
      const found = channels.find((channel) => channel.name === name)
      if (found === undefined) throw new Error(`the peer has no channel ${name}`)
      return found.id
    },
    trigger: async (userId = slackIds.user) => {
      const answered = await direct('views.generateTriggerId', { user_id: userId })
      return String(answered['trigger_id'])
    },
    direct,
    manners,
    sockets,
    openSockets,
    envelope: (kind, payload, { socket, id = crypto.randomUUID(), retry } = {}) => {
      const to = socket ?? openSockets().at(-1)
      if (to === undefined) throw new Error('no socket is open')
      const retried = retry === undefined ? {} : { retry_attempt: retry.attempt, retry_reason: retry.reason }
      to.send({
        envelope_id: id,
        type: kind,
        accepts_response_payload: kind !== 'events_api',
        payload,
        ...retried,
      })
      return id
    },
    acked: async (envelopeId) => {
      const ackOf = () => acks.find((ack) => ack.envelope_id === envelopeId)
      await until(() => ackOf() !== undefined)
      return ackOf()?.payload ?? {}
    },
    ackCount: (envelopeId) => acks.filter((ack) => ack.envelope_id === envelopeId).length,
    until,
    close: async () => {
      for (const socket of sockets) socket.cut()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await peer.close()
    },
  }
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { discordIds } from './discord.ts'
import { problemsOf } from './discord-payloads.ts'
import { acceptSocket, type StubSocket } from './slack-stub-socket.ts'

/**
 * A stub of our own, for what the peer that is not ours can't do: a gateway that resumes or fails to, that reconnects,
 * invalidates, falls silent and refuses; direct messages, members and registered commands over REST.
 */
export interface DiscordStub {
  /** Without the version. */
  readonly apiUrl: string
  readonly token: string
  readonly manners: StubManners
  /** Everything that came over REST, in order. */
  readonly requests: readonly StubRequest[]
  /** Everything that Discord's schemas have against what came. */
  readonly violations: readonly string[]
  /** What came over the gateway but heartbeats, in order: 2 identify, 6 resume, 8 a probe. */
  readonly opcodes: readonly number[]
  /** How many heartbeats came. */
  readonly heartbeats: () => number
  /** The intents of the last identify. */
  readonly intents: () => number
  readonly openSockets: () => number
  /** How many connections were begun. */
  readonly upgrades: () => number
  readonly dispatch: (type: string, data: object) => void
  /** A bare frame to the newest connection: `{op: 7}`. */
  readonly send: (frame: object) => void
  /** The newest connection breaks, or is closed with a code. */
  readonly cut: () => void
  readonly close: (code: number) => void
  readonly until: (condition: () => boolean) => Promise<void>
  readonly stop: () => Promise<void>
}

export interface StubManners {
  heartbeatMs: number
  /** False: a connection is begun and never completed. */
  answersUpgrade: boolean
  acksHeartbeats: boolean
  answersResume: boolean
  answersIdentify: boolean
  sendsGuild: boolean
  answersProbe: boolean
  /** Closes an identify with this code. */
  refusal: number | null
  /** REST answers with this status. */
  outage: number | null
  /** Roles of each member of the guild by user id; everybody else is a stranger. */
  readonly members: Map<string, readonly string[]>
  /** Replies to further requests: the first that returns something wins. */
  answers: ((request: StubRequest) => StubAnswer | null)[]
}

export interface StubRequest {
  readonly method: string
  /** Behind `/api/v10`, without the query. */
  readonly path: string
  readonly body: unknown
}

export interface StubAnswer {
  readonly status: number
  readonly body: unknown
}

const ok = (body: unknown): StubAnswer => ({ status: 200, body })
const fault = (status: number, code: number, message: string): StubAnswer => ({
  status,
  body: { code, message },
})

export const startDiscordStub = async (): Promise<DiscordStub> => {
  const token = 'secret-bot-token'
  const manners: StubManners = {
    heartbeatMs: 45_000,
    answersUpgrade: true,
    acksHeartbeats: true,
    answersResume: true,
    answersIdentify: true,
    sendsGuild: true,
    answersProbe: true,
    refusal: null,
    outage: null,
    members: new Map(),
    answers: [],
  }
  const requests: StubRequest[] = []
  const violations: string[] = []
  const opcodes: number[] = []
  const sockets: StubSocket[] = []
  const silent: Duplex[] = []
  const waiting = new Set<{ condition: () => boolean; resolve: () => void }>()
  let intents = -1
  let upgrades = 0
  let heartbeats = 0
  let sequence = 0
  let registered: Json[] = []
  const acknowledged = new Set<string>()
  const changed = (): void => {
    for (const waiter of waiting)
      if (waiter.condition()) {
        waiting.delete(waiter)
        waiter.resolve()
      }
  }

  const rest = (request: StubRequest, authorization: string | undefined): StubAnswer => {
    const { method, path, body } = request
    const answered = manners.answers.map((answer) => answer(request)).find((each) => each !== null)
    if (answered !== undefined) return answered
    if (manners.outage !== null) return { status: manners.outage, body: { message: 'acted out', code: 0 } }
    const callback = /^\/interactions\/(\d+)\/[^/]+\/callback$/.exec(path)?.[1]
    if (callback !== undefined) {
      if (acknowledged.has(callback)) return fault(400, 40_060, 'Interaction has already been acknowledged.')
      acknowledged.add(callback)
      return { status: 204, body: null }
    }
    if (path.startsWith('/webhooks/')) return ok({ id: '1' })
    if (authorization !== `Bot ${token}`) return fault(401, 0, '401: Unauthorized')
    const member = /^\/guilds\/\d+\/members\/(\d+)$/.exec(path)?.[1]
    if (member !== undefined) {
      const roles = manners.members.get(member)
      return roles === undefined ? fault(404, 10_007, 'Unknown Member') : ok({ user: { id: member }, roles })
    }
    if (path.endsWith('/commands')) {
      if (method === 'PUT' && Array.isArray(body)) registered = body.map(asStored)
      return ok(registered)
    }
    switch (`${method} ${path}`) {
      case 'GET /gateway/bot':
        return ok({
          url: `ws://127.0.0.1:${port()}`,
          shards: 1,
          session_start_limit: { total: 1_000, remaining: 999, reset_after: 1, max_concurrency: 1 },
        })
      case 'GET /applications/@me':
      case 'GET /users/@me':
        return ok({ id: discordIds.application, username: 'suture' })
      case 'POST /users/@me/channels':
        return ok({ id: '700000000000000001', type: 1 })
    }
    const channel = /^\/channels\/(\d+)$/.exec(path)?.[1]
    if (channel !== undefined && method === 'GET') return ok({ id: channel, type: 0 })
    return /^\/channels\/\d+\/messages$/.test(path) && method === 'POST'
      ? ok({ id: '800000000000000001' })
      : fault(404, 10_003, 'Unknown Channel')
  }

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString('utf8')
      const body: unknown = text === '' ? null : JSON.parse(text)
      const path = new URL(request.url ?? '/', 'http://stub').pathname.replace(/^\/api\/v10/, '')
      const heard = { method: request.method ?? 'GET', path, body }
      requests.push(heard)
      if (body !== null && path !== '/users/@me/channels')
        violations.push(...problemsOf(heard.method, path, body))
      const answer = rest(heard, request.headers.authorization)
      const empty = answer.status === 204
      response.writeHead(answer.status, empty ? {} : { 'content-type': 'application/json' })
      response.end(empty ? undefined : JSON.stringify(answer.body))
      changed()
    })()
  })
  const port = (): number => (server.address() as AddressInfo).port

  const dispatchTo = (socket: StubSocket, type: string, data: object): void =>
    socket.send({ op: 0, t: type, s: ++sequence, d: data })

  const take = (socket: StubSocket, frame: { op: number; d: Json }): void => {
    if (frame.op === 1) {
      heartbeats++
      if (manners.acksHeartbeats) socket.send({ op: 11 })
      return
    }
    opcodes.push(frame.op)
    if (frame.op === 2) identify(socket, frame.d)
    if (frame.op === 6 && manners.answersResume) dispatchTo(socket, 'RESUMED', {})
    if (frame.op === 8 && manners.answersProbe)
      dispatchTo(socket, 'GUILD_MEMBERS_CHUNK', { guild_id: discordIds.guild, members: [] })
  }

  const identify = (socket: StubSocket, data: Json): void => {
    intents = Number(data['intents'])
    if (data['token'] !== token) return socket.close(4_004)
    if (manners.refusal !== null) return socket.close(manners.refusal)
    if (!manners.answersIdentify) return
    dispatchTo(socket, 'READY', {
      v: 10,
      user: { id: discordIds.application, username: 'suture' },
      guilds: [{ id: discordIds.guild, unavailable: true }],
      session_id: `session-${sequence}`,
      resume_gateway_url: `ws://127.0.0.1:${port()}`,
      application: { id: discordIds.application, flags: 0 },
    })
    if (manners.sendsGuild) dispatchTo(socket, 'GUILD_CREATE', { id: discordIds.guild, name: 'Shop' })
  }

  server.on('upgrade', (request, wire) => {
    upgrades++
    if (!manners.answersUpgrade) {
      silent.push(wire)
      return changed()
    }
    const socket = acceptSocket(request, wire, {
      manners: { hello: false, pong: true, answersClose: true, keepsConnection: false },
      onText: (text) => {
        take(socket, JSON.parse(text) as { op: number; d: Json })
        changed()
      },
      onChange: changed,
    })
    sockets.push(socket)
    socket.send({ op: 10, d: { heartbeat_interval: manners.heartbeatMs } })
    changed()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const newest = (): StubSocket => {
    const socket = sockets.findLast((each) => each.open)
    if (socket === undefined) throw new Error('nothing is connected to the stub')
    return socket
  }
  return {
    apiUrl: `http://127.0.0.1:${port()}/api`,
    token,
    manners,
    requests,
    violations,
    opcodes,
    intents: () => intents,
    openSockets: () => sockets.filter((socket) => socket.open).length,
    upgrades: () => upgrades,
    heartbeats: () => heartbeats,
    dispatch: (type, data) => dispatchTo(newest(), type, data),
    send: (frame) => newest().send(frame),
    cut: () => newest().cut(),
    close: (code) => newest().close(code),
    until: async (condition) => {
      if (!condition()) await new Promise<void>((resolve) => waiting.add({ condition, resolve }))
    },
    stop: async () => {
      for (const socket of sockets) socket.cut()
      for (const wire of silent) wire.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Json = Record<string, unknown>

/** As Discord gives a command back: with more than was sent, and without what stands at its default. */
const asStored = (command: Json): Json => ({
  ...withoutDefaults(command),
  id: '77',
  application_id: discordIds.application,
  guild_id: discordIds.guild,
  version: '1',
  type: 1,
  nsfw: false,
  default_member_permissions: null,
  name_localizations: null,
  description_localizations: null,
})

const withoutDefaults = (option: Json): Json =>
  Object.fromEntries(
    Object.entries(option)
      .filter(([key, value]) => !(['required', 'autocomplete'].includes(key) && value === false))
      .map(([key, value]) => [
        key,
        key === 'options' && Array.isArray(value) ? value.map((each: Json) => withoutDefaults(each)) : value,
      ]),
  )

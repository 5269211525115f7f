import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DefaultRestOptions, type RESTOptions, type ResponseLike } from '@discordjs/rest'
import { DigitalDiscord } from 'discord-digital-twin'
import { problemsOf } from './discord-payloads.ts'

/**
 * A Discord on loopback that is not ours (discord-digital-twin), with a gate in front of it: the gate holds every payload
 * against Discord's schemas, and acts out what the twin has not: no second message for one nonce, archived threads,
 * rate limits, failures, silence.
 */
export interface DiscordPeer {
  readonly twin: DigitalDiscord
  /** For `REST`: without the version. */
  readonly apiUrl: string
  readonly guildId: string
  readonly token: string
  readonly makeRequest: RESTOptions['makeRequest']
  /** Everything that Discord would have refused; a test ends by expecting none. */
  readonly violations: string[]
  /** Every request that left, in order, with its body. */
  readonly sent: Sent[]
  /** The next request that matches meets this instead; faults for one pattern are met in order. */
  readonly actOut: (method: string, path: RegExp, fault: Fault) => void
  /** As after the few minutes for which Discord remembers a nonce. */
  readonly forgetNonces: () => void
  readonly archive: (threadId: string, locked?: boolean) => void
  readonly stop: () => Promise<void>
}

export interface Sent {
  readonly method: string
  /** Behind `/api/v10`. */
  readonly path: string
  readonly body: unknown
}

export type Fault =
  /** Answers by itself, without asking the twin. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  /** 429 for one channel: `retryAfter` in seconds. `scope` is `user` when left out. */
  | {
      readonly kind: 'rate limit'
      readonly retryAfter: number
      readonly scope?: 'user' | 'shared' | 'global'
    }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** The connection breaks before anything was done. */
  | { readonly kind: 'cut' }
  /** The twin does it, but the answer never arrives. */
  | { readonly kind: 'answer lost' }

export const discordIds = {
  application: '100000000000000001',
  guild: '200000000000000002',
  owner: '300000000000000009',
  incidents: '400000000000000001',
  payments: '400000000000000002',
  alice: '300000000000000001',
  bob: '300000000000000002',
} as const

/** A guild `Shop` with the channels `incidents` and `payments`, and the users alice and bob. */
export const startDiscord = async (): Promise<DiscordPeer> => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-discord-'))
  const token = 'secret-bot-token'
  const twin = new DigitalDiscord({
    botToken: token,
    botUser: { id: discordIds.application, username: 'suture' },
    guild: { id: discordIds.guild, name: 'Shop', ownerId: discordIds.owner },
    channels: [
      { id: discordIds.incidents, name: 'incidents', type: 0 },
      { id: discordIds.payments, name: 'payments', type: 0 },
    ],
    users: [
      { id: discordIds.alice, username: 'alice' },
      { id: discordIds.bob, username: 'bob' },
      { id: discordIds.owner, username: 'owner' },
    ],
    // Two twins of one process share a database unless each gets a file.
    dbUrl: `file:${join(folder, 'twin.db')}`,
  })
  await twin.start()
  const cutting = await cuttingServer()
  const gate = createGate(twin.restUrl, (cutting.address() as AddressInfo).port)
  return {
    ...gate,
    twin,
    apiUrl: twin.restUrl,
    guildId: discordIds.guild,
    token,
    stop: async () => {
      cutting.close()
      await twin.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Request = Parameters<RESTOptions['makeRequest']>

const createGate = (restUrl: string, cutPort: number) => {
  const violations: string[] = []
  const sent: Sent[] = []
  const faults: { method: string; path: RegExp; fault: Fault }[] = []
  const messageOf = new Map<string, { channel: string; id: string }>()
  const archived = new Map<string, { locked: boolean }>()
  const cutUrl = (url: string): string => url.replace(/:\d+\//, `:${cutPort}/`)

  const makeRequest = async (...[url, init]: Request): Promise<ResponseLike> => {
    const method = init.method ?? 'GET'
    const path = new URL(url).pathname.replace(/^\/api\/v10/, '')
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null
    sent.push({ method, path, body })
    if (body !== null) violations.push(...problemsOf(method, path, body))
    const at = faults.findIndex((each) => each.method === method && each.path.test(path))
    const fault = at === -1 ? null : (faults.splice(at, 1)[0]?.fault ?? null)
    if (fault !== null) return meet(fault, url, init)
    return await twinWithMemory(method, path, body, url, init)
  }

  const meet = async (fault: Fault, ...[url, init]: Request): Promise<ResponseLike> => {
    switch (fault.kind) {
      case 'answer':
        return answer(fault.status, fault.body, fault.headers)
      case 'rate limit':
        return rateLimited(fault.retryAfter, fault.scope ?? 'user')
      case 'hang':
        return await silence(init)
      case 'cut':
        return await DefaultRestOptions.makeRequest(cutUrl(url), init)
      case 'answer lost': {
        const done = await makeRequest(url, init)
        await done.arrayBuffer()
        return await DefaultRestOptions.makeRequest(cutUrl(url), init)
      }
    }
  }

  /** The twin, but with nonces that are remembered and threads that are really archived. */
  const twinWithMemory = async (
    method: string,
    path: string,
    body: unknown,
    ...[url, init]: Request
  ): Promise<ResponseLike> => {
    const [, channel = '', message] = /^\/channels\/(\d+)(?:\/messages(?:\/(\d+))?)?$/.exec(path) ?? []
    const closed = archived.get(channel)
    const writes = path.includes('/messages')
    if (closed !== undefined && writes && (method === 'PATCH' || (method === 'POST' && closed.locked)))
      return answer(400, { message: 'Thread is archived', code: 50083 })
    const response = await remembering(method, channel, message, body, url, init)
    if (closed !== undefined && response.ok && unarchives(method, path, body)) archived.delete(channel)
    return response
  }

  const remembering = async (
    method: string,
    channel: string,
    message: string | undefined,
    body: unknown,
    ...[url, init]: Request
  ): Promise<ResponseLike> => {
    const nonce = method === 'POST' && channel !== '' && message === undefined ? nonceOf(body) : null
    const known = nonce === null ? undefined : messageOf.get(nonce)
    if (known !== undefined)
      return await DefaultRestOptions.makeRequest(
        `${restUrl}/v10/channels/${known.channel}/messages/${known.id}`,
        { ...init, method: 'GET', body: null },
      )
    const response = await DefaultRestOptions.makeRequest(url, init)
    if (nonce === null || !response.ok) return response
    const created = (await response.json()) as { id: string }
    messageOf.set(nonce, { channel, id: created.id })
    return answer(response.status, created, Object.fromEntries(response.headers))
  }

  return {
    violations,
    sent,
    makeRequest,
    actOut: (method: string, path: RegExp, fault: Fault) => {
      faults.push({ method, path, fault })
    },
    forgetNonces: () => messageOf.clear(),
    archive: (threadId: string, locked = false) => {
      archived.set(threadId, { locked })
    },
  }
}

const nonceOf = (body: unknown): string | null =>
  typeof body === 'object' &&
  body !== null &&
  'nonce' in body &&
  'enforce_nonce' in body &&
  body.enforce_nonce === true
    ? String(body.nonce)
    : null

const unarchives = (method: string, path: string, body: unknown): boolean =>
  (method === 'POST' && path.endsWith('/messages')) ||
  (method === 'PATCH' && JSON.stringify(body).includes('"archived":false'))

const answer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ResponseLike => {
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(content-(length|encoding|type)|transfer)/i.test(name),
  )
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  return new Response(status === 204 ? null : text, {
    status,
    headers: { ...Object.fromEntries(kept), 'content-type': type },
  }) as unknown as ResponseLike
}

/** As documented under «Rate Limits» of Discord's API: seconds, in the body and in the headers. */
const rateLimited = (retryAfter: number, scope: 'user' | 'shared' | 'global'): ResponseLike =>
  answer(
    429,
    { message: 'You are being rate limited.', retry_after: retryAfter, global: scope === 'global' },
    {
      'retry-after': String(Math.ceil(retryAfter)),
      'x-ratelimit-scope': scope,
      ...(scope === 'global'
        ? { 'x-ratelimit-global': 'true' }
        : {
            'x-ratelimit-limit': '5',
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset-after': String(retryAfter),
            'x-ratelimit-bucket': 'acted-out',
          }),
    },
  )

const silence = async (init: Request[1]): Promise<ResponseLike> => {
  const { promise, reject } = Promise.withResolvers<ResponseLike>()
  const { signal } = init
  const stop = () => reject(new DOMException('This operation was aborted', 'AbortError'))
  if (signal?.aborted === true) stop()
  signal?.addEventListener('abort', stop, { once: true })
  return await promise
}

const cuttingServer = async (): Promise<Server> => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()))
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return server
}

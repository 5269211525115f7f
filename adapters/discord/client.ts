import { type RawFile, REST, type RESTOptions } from '@discordjs/rest'
import { z } from 'zod'
import { timeoutMs } from './limits.ts'

/** One REST for all calls to Discord, bound to one bot and one guild. It never waits and never tries again: its callers do. */

export interface AdapterLog {
  readonly info: (details: object, message: string) => void
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

export interface CallOptions {
  readonly body?: object
  readonly query?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly files?: readonly RawFile[]
}

export interface DiscordClient {
  readonly rest: REST
  readonly guildId: string
  /** Epoch ms. */
  readonly now: () => number
  readonly log: AdapterLog
  /** Asked once; a failure is asked again. */
  readonly identify: () => Promise<{ readonly applicationId: string; readonly botUserId: string }>
  readonly guild: () => Promise<{ readonly id: string; readonly name: string }>
  /** Rejects with what @discordjs/rest throws, or with a ZodError when the answer is not what Discord documents. */
  readonly call: <T>(
    answer: z.ZodType<T>,
    method: 'GET' | 'POST' | 'PATCH',
    path: `/${string}`,
    options?: CallOptions,
  ) => Promise<T>
}

export interface DiscordClientOptions {
  readonly token: string
  readonly guildId: string
  /** Without the version: `https://discord.com/api`. */
  readonly apiUrl: string
  readonly now: () => number
  readonly log: AdapterLog
  readonly makeRequest?: RESTOptions['makeRequest']
}

const Snowflake = z.string().regex(/^\d{1,20}$/)
const Application = z.object({ id: Snowflake })
const User = z.object({ id: Snowflake })
const Guild = z.object({ id: Snowflake, name: z.string() })

export const createDiscordClient = (options: DiscordClientOptions): DiscordClient => {
  const { token, guildId, now, log } = options
  const rest = new REST({
    api: options.apiUrl.replace(/\/+$/, ''),
    version: '10',
    retries: 0,
    timeout: timeoutMs,
    rejectOnRateLimit: () => true,
    userAgentAppendix: 'Suture',
    ...(options.makeRequest === undefined ? {} : { makeRequest: options.makeRequest }),
  }).setToken(token)

  const call: DiscordClient['call'] = async (answer, method, path, { body, query, signal, files } = {}) => {
    // After one 401 it forgets the token, and every later call would fail without being sent.
    rest.setToken(token)
    const request = {
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
      ...(signal === undefined ? {} : { signal }),
      ...(files === undefined || files.length === 0 ? {} : { files: [...files] }),
    }
    switch (method) {
      case 'GET':
        return answer.parse(await rest.get(path, request))
      case 'POST':
        return answer.parse(await rest.post(path, request))
      case 'PATCH':
        return answer.parse(await rest.patch(path, request))
    }
  }

  return {
    rest,
    guildId,
    now,
    log,
    call,
    identify: once(async () => {
      const [application, user] = await Promise.all([
        call(Application, 'GET', '/applications/@me'),
        call(User, 'GET', '/users/@me'),
      ])
      return { applicationId: application.id, botUserId: user.id }
    }),
    guild: once(async () => await call(Guild, 'GET', `/guilds/${guildId}`)),
  }
}

/** The first success is kept. */
const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | null = null
  return async () => {
    asked ??= ask()
    try {
      return await asked
    } catch (error) {
      asked = null
      throw error
    }
  }
}

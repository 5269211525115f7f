import { createDiscordClient, type DiscordClientOptions } from '../../adapters/discord/client.ts'
import { createIncoming, type Incoming } from '../../adapters/discord/incoming.ts'
import { createMembers } from '../../adapters/discord/members.ts'
import { createPlaces, type Places } from '../../adapters/discord/places.ts'
import type { ChatCommands, HookRequest, HookResponse } from '../../src/app/ports.ts'
import { discordIds } from './discord.ts'
import { problemsOf } from './discord-payloads.ts'
import { recordedAt } from './discord-requests.ts'
import { type HandTimers, handTimers } from './hand-timers.ts'

export interface OpenedIncoming {
  readonly incoming: Incoming
  readonly places: Places
  readonly timers: HandTimers
  /** Lines of the log, as they would be written. */
  readonly logged: readonly string[]
}

export interface Opening {
  readonly peer: { readonly apiUrl: string; readonly token: string }
  readonly commands: ChatCommands
  readonly publicKey?: string | null
  readonly makeRequest?: DiscordClientOptions['makeRequest']
  readonly token?: string
}

/** The incoming half alone, with time that stands still until a test moves it. */
export const openIncoming = ({
  peer,
  commands,
  publicKey = null,
  makeRequest,
  token,
}: Opening): OpenedIncoming => {
  const timers = handTimers(recordedAt * 1_000)
  const logged: string[] = []
  const line = (details: object, message: string) => {
    logged.push(`${message} ${JSON.stringify(details)}`)
  }
  const botToken = token ?? peer.token
  const client = createDiscordClient({
    token: botToken,
    guildId: discordIds.guild,
    apiUrl: peer.apiUrl,
    now: timers.now,
    log: { info: line, warn: line, error: line },
    ...(makeRequest === undefined ? {} : { makeRequest }),
  })
  const places = createPlaces(client)
  const incoming = createIncoming({
    client,
    token: botToken,
    publicKey,
    consoleUrl: null,
    commands,
    places,
    members: createMembers(client),
    picturesOf: async () => null,
    timers,
  })
  return { incoming, places, timers, logged }
}

/** What Discord posts to, of an incoming half that was opened with a public key. */
export const hookOf = ({ incoming }: OpenedIncoming): ((request: HookRequest) => Promise<HookResponse>) => {
  if (incoming.hook === null) throw new Error('with a public key there must be a hook')
  return incoming.hook
}

export interface SentCallback {
  readonly type: number
  readonly data: { readonly flags?: number; readonly choices?: readonly object[] }
}

/** The interaction callback in a response; throws unless Discord would take it. */
export const callbackOf = (response: HookResponse): SentCallback => {
  const body = JSON.parse(response.body) as SentCallback
  const problems = problemsOf('POST', '/interactions/1/t/callback', body)
  if (response.status !== 200 || problems.length > 0)
    throw new Error(`no callback: ${response.status} ${problems.join('; ')}`)
  return body
}

/** Resolves once the condition holds: what it depends on is under way, and needs no time to pass. */
export const settled = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

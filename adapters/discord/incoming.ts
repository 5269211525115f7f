import { DiscordAPIError } from '@discordjs/rest'
import type { Chat, ChatCommands, ChatState, HookResponse } from '../../src/app/ports.ts'
import { createAnswers, factsOf } from './answers.ts'
import type { DiscordClient } from './client.ts'
import { registerCommands } from './commands.ts'
import { createGateway } from './gateway.ts'
import { createHook } from './hook.ts'
import { createListen } from './listen.ts'
import type { Members } from './members.ts'
import { Interaction } from './payloads.ts'
import type { PicturesOf } from './pictures.ts'
import type { Places } from './places.ts'
import { createReceive } from './receive.ts'
import { createSendFile } from './send-file.ts'
import type { Timers } from './timers.ts'
import { readPublicKey } from './verify.ts'

/** All that comes from Discord: over the gateway, or signed over HTTP. */
export type Incoming = Pick<Chat, 'hook' | 'start' | 'stop' | 'state'>

export interface IncomingOptions {
  readonly client: DiscordClient
  readonly token: string
  /** Set: interactions come to `hook`. Null: they come by the gateway, and messages too. */
  readonly publicKey: string | null
  readonly consoleUrl: string | null
  readonly commands: ChatCommands
  readonly places: Places
  readonly members: Members
  readonly picturesOf: PicturesOf
  readonly timers: Timers
}

const prepareAgainMs = 60_000
/** A stop waits so long for what is being answered. */
const drainMs = 5_000

export const createIncoming = (options: IncomingOptions): Incoming => {
  const { client, commands, consoleUrl, places, members, picturesOf, timers } = options
  const { log, now, guildId } = client
  const stopped = new AbortController()
  const underWay = new Set<Promise<void>>()
  const sendFile = createSendFile(client)
  const receive = createReceive({
    commands,
    members,
    consoleUrl,
    guildId,
    sendFile,
    picturesOf,
    pass: timers.pass,
  })
  const answers = createAnswers(client.rest, { log, wait: (ms) => timers.pass(ms, stopped.signal) })
  const listen = createListen({
    client,
    commands,
    members,
    places,
    consoleUrl,
    picturesOf,
    sendFile,
  })

  const track = (work: Promise<void>): void => {
    const tracked = work
      .catch((error: unknown) =>
        log.error(factsOf(error), 'What came from Discord was not carried to its end'),
      )
      .finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }

  const interact = async (raw: unknown): Promise<void> => {
    const { data: interaction } = Interaction.safeParse(raw)
    if (interaction === undefined || interaction.type === 1) {
      log.warn({}, 'Discord sent an interaction that is not understood; nothing was done')
      return
    }
    const plan = await receive(interaction)
    if (plan !== null) await answers.answer(interaction, plan)
  }

  const gateway =
    options.publicKey === null
      ? createGateway({
          client,
          token: options.token,
          timers,
          onDispatch: (type, data) => {
            if (type === 'INTERACTION_CREATE') track(interact(data))
            if (type === 'MESSAGE_CREATE') track(listen(data))
          },
        })
      : null

  let heardAt: number | null = null
  const hook =
    options.publicKey === null
      ? null
      : createHook({
          publicKey: readPublicKey(options.publicKey),
          commands,
          receive,
          now,
          heard: () => {
            heardAt = now()
          },
          follow: (interaction, later) => track(answers.follow(interaction, later)),
        })

  /** Why Discord does not show `/heal`; null when it does. */
  let unprepared: string | null = 'it was not started'
  let endPreparing = (): void => undefined
  const prepare = async (): Promise<void> => {
    try {
      if ((await registerCommands(client)) === 'written')
        log.info({ guild: guildId }, 'The command /heal was written to the Discord server')
      unprepared = null
      endPreparing()
    } catch (error) {
      unprepared = whyUnprepared(error, guildId)
      if (isRefusedToken(error)) throw new Error(unprepared)
      log.warn({ ...factsOf(error), why: unprepared }, 'Discord does not show /heal yet')
    }
  }

  let closing = false
  return {
    hook: hook === null ? null : async (request) => (closing ? unavailable : await hook(request)),
    start: async () => {
      await prepare()
      if (closing) return
      if (unprepared !== null) endPreparing = timers.every(prepareAgainMs, () => track(prepare()))
      try {
        await gateway?.start()
      } catch (error) {
        endPreparing()
        throw error
      }
    },
    stop: async () => {
      closing = true
      endPreparing()
      await gateway?.stop()
      const drained = new AbortController()
      await Promise.race([Promise.all(underWay), timers.pass(drainMs, drained.signal)])
      drained.abort()
      stopped.abort()
    },
    state: () => {
      const { connected, sentence } = gateway?.state() ?? overHttp(unprepared === null, heardAt)
      return {
        connected,
        sentence: unprepared === null ? sentence : `${sentence}; /heal is not shown: ${unprepared}`,
      }
    },
  }
}

const overHttp = (prepared: boolean, heardAt: number | null): ChatState => ({
  connected: prepared,
  sentence:
    heardAt === null
      ? 'listens to signed requests; none came yet'
      : `listens to signed requests; the last came at ${new Date(heardAt).toISOString().slice(11, 16)} UTC`,
})

const unavailable: HookResponse = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'Suture is stopping',
}

const isRefusedToken = (error: unknown): boolean => error instanceof DiscordAPIError && error.status === 401

const whyUnprepared = (error: unknown, guildId: string): string => {
  if (isRefusedToken(error))
    return 'Discord refuses the bot token. Copy a fresh one from "Bot" in the developer portal.'
  if (error instanceof DiscordAPIError && (error.status === 403 || error.status === 404))
    return `the bot is not in the server ${guildId}, or was invited without the scope applications.commands`
  return 'Discord could not be asked'
}

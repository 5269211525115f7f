import type { RESTOptions } from '@discordjs/rest'
import type { Chat, ChatCommands, ChatPort, PictureMaker } from '../../src/app/ports.ts'
import { checkDiscord } from './check.ts'
import { type AdapterLog, createDiscordClient } from './client.ts'
import { createDiscordPort } from './deliver.ts'
import { createIncoming } from './incoming.ts'
import { createMembers } from './members.ts'
import { createPicturesOf } from './pictures.ts'
import { createPlaces, type Places } from './places.ts'
import { realTimers, type Timers } from './timers.ts'

export interface DiscordOptions {
  readonly token: string
  readonly guildId: string
  /**
   * Set: Discord posts interactions to `hook`, signed with the key that belongs to this one (64 hexadecimal digits); messages
   * are not heard then. Null: the gateway, for both.
   */
  readonly publicKey: string | null
  /** Without the version: `https://discord.com/api`. */
  readonly apiUrl: string
  readonly consoleUrl: string | null
  /** Critical incidents are to get a channel of their own: `check` then asks for the right to make one. */
  readonly ownChannels?: boolean
  readonly commands: ChatCommands
  /** Draws charts; without it they are rows of text. */
  readonly pictures?: PictureMaker
  /** Epoch ms. */
  readonly now: () => number
  readonly log: AdapterLog
  readonly makeRequest?: RESTOptions['makeRequest']
  readonly timers?: Timers
}

export const openDiscord = (options: DiscordOptions): Chat => {
  const { token, publicKey, commands, consoleUrl, log, timers = realTimers } = options
  const client = createDiscordClient(options)
  const places = createPlaces(client)
  const members = createMembers(client)
  const picturesOf = createPicturesOf(options.pictures ?? null)
  return {
    ...createIncoming({
      client,
      token,
      publicKey,
      commands,
      consoleUrl,
      places,
      members,
      picturesOf,
      timers,
    }),
    port: noting(createDiscordPort(client, { consoleUrl, log, picturesOf }), places),
    check: (channels) => checkDiscord(client, channels, { ownChannels: options.ownChannels === true }),
    groupsOf: members.rolesOf,
  }
}

/** Every head tells where its replies go, and so whose thread it is. */
const noting = (port: ChatPort, places: Places): ChatPort => ({
  ...port,
  deliver: async (post, signal) => {
    if (post.threadId !== null) places.learn(post.threadId)
    const delivered = await port.deliver(post, signal)
    if (post.threadId === null && delivered.done) places.learn(delivered.messageId)
    return delivered
  },
})

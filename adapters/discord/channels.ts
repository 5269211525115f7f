import { z } from 'zod'
import type { DiscordClient } from './client.ts'
import { codes, hasCode, Undeliverable } from './errors.ts'
import { cleanLine, cut } from './escape.ts'
import { mostChannelName, mostTopic, threadSleepsAfterMin } from './limits.ts'

/** The places of a guild: channels by name, a channel of its own for an incident, the thread that starts from a message. */
export interface Channels {
  /** Throws `Undeliverable` when there is no such channel. */
  readonly idOf: (name: string, signal?: AbortSignal) => Promise<string>
  /** The channel of this name, made beside `home` when it is not there. Null when Suture may not make one. */
  readonly own: (name: string, home: string, topic: string, signal: AbortSignal) => Promise<string | null>
  /** The thread of this message, started when it has none. Null when Suture may not start one. */
  readonly threadOf: (
    message: { readonly channel: string; readonly id: string },
    name: string,
    signal: AbortSignal,
  ) => Promise<string | null>
  readonly unarchive: (threadId: string, signal: AbortSignal) => Promise<void>
  readonly forget: () => void
}

/** Text and announcement channels: Channel Resource, Channel Types. */
const written = [0, 5]
/** A name that is nowhere is not looked for again within it. */
const missesKeptMs = 10_000

const Channel = z.object({
  id: z.string(),
  type: z.number(),
  name: z.string().nullish(),
  parent_id: z.string().nullish(),
})
type Channel = z.infer<typeof Channel>
const Created = z.object({ id: z.string() })
const Active = z.object({ threads: z.array(Channel) })

export const createChannels = (client: DiscordClient): Channels => {
  const { guildId } = client
  let known: readonly Channel[] = []
  let readAt = Number.NEGATIVE_INFINITY

  const read = async (signal?: AbortSignal): Promise<void> => {
    const options = signal === undefined ? {} : { signal }
    known = await client.call(z.array(Channel), 'GET', `/guilds/${guildId}/channels`, options)
    readAt = client.now()
  }

  const find = async (name: string, signal?: AbortSignal): Promise<Channel | undefined> => {
    const named = () =>
      known.find((channel) => written.includes(channel.type) && [channel.name, channel.id].includes(name))
    if (named() === undefined && client.now() - readAt >= missesKeptMs) await read(signal)
    return named()
  }

  return {
    forget: () => {
      known = []
      readAt = Number.NEGATIVE_INFINITY
    },
    idOf: async (name, signal) => {
      const channel = await find(name, signal)
      if (channel === undefined)
        throw new Undeliverable(
          `There is no text channel #${name} that Suture can see: make it, or invite Suture to it.`,
          false,
        )
      return channel.id
    },
    own: async (name, home, topic, signal) => {
      const wanted = channelName(name)
      // Somebody may have made it since the list was read, Suture itself included.
      await read(signal)
      const there = await find(wanted, signal)
      if (there !== undefined) return there.id
      const parent = known.find(({ id }) => id === home)?.parent_id
      try {
        const body = {
          name: wanted,
          type: 0,
          topic: cut(cleanLine(topic), mostTopic),
          ...(parent == null ? {} : { parent_id: parent }),
        }
        const made = await client.call(Channel, 'POST', `/guilds/${guildId}/channels`, { body, signal })
        known = [...known, made]
        return made.id
      } catch (error) {
        if (!hasCode(error, codes.missingPermissions, codes.missingAccess, codes.tooManyChannels)) throw error
        client.log.warn(
          { channel: wanted },
          'no channel of its own for an incident: Suture lacks Manage Channels, or the server is full; its thread stays at home',
        )
        return null
      }
    },
    threadOf: async ({ channel, id }, name, signal) => {
      const shown = cut(cleanLine(name), mostChannelName)
      try {
        const body = { name: shown, auto_archive_duration: threadSleepsAfterMin }
        const path = `/channels/${channel}/messages/${id}/threads` as const
        return (await client.call(Created, 'POST', path, { body, signal })).id
      } catch (error) {
        if (hasCode(error, codes.threadExists)) {
          const path = `/guilds/${guildId}/threads/active` as const
          const { threads } = await client.call(Active, 'GET', path, { signal })
          const same = threads.find((thread) => thread.parent_id === channel && thread.name === shown)
          // Discord gives a thread the id of the message it starts from.
          return threads.find((thread) => thread.id === id)?.id ?? same?.id ?? id
        }
        if (!hasCode(error, codes.missingPermissions, codes.missingAccess, codes.tooManyThreads)) throw error
        client.log.warn(
          { channel },
          'no thread for an incident: Suture lacks Create Public Threads, or there are too many; replies stay in the channel',
        )
        return null
      }
    },
    unarchive: async (threadId, signal) => {
      try {
        await client.call(z.unknown(), 'PATCH', `/channels/${threadId}`, {
          body: { archived: false },
          signal,
        })
      } catch (error) {
        if (!hasCode(error, codes.missingPermissions)) throw error
        throw new Undeliverable('The thread is locked: unlock it, or give Suture Manage Threads.', false)
      }
    },
  }
}

/** What Discord makes of a channel's name by itself: lower case, letters, digits and dashes. */
const channelName = (name: string): string =>
  cut(
    cleanLine(name)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_-]+/gu, '-')
      .replace(/^-+|-+$/g, ''),
    mostChannelName,
  ) || 'incident'

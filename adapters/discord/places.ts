import { DiscordAPIError } from '@discordjs/rest'
import { z } from 'zod'
import type { DiscordClient } from './client.ts'

/** Which incident's head a channel or a thread belongs to: the part of a message id that `deliver` returned for it. */
export interface Places {
  /** Takes note of the message id of a head. */
  readonly learn: (messageId: string) => void
  /** Null for a channel or thread that is none of ours, or that Discord does not show us. Throws when it can't be reached. */
  readonly of: (channelId: string) => Promise<string | null>
}

const keptAtMost = 5_000
/** The topic that a channel of an incident's own is made with: the incident's id stands in front. */
const ownTopic = /^inc-\d+: /
/** Announcement, public, private: https://discord.com/developers/docs/resources/channel#channel-object-channel-types */
const threadTypes = [10, 11, 12]

const Channel = z.object({
  type: z.number(),
  parent_id: z.string().nullish(),
  topic: z.string().nullish(),
})
const Message = z.object({
  id: z.string(),
  author: z.object({ id: z.string() }),
  thread: z.object({ id: z.string() }).nullish(),
})

/**
 * A message says only which channel it stands in. What was delivered since the start is remembered; for what is older Discord
 * is asked for the message that the thread began with.
 */
export const createPlaces = (client: DiscordClient): Places => {
  const known = new Map<string, string | null>()
  const keep = (channelId: string, part: string | null): void => {
    known.delete(channelId)
    known.set(channelId, part)
    for (const oldest of known.keys()) {
      if (known.size <= keptAtMost) break
      known.delete(oldest)
    }
  }

  const ask = async (channelId: string): Promise<string | null> => {
    const { type, parent_id: parent, topic } = await client.call(Channel, 'GET', `/channels/${channelId}`)
    const { botUserId } = await client.identify()
    if (threadTypes.includes(type) && parent != null) {
      const starter = await starterOf(parent, channelId)
      return starter?.author.id === botUserId ? `${parent}/${starter.id}/${channelId}` : null
    }
    if (!ownTopic.test(topic ?? '')) return null
    const first = (await oldestOf(channelId)).find(({ author }) => author.id === botUserId)
    return first === undefined ? null : `${channelId}/${first.id}`
  }

  /** In a channel of its own the head is what Suture wrote first. */
  const oldestOf = async (channelId: string) => {
    const query = { after: '0', limit: '50' }
    const oldest = await client.call(z.array(Message), 'GET', `/channels/${channelId}/messages`, { query })
    return oldest.sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1))
  }

  /** Discord gives a thread the id of its message, and says so; a thread that has another is looked for. */
  const starterOf = async (parent: string, threadId: string) => {
    const messages = `/channels/${parent}/messages` as const
    try {
      return await client.call(Message, 'GET', `${messages}/${threadId}`)
    } catch (error) {
      if (!(error instanceof DiscordAPIError) || error.status !== 404) throw error
    }
    const newest = await client.call(z.array(Message), 'GET', messages, { query: { limit: '100' } })
    return newest.find((message) => message.thread?.id === threadId)
  }

  return {
    learn: (messageId) => {
      const parts = messageId.split(' ')
      const last = parts.at(-1) ?? ''
      const [channel = '', , thread] = last.split('/')
      // Two parts: the second stands in a channel that this incident has of its own.
      const place = thread ?? (parts.length > 1 ? channel : null)
      if (place !== null) keep(place, last)
    },
    of: async (channelId) => {
      const seen = known.get(channelId)
      if (seen !== undefined) return seen
      try {
        const part = await ask(channelId)
        keep(channelId, part)
        return part
      } catch (error) {
        // Asked again the next time: what is not shown today may be tomorrow.
        if (error instanceof DiscordAPIError) return null
        throw error
      }
    },
  }
}

import { z } from 'zod'
import type { AdapterLog, SlackClient } from './client.ts'
import { slackLimits } from './limits.ts'
import { listChannels } from './list-channels.ts'
import { slackCode } from './not-delivered.ts'

/** Channels by their names: Slack's calls want ids. */

export interface Channels {
  /** Null when there is no such channel, or Suture can't see it. */
  readonly idOf: (name: string) => Promise<string | null>
  /**
   * A channel of this name that Suture made. Null when it can't be had: an archived channel stands in the way, or one of
   * somebody else's, who could guess the name and read, or hide, what is said there. Throws what Slack refuses.
   */
  readonly own: (name: string, topic: string) => Promise<string | null>
  readonly join: (id: string) => Promise<void>
  /** Looks this name up anew the next time. */
  readonly forget: (name: string) => void
}

const Created = z.object({ channel: z.object({ id: z.string() }) })

export const createChannels = (client: SlackClient, log: AdapterLog): Channels => {
  let known = new Map<string, string>()
  const made = new Map<string, string>()
  let reading: Promise<Map<string, string>> | null = null

  const read = async (): Promise<Map<string, string>> =>
    new Map((await listChannels(client, { archived: false })).map(({ id, name }) => [name, id]))

  /** Cards that miss the same channel at once look once. */
  const refresh = async (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = null
    })
    known = await reading
  }

  const idOf: Channels['idOf'] = async (name) => {
    const plain = name.replace(/^#/, '')
    if (!known.has(plain)) await refresh()
    return known.get(plain) ?? null
  }

  const join: Channels['join'] = async (id) => {
    await client.call('conversations.join', { channel: id })
  }

  return {
    idOf,
    join,
    forget: (name) => {
      known.delete(name.replace(/^#/, ''))
    },
    own: async (name, topic) => {
      const allowed = channelName(name)
      const standing = made.get(allowed)
      if (standing !== undefined) return standing
      try {
        const { channel } = Created.parse(await client.call('conversations.create', { name: allowed }))
        made.set(allowed, channel.id)
        await client
          .call('conversations.setTopic', { channel: channel.id, topic: topic.slice(0, slackLimits.topic) })
          .catch(() => log.warn({ channel: channel.id }, 'Slack: the topic of a channel could not be set'))
        return channel.id
      } catch (error) {
        if (slackCode(error) !== 'name_taken') throw error
        // Made by an attempt whose answer got lost, or by somebody else.
        const { botUserId } = await client.identify()
        const listed = await listChannels(client, { archived: false })
        const ours = listed.find(({ name: taken, creator }) => taken === allowed && creator === botUserId)
        if (ours === undefined) return null
        await join(ours.id)
        made.set(allowed, ours.id)
        return ours.id
      }
    },
  }
}

/** docs.slack.dev/reference/methods/conversations.create: lower-case letters, numbers, hyphens and underscores. */
const channelName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{Ll}\p{Lo}\p{N}_-]+/gu, '-')
    .slice(0, slackLimits.channelName)

import { createHash } from 'node:crypto'
import type { RawFile } from '@discordjs/rest'
import { z } from 'zod'
import type { DiscordClient } from './client.ts'
import type { DiscordMessage } from './render.ts'

/** One message of one card: posted once, found again, edited. */
export interface Messages {
  /** Returns the id. With `uncertain` an earlier post of this card is looked for, and brought up to date instead. */
  readonly post: (place: Place, message: PostedMessage, signal: AbortSignal) => Promise<string>
  readonly edit: (channel: string, id: string, message: PostedMessage, signal: AbortSignal) => Promise<void>
}

export interface PostedMessage extends DiscordMessage {
  /** Of its attachments. */
  readonly files?: readonly RawFile[]
}

export interface Place {
  readonly channel: string
  readonly cardId: string
  /** The message that is gone and that this one replaces: it must not be taken for it. */
  readonly instead: string | null
  readonly uncertain: boolean
  /** The message that this one answers, where there is no thread. */
  readonly replyTo: string | null
}

const Posted = z.object({ id: z.string() })
const Seen = z.object({
  id: z.string(),
  author: z.object({ id: z.string() }),
  components: z.array(z.object({ id: z.number().optional() })).nullish(),
})

/** As many as one call brings; what stands further back was not posted a moment ago. */
const lookedAt = '50'

export const createMessages = (client: DiscordClient): Messages => {
  const edit: Messages['edit'] = async (channel, id, { files = [], ...body }, signal) => {
    await client.call(z.unknown(), 'PATCH', `/channels/${channel}/messages/${id}`, { body, files, signal })
  }

  const findEarlier = async ({ channel, cardId, instead }: Place, signal: AbortSignal) => {
    const { botUserId } = await client.identify()
    const path = `/channels/${channel}/messages` as const
    const newest = await client.call(z.array(Seen), 'GET', path, { query: { limit: lookedAt }, signal })
    return newest.find(
      ({ id, author, components }) =>
        id !== instead && author.id === botUserId && components?.[0]?.id === markOf(cardId),
    )?.id
  }

  return {
    edit: async (channel, id, message, signal) => await edit(channel, id, message, signal),
    post: async (place, message, signal) => {
      const { channel, replyTo, uncertain } = place
      const earlier = uncertain ? await findEarlier(place, signal) : undefined
      if (earlier !== undefined) {
        await edit(channel, earlier, message, signal)
        return earlier
      }
      const { files = [], ...rest } = message
      const body = {
        ...rest,
        nonce: nonceOf(place),
        enforce_nonce: true,
        ...(replyTo === null
          ? {}
          : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
      }
      const { id } = await client.call(Posted, 'POST', `/channels/${channel}/messages`, {
        body,
        files,
        signal,
      })
      // For a nonce it knows Discord returns the first message and drops what this one said.
      if (uncertain) await edit(channel, id, message, signal)
      return id
    },
  }
}

/** The same for every try of one post, so that Discord makes one message of them: 22 of the 25 characters that fit (Message Resource). */
const nonceOf = ({ cardId, channel, instead }: Place): string =>
  digest(`${cardId} ${channel} ${instead ?? ''}`)
    .subarray(0, 16)
    .toString('base64url')

/**
 * Discord keeps the number of a component, but not the nonce: by it a card is found again in its channel. 30 bits, never 0,
 * and never among the small ones that Discord gives to components without a number.
 */
const markOf = (cardId: string): number => (digest(cardId).readUInt32BE() >>> 2) | 0x1000

export const marked = (message: PostedMessage, cardId: string): PostedMessage => ({
  ...message,
  components: message.components.map((component, at) =>
    at === 0 ? { ...component, id: markOf(cardId) } : component,
  ),
})

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

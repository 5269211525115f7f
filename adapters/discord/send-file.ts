import { z } from 'zod'
import type { ReplyFile } from '../../src/app/ports.ts'
import type { DiscordClient } from './client.ts'
import { escapeText } from './escape.ts'

const Sent = z.object({ id: z.string() })

/** Sends a file into the thread that it is about, or to the person where there is none. Throws what the REST client throws. */
export type SendFile = (file: ReplyFile, userId: string) => Promise<void>

export const createSendFile =
  (client: DiscordClient): SendFile =>
  async ({ name, contentType, text, sentence, threadId }, userId) => {
    // `channel/message/thread`, or `channel/message` in a channel of the incident's own.
    const [channel, , thread] = threadId?.split('/') ?? []
    const to =
      thread ??
      channel ??
      (await client.call(Sent, 'POST', '/users/@me/channels', { body: { recipient_id: userId } })).id
    await client.rest.post(`/channels/${to}/messages`, {
      body: { content: escapeText(sentence), allowed_mentions: { parse: [] } },
      files: [{ name, contentType, data: Buffer.from(text) }],
    })
  }

import { z } from 'zod'
import type { SlackClient } from './client.ts'
import { escaped } from './escape.ts'

const uploadTimeoutMs = 30_000
/** Files are sent there and nowhere else, whatever an answer says; GovSlack has its own. */
const uploadHosts = ['https://files.slack.com', 'https://files.slack-gov.com']

const Ticket = z.object({ upload_url: z.string(), file_id: z.string() })
const Direct = z.object({ channel: z.object({ id: z.string() }) })

export interface SlackFile {
  readonly name: string
  readonly title: string
  readonly content: string | Uint8Array
  /** Of a picture, for those who can't see it. */
  readonly alt?: string
  /** Stands above it; empty where the file says it all. */
  readonly sentence: string
}

export interface FilePlace {
  readonly channel: string
  readonly thread: string | null
}

/**
 * Slack takes a file in three steps: where to, the bytes, whom to show it. Throws what the Web API throws.
 * https://docs.slack.dev/messaging/working-with-files
 */
export const sendFile = async (
  client: SlackClient,
  apiUrl: string,
  file: SlackFile,
  to: FilePlace,
): Promise<void> => {
  const bytes = Buffer.from(file.content)
  const ticket = Ticket.parse(
    await client.call('files.getUploadURLExternal', {
      filename: file.name,
      length: bytes.length,
      // Slack's reference says `alt_txt`, its own library sends `alt_text`; what a method does not know it leaves alone.
      ...(file.alt === undefined ? {} : { alt_txt: file.alt, alt_text: file.alt }),
    }),
  )
  const url = new URL(ticket.upload_url)
  if (![...uploadHosts, new URL(apiUrl).origin].includes(url.origin))
    throw new Error('Slack named a place for a file that is not of Slack')
  const sent = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    redirect: 'error',
    signal: AbortSignal.timeout(uploadTimeoutMs),
  })
  await sent.body?.cancel()
  if (!sent.ok) throw new Error(`Slack answered ${sent.status} to a file`)
  await client.call('files.completeUploadExternal', {
    files: [{ id: ticket.file_id, title: file.title }],
    channel_id: to.channel,
    ...(file.sentence === '' ? {} : { initial_comment: escaped(file.sentence) }),
    ...(to.thread === null ? {} : { thread_ts: to.thread }),
  })
}

/** The channel of direct messages with a person: a file can't be shown to one alone anywhere else. */
export const directWith = async (client: SlackClient, userId: string): Promise<FilePlace> => {
  const { channel } = Direct.parse(await client.call('conversations.open', { users: userId }))
  return { channel: channel.id, thread: null }
}

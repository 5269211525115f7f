import type { ChatReply, ReplyFile } from '../../src/app/ports.ts'
import type { Card } from '../../src/domain/card.ts'
import type { AdapterLog, SlackClient } from './client.ts'
import { reasonOf } from './failure.ts'
import { parseParts } from './part.ts'
import { renderMessage, type SlackMessage } from './render.ts'
import { directWith, sendFile } from './send-file.ts'

/** Where the answer to a request belongs. */
export interface Place {
  readonly userId: string
  /** Null in the App Home, which has no place for an answer: it comes as a direct message. */
  readonly channel: string | null
  readonly thread: string | null
  readonly responseUrl: string | null
}

export interface ResponderOptions {
  readonly client: SlackClient
  readonly apiUrl: string
  readonly consoleUrl: string | null
  readonly log: AdapterLog
}

/** Answers a request. Throws when Slack takes the answer in no way. */
export type Respond = (to: Place, reply: ChatReply) => Promise<void>

/** Where Slack's response_urls point; hooks.slack-gov.com is GovSlack's. A request can't make us post anywhere else. */
const responseHosts = ['https://hooks.slack.com', 'https://hooks.slack-gov.com']
const responseTimeoutMs = 10_000

export const createResponder = ({ client, apiUrl, consoleUrl, log }: ResponderOptions): Respond => {
  const allowed = new Set([...responseHosts, new URL(apiUrl).origin])

  const byUrl = async (url: string, to: Place, reply: ChatReply, message: SlackMessage): Promise<boolean> => {
    if (!URL.canParse(url) || !allowed.has(new URL(url).origin)) {
      log.warn({}, 'Slack: a request named a response_url that is not of Slack; it was left alone')
      return false
    }
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(responseTimeoutMs),
        body: JSON.stringify({
          ...message,
          response_type: reply.ephemeral ? 'ephemeral' : 'in_channel',
          replace_original: false,
          unfurl_links: false,
          ...(to.thread === null ? {} : { thread_ts: to.thread }),
        }),
      })
      await response.body?.cancel()
      if (response.ok) return true
      log.info({ status: response.status }, 'Slack: a response_url was not taken; answering another way')
    } catch (error) {
      log.info({ error: reasonOf(error) }, 'Slack: a response_url failed; answering another way')
    }
    return false
  }

  const withFile = async (to: Place, file: ReplyFile): Promise<void> => {
    const [thread] = parseParts(file.threadId)
    try {
      const place =
        thread === undefined
          ? await directWith(client, to.userId)
          : { channel: thread.channel, thread: thread.ts }
      await sendFile(client, apiUrl, file, place)
    } catch (error) {
      log.warn({ error: reasonOf(error) }, 'Slack: a file could not be sent')
      await answer(to, sentence('The file did not arrive', notSent))
    }
  }

  const respond: Respond = async (to, reply) => {
    await answer(to, reply)
    if (reply.file !== undefined) await withFile(to, reply.file)
  }

  const answer: Respond = async (to, reply) => {
    const message = renderMessage(reply.card, { consoleUrl, incidentId: null })
    const direct = { channel: to.userId, thread: null }
    if (to.responseUrl !== null && (await byUrl(to.responseUrl, to, reply, message))) return
    if (to.channel === null) return client.reply(direct, message)
    const here = { channel: to.channel, thread: to.thread }
    // A direct message (D…) has no third person whom it could be hidden from.
    if (!reply.ephemeral || to.channel.startsWith('D')) return client.reply(here, message)
    try {
      await client.postEphemeral({ ...here, user: to.userId }, message)
    } catch (error) {
      // Not in that channel, for one: what is meant for this person alone still reaches them alone.
      log.info({ error: reasonOf(error) }, 'Slack: not shown in the channel; sent as a direct message')
      await client.reply(direct, message)
    }
  }
  return respond
}

const notSent = 'Slack did not take it. The right files:write may be missing: see docs/slack.md.'

/** A sentence of the adapter itself, for the person who asked alone. */
export const sentence = (title: string, text: string): ChatReply => ({
  card: noticeOf(title, text),
  ephemeral: true,
})

const noticeOf = (title: string, text: string): Card => ({
  kind: 'notice',
  title,
  status: '',
  tone: 'warning',
  severity: null,
  blocks: [{ kind: 'text', text: [{ kind: 'plain', text }] }],
})

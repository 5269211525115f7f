import { setTimeout as sleep } from 'node:timers/promises'
import type { ChatReply, Live, ReplyFile } from '../../src/app/ports.ts'
import { type Card, withoutCharts } from '../../src/domain/card.ts'
import type { AdapterLog, Posted, SlackClient } from './client.ts'
import { reasonOf } from './failure.ts'
import { gapMs } from './limits.ts'
import { parseParts } from './part.ts'
import type { Pictures } from './pictures.ts'
import { renderMessage, type SlackMessage } from './render.ts'
import { directWith, type FilePlace, sendFile } from './send-file.ts'

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
  readonly pictures: Pictures
  /** At least so long between two changes of one answer; what Slack asks for when absent. */
  readonly editGapMs?: number
}

/** Answers a request. Throws when Slack takes the answer in no way. */
export type Respond = (to: Place, reply: ChatReply) => Promise<void>

/** Where Slack's response_urls point; hooks.slack-gov.com is GovSlack's. A request can't make us post anywhere else. */
const responseHosts = ['https://hooks.slack.com', 'https://hooks.slack-gov.com']
const responseTimeoutMs = 10_000

export const createResponder = ({
  client,
  apiUrl,
  consoleUrl,
  log,
  pictures,
  editGapMs = gapMs,
}: ResponderOptions): Respond => {
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
      const { name, text: content, sentence: said } = file
      await sendFile(client, apiUrl, { name, title: name, content, sentence: said }, place)
    } catch (error) {
      log.warn({ error: reasonOf(error) }, 'Slack: a file could not be sent')
      await answer(to, sentence('The file did not arrive', notSent))
    }
  }

  const respond: Respond = async (to, reply) => {
    if (reply.live !== undefined) return goOn(to, reply, reply.live)
    const place = filesTo(to, reply)
    const drawn = place === null ? null : await pictures.of(reply.card)
    await answer(to, drawn === null ? reply : { ...reply, card: withoutCharts(reply.card) })
    if (place !== null && drawn !== null) await pictures.send(drawn, place)
    if (reply.file !== undefined) await withFile(to, reply.file)
  }

  /**
   * What one person alone sees in a channel can't be changed (github.com/slackapi/bolt-js/issues/2287): it goes on in their direct
   * messages. Where there are none, its end is what is shown.
   */
  const goOn = async (to: Place, reply: ChatReply, live: Live): Promise<void> => {
    const aside = reply.ephemeral && !isDirect(to.channel ?? '')
    const at = aside ? await beginAside(to, reply) : await begin(to, reply)
    if (aside && at !== null) await answer(to, sentence(reply.card.title, seeDirect))
    let shown = reply.card
    let newest = reply.card
    const show = async (card: Card): Promise<void> => {
      if (at === null) return
      try {
        await client.update(at, renderMessage(card, { consoleUrl, incidentId: null }))
        shown = card
      } catch (error) {
        log.info({ error: reasonOf(error) }, 'Slack: an answer that goes on could not be shown')
      }
      await sleep(editGapMs)
    }
    await live(async (card) => {
      newest = card
      await show(card)
    })
    if (at === null) await answer(to, { ...reply, card: newest })
    // How it ended is tried once more.
    else if (shown !== newest) await show(newest)
  }

  const beginAside = async ({ userId }: Place, { card }: ChatReply): Promise<Posted | null> => {
    try {
      return await client.post(
        { channel: userId, thread: null },
        renderMessage(card, { consoleUrl, incidentId: null }),
      )
    } catch (error) {
      log.info({ error: reasonOf(error) }, 'Slack: no direct message; the end of an answer is shown alone')
      return null
    }
  }

  const begin = async (to: Place, { card }: ChatReply): Promise<Posted> => {
    const message = renderMessage(card, { consoleUrl, incidentId: null })
    const direct = { channel: to.userId, thread: null }
    if (to.channel === null) return client.post(direct, message)
    try {
      return await client.post({ channel: to.channel, thread: to.thread }, message)
    } catch (error) {
      log.info({ error: reasonOf(error) }, 'Slack: not shown in the channel; sent as a direct message')
      return client.post(direct, message)
    }
  }

  const answer: Respond = async (to, reply) => {
    const message = renderMessage(reply.card, { consoleUrl, incidentId: null })
    const direct = { channel: to.userId, thread: null }
    if (to.responseUrl !== null && (await byUrl(to.responseUrl, to, reply, message))) return
    if (to.channel === null) return client.reply(direct, message)
    const here = { channel: to.channel, thread: to.thread }
    if (!reply.ephemeral || isDirect(to.channel)) return client.reply(here, message)
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

/** Slack shows no file to one person of a channel alone: such an answer has its charts as rows of text. */
const filesTo = ({ channel, thread }: Place, { ephemeral }: ChatReply): FilePlace | null =>
  channel === null || (ephemeral && !isDirect(channel)) ? null : { channel, thread }

/** A direct message (D…) has no third person whom something could be hidden from. */
const isDirect = (channel: string): boolean => channel.startsWith('D')

const seeDirect = 'You see it going on in your direct messages with Suture.'

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

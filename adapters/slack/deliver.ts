import type { CardPost, ChatPort, Delivered } from '../../src/app/ports.ts'
import { withoutCharts } from '../../src/domain/card.ts'
import { type Attempt, createAttempt, Refusal } from './attempt.ts'
import { mrkdwnText } from './block-kit.ts'
import { createChannels } from './channels.ts'
import type { AdapterLog, SlackClient } from './client.ts'
import { oneLine } from './escape.ts'
import { gapMs, slackLimits } from './limits.ts'
import { notDelivered, slackCode } from './not-delivered.ts'
import { formatPart, type Part, parseParts } from './part.ts'
import type { Pictures } from './pictures.ts'
import { renderMessage, type SlackMessage } from './render.ts'
import type { FilePlace } from './send-file.ts'

/** Brings cards to Slack: posts them, keeps them up to date, and finds them again when nobody knows whether they arrived. */

export interface SlackPortOptions {
  readonly consoleUrl: string | null
  /** Without it charts are rows of text. */
  readonly pictures?: Pictures
  readonly log: AdapterLog
}

export const createSlackPort = (client: SlackClient, options: SlackPortOptions): ChatPort => {
  const channels = createChannels(client, options.log)
  return {
    name: 'slack',
    gapMs,
    deliver: async (post, signal) => {
      const attempt = createAttempt(client, channels, post, signal)
      try {
        return await (post.threadId === null
          ? deliverHead(attempt, post, options)
          : deliverReply(attempt, post, post.threadId, options, signal))
      } catch (error) {
        if (error instanceof Refusal)
          return { ...error.answer, uncertain: attempt.mayHaveArrived(error.answer.uncertain) }
        // Its id may be that of a channel that was deleted and made anew.
        if (isClosed(error)) channels.forget(post.channel)
        const answer = notDelivered(error)
        return { ...answer, uncertain: attempt.mayHaveArrived(answer.uncertain) }
      }
    },
  }
}

const deliverHead = async (
  attempt: Attempt,
  post: CardPost,
  options: SlackPortOptions,
): Promise<Delivered> => {
  const [homeAt = null, ownAt = null] = parseParts(post.messageId)
  const own =
    ownAt?.channel ??
    (homeAt === null && post.ownChannel !== null ? await ownChannel(attempt, post, options) : null)
  const message = renderMessage(post.card, { ...options, incidentId: post.incidentId })
  const home = await placeAtHome(attempt, post, homeAt, own === null ? message : pointingTo(own, message))
  if (own === null) return delivered(home)
  try {
    return delivered(home, await attempt.place(ownAt, { channel: own, thread: null }, message))
  } catch (error) {
    // People archive a channel of its own when they are done with it; the home channel goes on.
    if (ownAt === null || !isClosed(error)) throw error
    return delivered(home, ownAt)
  }
}

/** Where it stood; or in the channel that has the name by now, when the one it stood in was archived or deleted. */
const placeAtHome = async (
  attempt: Attempt,
  post: CardPost,
  at: Part | null,
  message: SlackMessage,
): Promise<Part> => {
  const to = (channel: string) => ({ channel, thread: null })
  if (at === null) return attempt.place(null, to(await homeChannel(attempt, post)), message)
  try {
    return await attempt.place(at, to(at.channel), message)
  } catch (error) {
    if (!isClosed(error)) throw error
    attempt.channels.forget(post.channel)
    const now = await homeChannel(attempt, post)
    if (now === at.channel) throw error
    return attempt.place(null, to(now), message)
  }
}

const isClosed = (error: unknown): boolean =>
  ['is_archived', 'channel_not_found'].includes(slackCode(error) ?? '')

const delivered = (...parts: readonly Part[]): Delivered => ({
  done: true,
  messageId: parts.map(formatPart).join(' '),
})

const homeChannel = async ({ channels }: Attempt, { channel }: CardPost): Promise<string> => {
  const id = await channels.idOf(channel)
  if (id === null)
    throw new Refusal(
      `Slack has no channel #${channel} that Suture can see: create it, or invite Suture if it is private.`,
      false,
    )
  return id
}

/** Null when it can't be had: the home channel's thread does as well, so healing goes on. */
const ownChannel = async (
  { channels }: Attempt,
  { ownChannel: name, card, incidentId }: CardPost,
  { log, consoleUrl }: SlackPortOptions,
): Promise<string | null> => {
  if (name === null || incidentId === null) return null
  const page = consoleUrl === null ? '' : ` · ${consoleUrl}/incidents/${incidentId}`
  const title = oneLine(card.title).slice(0, slackLimits.topic - incidentId.length - page.length - 3)
  try {
    const id = await channels.own(name, `${incidentId} · ${title}${page}`)
    if (id === null)
      log.warn({ channel: name }, 'Slack: a channel of this name is taken; the home thread is used')
    return id
  } catch (error) {
    const { retryable, why } = notDelivered(error)
    if (retryable) throw error
    log.warn({ channel: name, why }, 'Slack: no channel of its own could be made; the home thread is used')
    return null
  }
}

/** The head in the home channel says where its thread goes on. */
const pointingTo = (own: string, message: SlackMessage): SlackMessage => {
  if (message.blocks.length >= slackLimits.blocks) return message
  const pointer = mrkdwnText(`The thread goes on in <#${own}>`)
  return { ...message, blocks: [...message.blocks, { type: 'context', elements: [pointer] }] }
}

const deliverReply = async (
  attempt: Attempt,
  post: CardPost,
  threadId: string,
  options: SlackPortOptions,
  signal: AbortSignal,
): Promise<Delivered> => {
  const [at = null] = parseParts(post.messageId)
  // Where it stands comes first; a new reply goes to the last place of its head.
  const heads = parseParts(threadId)
    .toReversed()
    .sort((one, other) => Number(other.channel === at?.channel) - Number(one.channel === at?.channel))
  // Once, with the first post: what may stand there already is brought up to date in words, and gets no second picture.
  const { pictures } = options
  const first = post.messageId === null && !post.uncertain && !signal.aborted
  const drawn = first && pictures !== undefined ? await pictures.of(post.card) : null
  const card = drawn === null ? post.card : withoutCharts(post.card)
  const message = renderMessage(card, { ...options, incidentId: post.incidentId })
  const place = async (standing: Part | null, to: FilePlace): Promise<Delivered> => {
    const part = await attempt.place(standing, to, message)
    if (drawn !== null) await pictures?.send(drawn, { ...to, channel: part.channel }, signal)
    return delivered(part)
  }
  let problem: unknown = new Refusal('The head of this thread stands nowhere in Slack.', true)
  for (const { channel, ts } of heads) {
    const standing = at?.channel === channel ? at : null
    try {
      return await place(standing, { channel, thread: ts })
    } catch (error) {
      if (isThreadGone(error)) {
        options.log.warn({ channel }, 'Slack: a thread is gone; its card is posted to the channel itself')
        return await place(standing, { channel, thread: null })
      }
      if (!isClosed(error)) throw error
      problem = error
    }
  }
  throw problem
}

/** Somebody deleted the head while replies were on their way: better in the open than nowhere. */
const isThreadGone = (error: unknown): boolean =>
  ['thread_not_found', 'cannot_reply_to_message'].includes(slackCode(error) ?? '')

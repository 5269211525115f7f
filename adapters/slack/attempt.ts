import { z } from 'zod'
import type { CardPost, NotDelivered } from '../../src/app/ports.ts'
import type { Channels } from './channels.ts'
import { quietly, type SlackClient } from './client.ts'
import { findCard } from './find-card.ts'
import { slackCode } from './not-delivered.ts'
import type { Part } from './part.ts'
import type { SlackMessage } from './render.ts'

/** One attempt to bring one card to Slack, and what may have come of it. */

/** A failure that is known before Slack is asked. */
export class Refusal extends Error {
  readonly answer: NotDelivered
  constructor(why: string, retryable: boolean) {
    super(why)
    this.answer = { done: false, why, retryable, retryAfterMs: null, uncertain: false }
  }
}

export interface Attempt {
  readonly channels: Channels
  /** Updates the message, or posts it when there is none (any more); resolves to where it stands. */
  readonly place: (at: Part | null, to: Place, message: SlackMessage) => Promise<Part>
  /** Whether something may stand in Slack that nobody heard of. */
  readonly mayHaveArrived: (uncertain: boolean) => boolean
}

interface Place {
  readonly channel: string
  readonly thread: string | null
}

const Posted = z.object({ channel: z.string(), ts: z.string() })

export const createAttempt = (
  client: SlackClient,
  channels: Channels,
  post: CardPost,
  signal: AbortSignal,
): Attempt => {
  let posted = false
  let posting = false
  const call: SlackClient['call'] = async (method, body) => {
    if (signal.aborted) throw new Refusal('Suture was stopped before it was sent.', true)
    return unlessAborted(client.call(method, body), signal)
  }

  /** A channel that lets everybody in is joined when Slack asks for it. */
  const joining = async (channel: string, method: string, body: object): Promise<unknown> => {
    try {
      return await call(method, body)
    } catch (error) {
      if (slackCode(error) !== 'not_in_channel') throw error
      await call('conversations.join', { channel }).catch((unjoined: unknown) => {
        // What Slack refuses here is a private channel: that one has to be invited to says more.
        throw slackCode(unjoined) === null ? unjoined : error
      })
      return call(method, body)
    }
  }

  const metadata = {
    event_type: 'suture_card',
    event_payload: { card: post.cardId, tenant: post.tenantId },
  }

  /** False when the message is gone. */
  const update = async ({ channel, ts }: Part, message: SlackMessage): Promise<boolean> => {
    try {
      await call('chat.update', { channel, ts, ...message, metadata, link_names: false })
      return true
    } catch (error) {
      if (isGone(error)) return false
      throw error
    }
  }

  const place: Attempt['place'] = async (at, to, message) => {
    if (at !== null && (await update(at, message))) return at
    if (post.uncertain) {
      const found = await findCard((method, body) => joining(to.channel, method, body), to, post)
      if (found !== null && (await update(found, message))) return found
    }
    posting = true
    const answer = Posted.parse(
      await joining(to.channel, 'chat.postMessage', {
        channel: to.channel,
        ...(to.thread === null ? {} : { thread_ts: to.thread }),
        ...message,
        metadata,
        ...quietly,
      }),
    )
    posting = false
    posted = true
    return { channel: answer.channel, ts: answer.ts }
  }

  return {
    channels,
    place,
    mayHaveArrived: (uncertain) => posted || (posting && uncertain) || post.uncertain,
  }
}

/** Deleted, or not ours any more since the app was installed anew. */
const isGone = (error: unknown): boolean =>
  ['message_not_found', 'cant_update_message', 'edit_window_closed'].includes(slackCode(error) ?? '')

/** The library takes no signal; what is under way may still arrive. */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(interrupted())
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const interrupted = (): Error => new DOMException('interrupted', 'AbortError')

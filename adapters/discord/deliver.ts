import type { CardPost, ChatPort, Picture } from '../../src/app/ports.ts'
import { factsOf } from './answers.ts'
import { type Channels, createChannels } from './channels.ts'
import type { AdapterLog, DiscordClient } from './client.ts'
import { codes, hasCode, notDelivered, Undeliverable } from './errors.ts'
import { cleanLine } from './escape.ts'
import { gapMs } from './limits.ts'
import { createMessages, type Messages, marked, type PostedMessage } from './messages.ts'
import { filesOf, type PicturesOf, refusesPictures } from './pictures.ts'
import { renderMessage } from './render.ts'

/**
 * Brings one card to its place on Discord. A message id is one or more parts, with a space between: `CHANNEL/MESSAGE`, or
 * `CHANNEL/MESSAGE/THREAD` for the head of a thread. The head of an incident with a channel of its own has two parts: at home,
 * and in that channel, where its replies go.
 */
export const createDiscordPort = (
  client: DiscordClient,
  options: {
    readonly consoleUrl: string | null
    readonly log: AdapterLog
    /** Without it charts are rows of text. */
    readonly picturesOf?: PicturesOf
  },
): ChatPort => {
  const delivery: Delivery = {
    channels: createChannels(client),
    messages: createMessages(client),
    consoleUrl: options.consoleUrl,
    pictures: null,
  }
  return {
    name: 'discord',
    gapMs,
    deliver: async (post, signal) => {
      let posted = false
      const noting = (pictures: Delivery['pictures']): Delivery => ({
        ...delivery,
        pictures,
        messages: {
          ...delivery.messages,
          post: async (...args) => {
            const id = await delivery.messages.post(...args)
            posted = true
            return id
          },
        },
      })
      const deliver = (pictures: Delivery['pictures']): Promise<string> =>
        post.threadId === null
          ? deliverHead(noting(pictures), post, signal)
          : deliverReply(noting(pictures), post, post.threadId, signal)
      try {
        const pictures = (await options.picturesOf?.(post.card)) ?? null
        const messageId = await deliver(pictures).catch((error: unknown) => {
          if (pictures === null || !refusesPictures(error)) throw error
          options.log.warn(factsOf(error), 'Discord did not take a picture; the card goes without it')
          return deliver(null)
        })
        return { done: true, messageId }
      } catch (error) {
        const failed = notDelivered(error, post.channel)
        // The list of channels may be what is wrong: it is read anew the next time.
        if (hasCode(error, codes.unknownChannel)) delivery.channels.forget()
        // A head takes several calls: it may stand although a later one failed. What was uncertain stays so until it stands.
        return { ...failed, uncertain: failed.uncertain || post.uncertain || posted }
      }
    },
  }
}

interface Delivery {
  readonly channels: Channels
  readonly messages: Messages
  readonly consoleUrl: string | null
  /** Of the charts of the card, where they can be drawn. */
  readonly pictures: readonly Picture[] | null
}

interface Part {
  readonly channel: string
  readonly message: string
  readonly thread: string | null
}

const partsOf = (messageId: string): readonly Part[] =>
  messageId.split(' ').map((part) => {
    const [channel = '', message = '', thread = null] = part.split('/')
    return { channel, message, thread }
  })

const written = ({ channel, message, thread }: Part): string =>
  [channel, message, ...(thread === null ? [] : [thread])].join('/')

const deliverHead = async (delivery: Delivery, post: CardPost, signal: AbortSignal): Promise<string> => {
  const { channels } = delivery
  const [home, own] = post.messageId === null ? [] : partsOf(post.messageId)
  const findHome = async (): Promise<string> => await channels.idOf(post.channel, signal)
  const findOwn = async (): Promise<string | null> => {
    if (post.ownChannel === null) return null
    const topic = `${post.incidentId}: ${post.card.title}`
    return await channels.own(post.ownChannel, home?.channel ?? (await findHome()), topic, signal)
  }
  // Once a thread has begun at home it stays there, so that nobody has to read in two places.
  const wantsOwn = own !== undefined || home === undefined
  const there = wantsOwn
    ? await placed(delivery, post, messageOf(delivery, post), own, findOwn, signal)
    : null
  const message = messageOf(delivery, post, there?.channel)
  const here = await placed(delivery, post, message, home, findHome, signal)
  if (here === null) throw new Undeliverable(`#${post.channel} is nowhere to be found.`, true)
  // Of no incident: nothing follows it, so it needs no thread.
  if (post.incidentId === null) return written(here)
  if (there !== null) return [here, there].map(written).join(' ')
  if (own === undefined && here.message === home?.message) return written(home)
  return written(await headWithThread(delivery, post, here.channel, here.message, signal))
}

/** Where it stood, or else where it is to stand now: whole channels get deleted. Null when there is no such place. */
const placed = async (
  delivery: Delivery,
  post: CardPost,
  message: PostedMessage,
  old: Part | undefined,
  find: () => Promise<string | null>,
  signal: AbortSignal,
): Promise<Part | null> => {
  if (old !== undefined) {
    try {
      const id = await upsert(delivery, post, message, { ...old, replyTo: null }, signal)
      return { channel: old.channel, message: id, thread: null }
    } catch (error) {
      if (!hasCode(error, codes.unknownChannel)) throw error
      delivery.channels.forget()
    }
  }
  const channel = await find()
  if (channel === null) return null
  const place = { channel, message: null, replyTo: null }
  return { channel, message: await upsert(delivery, post, message, place, signal), thread: null }
}

/** Without the right to start threads the part has no thread, and replies answer the message in its channel. */
const headWithThread = async (
  { channels }: Delivery,
  post: CardPost,
  channel: string,
  message: string,
  signal: AbortSignal,
): Promise<Part> => ({
  channel,
  message,
  thread: await channels.threadOf({ channel, id: message }, threadName(post), signal),
})

/** Begins with the id of the incident, so that no two of a channel have the same. */
const threadName = ({ incidentId, card }: CardPost): string =>
  `${incidentId ?? 'suture'} · ${cleanLine(card.title)}`

const deliverReply = async (
  delivery: Delivery,
  post: CardPost,
  headId: string,
  signal: AbortSignal,
): Promise<string> => {
  const parts = partsOf(headId)
  const head = parts.at(-1)
  if (head === undefined) throw new Undeliverable('The head of the thread has no place on Discord.', false)
  const [old] = post.messageId === null ? [] : partsOf(post.messageId)
  const inChannel = head.thread === null
  const place = {
    channel: old?.channel ?? head.thread ?? head.channel,
    message: old?.message ?? null,
    // In a channel of its own every message belongs to the incident; at home a reply has to say to what.
    replyTo: inChannel && parts.length === 1 ? head.message : null,
  }
  const card = messageOf(delivery, post)
  try {
    const message = await upsert(delivery, post, card, place, signal)
    return written({ channel: place.channel, message, thread: null })
  } catch (error) {
    if (!hasCode(error, codes.unknownChannel)) throw error
    // It stood in a place that is gone, and the head has another by now.
    if (place.channel !== (head.thread ?? head.channel))
      return await deliverReply(delivery, { ...post, messageId: null }, headId, signal)
    if (head.thread === null) throw error
    // Somebody deleted the thread: its head still stands, so it gets another.
    const { thread } = await headWithThread(delivery, post, head.channel, head.message, signal)
    const again = {
      channel: thread ?? head.channel,
      message: null,
      replyTo: thread === null ? head.message : null,
    }
    const message = await upsert(delivery, post, card, again, signal)
    return written({ channel: again.channel, message, thread: null })
  }
}

const messageOf = (
  { consoleUrl, pictures }: Delivery,
  { card, cardId, incidentId }: CardPost,
  ownChannelId?: string,
): PostedMessage => ({
  ...marked(
    renderMessage(card, { consoleUrl, incidentId, ownChannelId: ownChannelId ?? null, pictures }),
    cardId,
  ),
  files: filesOf(pictures ?? []),
})

/** Edits the message; posts it when there is none, or none any more. Returns its id. */
const upsert = async (
  delivery: Delivery,
  post: CardPost,
  message: PostedMessage,
  place: { readonly channel: string; readonly message: string | null; readonly replyTo: string | null },
  signal: AbortSignal,
): Promise<string> => {
  const { messages } = delivery
  const { channel } = place
  const { cardId, uncertain } = post
  const old = place.message
  if (old === null)
    return await awake(delivery, channel, signal, () =>
      messages.post({ channel, cardId, uncertain, instead: null, replyTo: place.replyTo }, message, signal),
    )
  try {
    await awake(delivery, channel, signal, () => messages.edit(channel, old, message, signal))
    return old
  } catch (error) {
    if (!hasCode(error, codes.unknownMessage)) throw error
    return await messages.post(
      { channel, cardId, uncertain, instead: old, replyTo: place.replyTo },
      message,
      signal,
    )
  }
}

/** An archived thread is woken first, when Discord says that it sleeps. */
const awake = async <T>(
  { channels }: Delivery,
  channel: string,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> => {
  try {
    return await act()
  } catch (error) {
    if (!hasCode(error, codes.archivedThread)) throw error
    await channels.unarchive(channel, signal)
    return await act()
  }
}

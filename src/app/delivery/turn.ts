import { ownChannelOf } from '../../domain/own-channel.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import {
  adoptHead,
  type LaneKey,
  leaveIdleLane,
  leaveLane,
  moveToLane,
  type NextCard,
  nextCardOf,
  noteBegun,
  noteNotShown,
  noteShown,
  pushLane,
  takeLane,
} from '../../storage/lane.repository.ts'
import type { App } from '../app.ts'
import type { CardPost, ChatPort, Delivered, NotDelivered } from '../ports.ts'
import { restAfter } from './back-off.ts'
import { callChat } from './call-chat.ts'
import type { Timers } from './timers.ts'

/** One turn of a lane: take it, send the newest state of one card, note what became of it, leave the lane. */

export interface TurnOptions {
  readonly app: Pick<App, 'store' | 'ids' | 'log' | 'checkpoint'>
  readonly chat: ChatPort
  /** Whether a critical incident gets a channel of its own. */
  readonly ownChannels: boolean
  readonly timers: Timers
  /** In [0, 1). */
  readonly random: () => number
}

export type TurnEnd =
  /** The lane rests for so long, whatever comes. */
  | { readonly kind: 'rest'; readonly ms: number }
  /** Nothing to send now; `ms` until something is tried again by itself, null when nothing is. */
  | { readonly kind: 'idle'; readonly ms: number | null }
  /** Something belongs into another lane: look again. */
  | { readonly kind: 'moved' }

/** Longer than any call may take; a lane of a process that was killed waits for so long. */
const leaseMs = 30_000
const noteTries = 3
const noteAgainMs = 1_000
const longestReason = 500

interface Begun {
  readonly kind: 'begun'
  readonly next: NextCard
  readonly post: CardPost
  readonly failures: number
}

export const takeTurn = async (
  options: TurnOptions,
  key: LaneKey,
  stopping: AbortSignal,
): Promise<TurnEnd> => {
  const { app, chat } = options
  const holder = app.ids.uuid()
  const begun = await inTenant(app.store, key.tenantId, (tx) => begin(options, tx, key.lane, holder))
  if (begun.kind !== 'begun') return begun
  await app.checkpoint('delivery:begun')
  const result = await callChat(chat, begun.post, options.timers, stopping)
  await app.checkpoint('delivery:called')
  const random = options.random()
  // What the platform did is known here alone: a database that is away for a moment must not cost it.
  for (let tries = 1; ; tries += 1)
    try {
      const note = (tx: Tx) => noteResult(options, tx, key.lane, holder, begun, result, random)
      return { kind: 'rest', ms: await inTenant(app.store, key.tenantId, note) }
    } catch (error) {
      if (tries === noteTries) throw error
      await new Promise<void>((resolve) => options.timers.after(noteAgainMs, resolve))
    }
}

const begin = async (
  options: TurnOptions,
  tx: Tx,
  lane: string,
  holder: string,
): Promise<Begun | TurnEnd> => {
  const { name, gapMs } = options.chat
  const [turn, next] = await Promise.all([
    takeLane(tx, name, lane, { holder, leaseMs }),
    nextCardOf(tx, name, lane),
  ])
  if (!turn.taken) return { kind: 'rest', ms: turn.freeInMs }
  if (next === null) return { kind: 'idle', ms: await leaveIdleLane(tx, name, lane, holder) }
  const leave = async (): Promise<TurnEnd> => {
    await leaveLane(tx, name, lane, { holder, restMs: 0, failures: turn.failures })
    return { kind: 'moved' }
  }
  if (!next.head && next.headLane === null && next.incidentId !== null) {
    await adoptHead(tx, name, next.incidentId)
    return leave()
  }
  const ownChannel = ownChannelFor(next, options.ownChannels)
  const right = laneFor(next, ownChannel, next.messageId)
  if (right !== lane || ownChannel !== next.ownChannel)
    await moveToLane(tx, name, next.cardId, { lane: right, ownChannel })
  if (right !== lane) return leave()
  await Promise.all([
    noteBegun(tx, name, next.cardId),
    // This call reaches the home channel too. It does not wait for that lane, which may be long: what is critical goes first.
    // Written last: others that do the same wait for this row until the commit.
    ownChannel !== null && gapMs > 0 ? pushLane(tx, name, next.channel, gapMs) : null,
  ])
  return { kind: 'begun', next, post: postOf(tx, next, ownChannel), failures: turn.failures }
}

/** Decided once, at the first post. */
const ownChannelFor = (next: NextCard, ownChannels: boolean): string | null => {
  if (!next.head || next.incidentId === null) return null
  if (next.messageId !== null || next.begunAt !== null) return next.ownChannel
  return ownChannels && next.severity === 'critical' ? ownChannelOf(next.incidentId, next.service) : null
}

/** Where a chat could not make the own channel, its head has one part alone, and all goes through the home channel's lane. */
const laneFor = (next: NextCard, ownChannel: string | null, messageId: string | null): string => {
  if (next.apart) return next.channel
  if (!next.head) return next.headLane ?? next.channel
  return ownChannel === null || messageId?.includes(' ') === false ? next.channel : ownChannel
}

const postOf = (tx: Tx, next: NextCard, ownChannel: string | null): CardPost => ({
  tenantId: tx.tenantId,
  channel: next.channel,
  cardId: next.cardId,
  incidentId: next.incidentId,
  version: next.version,
  card: next.card,
  messageId: next.messageId,
  threadId: next.head || next.apart ? null : next.headMessageId,
  uncertain: next.begunAt !== null,
  ownChannel,
})

/** Returns for how many ms the lane rests. */
const noteResult = async (
  { app, chat }: TurnOptions,
  tx: Tx,
  lane: string,
  holder: string,
  { next, post, failures }: Begun,
  result: Delivered | NotDelivered,
  random: number,
): Promise<number> => {
  const { cardId, version, ownChannel } = post
  if (result.done) {
    const { messageId } = result
    const right = laneFor(next, ownChannel, messageId)
    await Promise.all([
      leaveLane(tx, chat.name, lane, { holder, restMs: chat.gapMs, failures: 0 }),
      noteShown(tx, chat.name, { cardId, version, messageId }),
      right === lane ? null : moveToLane(tx, chat.name, cardId, { lane: right, ownChannel }),
    ])
    return chat.gapMs
  }
  // PostgreSQL takes no NUL, and a note that is refused would be lost.
  const why = result.why.replaceAll('\0', '').slice(0, longestReason)
  const rest = restAfter(result, { lane: failures, card: next.attempts }, chat.gapMs, random)
  const limited = result.retryAfterMs !== null
  if (!limited)
    app.log.warn({ chat: chat.name, card: cardId, why }, 'a card could not be shown; it stays due')
  const leaving = { holder, restMs: rest.laneMs, failures: limited ? failures : failures + 1 }
  await Promise.all([
    leaveLane(tx, chat.name, lane, leaving),
    noteNotShown(tx, chat.name, {
      cardId,
      version,
      why,
      retryInMs: rest.cardMs,
      refused: !limited && !result.retryable,
      // An earlier call that nobody heard the end of is not undone by one that surely failed.
      uncertain: post.uncertain || result.uncertain,
    }),
  ])
  return rest.laneMs
}

import { sql } from 'kysely'
import type { Severity } from '../domain/alert.ts'
import type { Card } from '../domain/card.ts'
import type { Store, Tx } from './database.ts'
import type { Chat } from './delivery.repository.ts'

/** A lane: the cards of one tenant for one channel of one chat. One turn at a time takes one card of it. */
export interface LaneKey {
  readonly tenantId: string
  readonly lane: string
}

const nowOf = (store: Pick<Store, 'shiftMs'>) =>
  sql`now() + make_interval(secs => ${store.shiftMs() / 1000}::float8)`

/** Lanes that have something to send now and that nobody works at. `tenantId` null: of all tenants. */
export const dueLanes = async (store: Store, chat: Chat, tenantId: string | null): Promise<LaneKey[]> => {
  const { rows } = await sql<LaneKey>`select tenant_id as "tenantId", lane
    from due_lanes(${chat}, ${tenantId}::text, ${nowOf(store)})`.execute(store.db)
  return rows
}

/**
 * Says that this chat is delivered to, so that every process draws for it from now on, and makes due what it never heard of:
 * the threads of incidents that are not resolved. Returns how many cards.
 */
export const adoptOpenIncidents = async (
  store: Store,
  chat: Chat,
  tenantId: string | null,
): Promise<number> => {
  const { rows } = await sql<{
    adopted: number
  }>`select adopt_open_incidents(${chat}, ${tenantId}::text, ${nowOf(store)}) as adopted`.execute(store.db)
  return rows[0]?.adopted ?? 0
}

/**
 * Takes the lane for one turn that ends by `leaseMs`, at the latest. A lease row rather than an advisory lock: it needs no
 * connection that is held while a platform is waited for, it outlives a process that is killed by no more than the lease,
 * and the same time keeps the distance between two calls, whichever process makes them. Two turns could only overlap if
 * a process stood still for longer than the lease in the middle of a call.
 */
export const takeLane = async (
  tx: Tx,
  chat: Chat,
  lane: string,
  turn: { readonly holder: string; readonly leaseMs: number },
): Promise<{ taken: true; failures: number } | { taken: false; freeInMs: number }> => {
  const { rows } = await sql<{ failures: number }>`
    insert into delivery_lane (tenant_id, chat, lane, holder, free_at)
    values (${tx.tenantId}, ${chat}, ${lane}, ${turn.holder}, ${after(tx, turn.leaseMs)}::timestamptz)
    on conflict (tenant_id, chat, lane) do update set holder = excluded.holder, free_at = excluded.free_at
      where delivery_lane.free_at <= ${tx.now}::timestamptz
    returning failures`.execute(tx.db)
  const mine = rows[0]
  if (mine !== undefined) return { taken: true, failures: mine.failures }
  const held = await sql<{ freeAt: Temporal.Instant }>`select free_at as "freeAt" from delivery_lane
    where tenant_id = ${tx.tenantId} and chat = ${chat} and lane = ${lane}`.execute(tx.db)
  const freeAt = held.rows[0]?.freeAt
  return { taken: false, freeInMs: freeAt === undefined ? 0 : msUntil(tx, freeAt) }
}

/** For calls in the name of another lane that also reach this one's channel: the next of its own comes `ms` later. */
export const pushLane = async (tx: Tx, chat: Chat, lane: string, ms: number): Promise<void> => {
  await sql`insert into delivery_lane (tenant_id, chat, lane, holder, free_at)
    values (${tx.tenantId}, ${chat}, ${lane}, '', ${after(tx, ms)}::timestamptz)
    on conflict (tenant_id, chat, lane) do update set free_at = greatest(delivery_lane.free_at, excluded.free_at)`.execute(
    tx.db,
  )
}

/** Does nothing when somebody else has taken the lane meanwhile. */
export const leaveLane = async (
  tx: Tx,
  chat: Chat,
  lane: string,
  turn: { readonly holder: string; readonly restMs: number; readonly failures: number },
): Promise<void> => {
  await sql`update delivery_lane set free_at = ${after(tx, turn.restMs)}::timestamptz, failures = ${turn.failures}
    where tenant_id = ${tx.tenantId} and chat = ${chat} and lane = ${lane} and holder = ${turn.holder}`.execute(
    tx.db,
  )
}

/** For a lane that was taken and has nothing to send now: ms until something has to be tried again, or null. */
export const leaveIdleLane = async (
  tx: Tx,
  chat: Chat,
  lane: string,
  holder: string,
): Promise<number | null> => {
  const { rows } = await sql<{ dueAt: Temporal.Instant | null; behind: boolean }>`
    select min(due_at) filter (where due_at > ${tx.now}::timestamptz) as "dueAt", count(*) > 0 as behind from card_delivery
    where tenant_id = ${tx.tenantId} and chat = ${chat} and lane = ${lane} and chat <> 'console' and delivered_version < desired_version`.execute(
    tx.db,
  )
  const { dueAt, behind } = rows[0] ?? { dueAt: null, behind: false }
  // A lane without work leaves no row: channels come and go.
  const end = behind
    ? sql`update delivery_lane set free_at = ${tx.now}::timestamptz`
    : sql`delete from delivery_lane`
  await sql`${end} where tenant_id = ${tx.tenantId} and chat = ${chat} and lane = ${lane} and holder = ${holder}`.execute(
    tx.db,
  )
  return dueAt === null ? null : msUntil(tx, dueAt)
}

export interface NextCard {
  readonly cardId: string
  /** Null where it is of no incident. */
  readonly incidentId: string | null
  readonly head: boolean
  /** In a channel by itself, and not in the thread. */
  readonly apart: boolean
  readonly channel: string
  readonly version: number
  readonly card: Card
  readonly messageId: string | null
  readonly ownChannel: string | null
  readonly begunAt: Temporal.Instant | null
  readonly attempts: number
  /** Null where it is of no incident. */
  readonly severity: Severity | null
  readonly service: string | null
  /** Of the head of its thread; null for a head, and where this chat has no row for it. */
  readonly headLane: string | null
  readonly headMessageId: string | null
}

/** The newest state of the card whose turn it is in this lane. */
export const nextCardOf = async (tx: Tx, chat: Chat, lane: string): Promise<NextCard | null> => {
  const { rows } = await sql<NextCard>`select card.id as "cardId", card.incident_id as "incidentId",
      card.kind = 'incident' as head, card.incident_id is null or starts_with(card.id, card.incident_id || '/apart/') as apart, card.channel, card.version, card.body as card, d.message_id as "messageId",
      d.own_channel as "ownChannel", d.begun_at as "begunAt", d.attempts, incident.severity, incident.service,
      head.lane as "headLane", head.message_id as "headMessageId"
    from card_delivery d
      join card on card.tenant_id = d.tenant_id and card.id = d.card_id
      left join incident on incident.tenant_id = card.tenant_id and incident.id = card.incident_id
      left join card_delivery head on card.kind <> 'incident' and head.tenant_id = d.tenant_id
        and head.card_id = card.incident_id || '/incident' and head.chat = d.chat
    where d.tenant_id = ${tx.tenantId} and d.chat = ${chat}
      and d.card_id = (select next_card(${chat}, ${tx.tenantId}, ${lane}, ${tx.now}::timestamptz))`.execute(
    tx.db,
  )
  return rows[0] ?? null
}

/** Committed before the platform is called: whoever finds it later knows that the message may stand there. */
export const noteBegun = async (tx: Tx, chat: Chat, cardId: string): Promise<void> => {
  await sql`update card_delivery set begun_at = ${tx.now}::timestamptz
    where tenant_id = ${tx.tenantId} and chat = ${chat} and card_id = ${cardId}`.execute(tx.db)
}

export const moveToLane = async (
  tx: Tx,
  chat: Chat,
  cardId: string,
  to: { readonly lane: string; readonly ownChannel: string | null },
): Promise<void> => {
  await sql`update card_delivery set lane = ${to.lane}, own_channel = ${to.ownChannel}
    where tenant_id = ${tx.tenantId} and chat = ${chat} and card_id = ${cardId}`.execute(tx.db)
}

/** The thread was begun before this chat heard of it: its head comes now, and its replies after it. */
export const adoptHead = async (tx: Tx, chat: Chat, incidentId: string): Promise<void> => {
  await sql`insert into card_delivery (tenant_id, card_id, chat, desired_version, changed_at, due_since, due_at, lane, position)
    select tenant_id, id, ${chat}, version, ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz, channel, position
    from card where tenant_id = ${tx.tenantId} and id = ${`${incidentId}/incident`}
    on conflict do nothing`.execute(tx.db)
}

/** The message id of the newest success stays: the message may have been posted anew. */
export const noteShown = async (
  tx: Tx,
  chat: Chat,
  shown: { readonly cardId: string; readonly version: number; readonly messageId: string },
): Promise<void> => {
  await sql`update card_delivery set delivered_version = greatest(delivered_version, ${shown.version}), message_id = ${shown.messageId},
      due_since = case when desired_version > ${shown.version} then changed_at else due_since end,
      due_at = case when desired_version > ${shown.version} then changed_at else due_at end,
      begun_at = null, refused = false, attempts = 0, last_error = ''
    where tenant_id = ${tx.tenantId} and chat = ${chat} and card_id = ${shown.cardId}`.execute(tx.db)
}

export interface NotShown {
  readonly cardId: string
  readonly version: number
  readonly why: string
  /** This card is left alone for so long; null when it is the lane that waits and the card keeps its place. */
  readonly retryInMs: number | null
  readonly refused: boolean
  /** It may have arrived all the same. */
  readonly uncertain: boolean
}

/** What was drawn meanwhile may fare better: it does not wait. */
export const noteNotShown = async (tx: Tx, chat: Chat, failed: NotShown): Promise<void> => {
  const dueAt = failed.retryInMs === null ? null : after(tx, failed.retryInMs)
  await sql`update card_delivery set last_error = ${failed.why}, refused = ${failed.refused} and desired_version = ${failed.version},
      due_at = case when desired_version = ${failed.version} then coalesce(${dueAt}::timestamptz, due_at) else due_at end,
      attempts = attempts + ${failed.retryInMs === null ? 0 : 1}, begun_at = case when ${failed.uncertain} then begun_at end
    where tenant_id = ${tx.tenantId} and chat = ${chat} and card_id = ${failed.cardId}`.execute(tx.db)
}

const after = (tx: Tx, ms: number): string => tx.now.add({ milliseconds: Math.ceil(ms) }).toString()

const msUntil = (tx: Tx, at: Temporal.Instant): number =>
  Math.max(0, Math.ceil(tx.now.until(at).total('milliseconds')))

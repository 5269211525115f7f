import { type RawBuilder, sql } from 'kysely'
import type { Card, CardKind } from '../domain/card.ts'
import type { CardCommand } from './card.table.ts'
import type { Tx } from './database.ts'
import { gathering } from './gathering.ts'

export interface CardToPut {
  readonly id: string
  /** Null for what is told in a channel by itself and is of no incident; its id begins with `apart/`. */
  readonly incidentId: string | null
  readonly kind: CardKind
  readonly channel: string
  /** The head of a critical incident's thread: the channel of its own that it may get. */
  readonly ownChannel: string | null
  readonly card: Card
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Sent at once; `writesOfCards` are for the end of a commit. */
export const putCards = async (...given: Parameters<typeof writesOfCards>): Promise<void> => {
  for (const write of writesOfCards(...given)) await write.execute(given[0].db)
}

/**
 * Posts cards or replaces their content; an unchanged card keeps its version, so that nothing is sent again. They are due in
 * `chats`, and in those of which any process has delivered within a week.
 */
export const writesOfCards = (
  tx: Tx,
  given: readonly CardToPut[],
  chats: readonly string[],
): RawBuilder<unknown>[] => {
  if (given.length === 0) return []
  // Everybody writes the cards of many incidents in the same order, so that two who draw the same ones never wait for each other in a circle.
  const cards = given.toSorted((one, other) => compare(one.incidentId ?? '', other.incidentId ?? ''))
  const urgent = cards.filter((each) => each.ownChannel !== null)
  return [
    sql`with put as (
      insert into card (tenant_id, id, incident_id, kind, channel, body, created_at, updated_at)
      select ${tx.tenantId}, id, incident_id, kind, channel, body, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from unnest(${cards.map((each) => each.id)}::text[], ${cards.map((each) => each.incidentId)}::text[], ${cards.map((each) => each.kind)}::text[],
        ${cards.map((each) => each.channel)}::text[], ${cards.map((each) => JSON.stringify(each.card))}::jsonb[])
        as put (id, incident_id, kind, channel, body)
      on conflict (tenant_id, id) do update set body = excluded.body, version = card.version + 1, updated_at = excluded.updated_at
        where card.body is distinct from excluded.body
      returning tenant_id, id, incident_id, channel, version, position)
    insert into card_delivery (tenant_id, card_id, chat, desired_version, changed_at, due_since, due_at, lane, position)
    select put.tenant_id, put.id, each.chat, put.version, ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz,
      case when each.chat = 'console' then '' else coalesce(
        (${urgent.map((each) => each.ownChannel)}::text[])[array_position(${urgent.map((each) => each.id)}::text[], put.id)],
        (select head.lane from card_delivery head where head.tenant_id = put.tenant_id
          and head.card_id = put.incident_id || '/incident' and head.chat = each.chat),
        put.channel) end, put.position
    from put cross join unnest(${chats}::text[] || array(select tenant_chat.chat from tenant_chat
      where tenant_id = ${tx.tenantId} and seen_at > ${tx.now}::timestamptz - interval '7 days' and tenant_chat.chat <> all(${chats}::text[]))) as each (chat)
    on conflict (tenant_id, card_id, chat) do update set desired_version = excluded.desired_version, changed_at = excluded.changed_at,
      due_since = case when card_delivery.delivered_version < card_delivery.desired_version then card_delivery.due_since else excluded.due_since end,
      due_at = case when card_delivery.delivered_version < card_delivery.desired_version then least(card_delivery.due_at, excluded.due_at) else excluded.due_at end`,
  ]
}

/** The opaque token of one button; the same button keeps its token however often its card is drawn again. */
export const tokenFor = async (
  tx: Tx,
  fresh: () => string,
  command: CardCommand,
  subject: string,
): Promise<string> => {
  const token = await putToken(tx, { token: fresh(), command, subject })
  if (token === undefined) throw new Error(`no token could be made for ${command} of ${subject}`)
  return token
}

const putToken = gathering<Button & { readonly token: string }, string | undefined>(async (tx, buttons) => {
  const once = new Map(buttons.map((button) => [`${button.command} ${button.subject}`, button]))
  // In one order: whoever draws the same buttons waits, and not in a circle.
  const all = [...once].sort(([one], [other]) => compare(one, other)).map(([, button]) => button)
  const { rows } = await sql<Button & { readonly token: string }>`
    insert into action_token (tenant_id, token, command, subject, created_at)
    select ${tx.tenantId}, token, command, subject, ${tx.now}::timestamptz
    from unnest(${all.map((each) => each.token)}::text[], ${all.map((each) => each.command)}::text[], ${all.map((each) => each.subject)}::text[])
      as button (token, command, subject)
    on conflict (tenant_id, subject, command) do update set command = excluded.command
    returning token, command, subject`.execute(tx.db)
  return buttons.map(
    ({ command, subject }) => rows.find((row) => row.command === command && row.subject === subject)?.token,
  )
})

/** The token of a button that some card has shown already; undefined where none has. */
export const tokenOf = gathering<Button, string | undefined>(async (tx, buttons) => {
  const { rows } = await sql<
    Button & { readonly token: string }
  >`select token, command, subject from action_token
    where tenant_id = ${tx.tenantId} and subject = any(${buttons.map(({ subject }) => subject)}::text[])`.execute(
    tx.db,
  )
  return buttons.map(
    ({ command, subject }) => rows.find((row) => row.command === command && row.subject === subject)?.token,
  )
})

export interface Button {
  readonly command: CardCommand
  readonly subject: string
}

/** What the button of a token does; null when the tenant has no such button. */
export const buttonOfToken = async (tx: Tx, token: string): Promise<Button | null> => {
  const row = await tx.db
    .selectFrom('action_token')
    .select(['command', 'subject'])
    .where('tenant_id', '=', tx.tenantId)
    .where('token', '=', token)
    .executeTakeFirst()
  return row ?? null
}

/** Cards of these incidents that show a button, with its token. */
export const cardsWithButton = async (
  tx: Tx,
  { command, subject }: Button,
  incidentIds: readonly string[],
) =>
  incidentIds.length === 0
    ? []
    : tx.db
        .selectFrom('card')
        .innerJoin('action_token as button', 'button.tenant_id', 'card.tenant_id')
        .select(['card.id', 'card.kind', 'card.incident_id', 'card.body', 'button.token'])
        .where('card.tenant_id', '=', tx.tenantId)
        .where('card.incident_id', 'in', [...incidentIds])
        .where('button.command', '=', command)
        .where('button.subject', '=', subject)
        .where(sql<boolean>`strpos(card.body::text, button.token) > 0`)
        .execute()

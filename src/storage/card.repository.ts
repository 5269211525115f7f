import { sql } from 'kysely'
import type { Card, CardKind } from '../domain/card.ts'
import type { CardCommand } from './card.table.ts'
import type { Tx } from './database.ts'

export interface CardToPut {
  readonly id: string
  readonly incidentId: string
  readonly kind: CardKind
  readonly channel: string
  readonly card: Card
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Posts cards or replaces their content; an unchanged card keeps its version, so that nothing is sent again. */
export const putCards = async (
  tx: Tx,
  given: readonly CardToPut[],
  chats: readonly string[],
): Promise<void> => {
  if (given.length === 0) return
  // Everybody writes the cards of many incidents in the same order, so that two who draw the same ones never wait for each other in a circle.
  const cards = given.toSorted((one, other) => compare(one.incidentId, other.incidentId))
  await sql`with put as (
      insert into card (tenant_id, id, incident_id, kind, channel, body, created_at, updated_at)
      select ${tx.tenantId}, id, incident_id, kind, channel, body, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from unnest(${cards.map((each) => each.id)}::text[], ${cards.map((each) => each.incidentId)}::text[], ${cards.map((each) => each.kind)}::text[],
        ${cards.map((each) => each.channel)}::text[], ${cards.map((each) => JSON.stringify(each.card))}::jsonb[])
        as put (id, incident_id, kind, channel, body)
      on conflict (tenant_id, id) do update set body = excluded.body, version = card.version + 1, updated_at = excluded.updated_at
        where card.body is distinct from excluded.body
      returning tenant_id, id, version)
    insert into card_delivery (tenant_id, card_id, chat, desired_version, changed_at)
    select put.tenant_id, put.id, chat, put.version, ${tx.now}::timestamptz from put cross join unnest(${chats}::text[]) as chat
    on conflict (tenant_id, card_id, chat) do update set desired_version = excluded.desired_version, changed_at = excluded.changed_at`.execute(
    tx.db,
  )
}

/** The opaque token of one button; the same button keeps its token however often its card is drawn again. */
export const tokenFor = async (
  tx: Tx,
  fresh: () => string,
  command: CardCommand,
  subject: string,
): Promise<string> => {
  const { rows } = await sql<{ token: string }>`
    insert into action_token (tenant_id, token, command, subject, created_at)
    values (${tx.tenantId}, ${fresh()}, ${command}, ${subject}, ${tx.now})
    on conflict (tenant_id, subject, command) do update set command = excluded.command
    returning token`.execute(tx.db)
  const row = rows[0]
  if (row === undefined) throw new Error(`no token could be made for ${command} of ${subject}`)
  return row.token
}

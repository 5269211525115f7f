import type { Card, CardKind } from '../../domain/card.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'
import { incidentExists } from './incident.ts'
import type { PersonRef } from './people.ts'

export type ThreadItem =
  | {
      readonly kind: 'card'
      readonly id: string
      readonly cardKind: CardKind
      readonly version: number
      readonly createdAt: string
      readonly updatedAt: string
      readonly card: Card
    }
  | {
      readonly kind: 'message'
      readonly id: string
      readonly author: PersonRef
      readonly body: string
      readonly createdAt: string
    }

/** The newest of each; a thread that grows longer is a conversation, and its beginning is in the timeline. */
const maxCards = 500
export const maxMessages = 500

/** Cards and messages of an incident, oldest first; null when there is no such incident. */
export const readThread = (app: App, tenantId: string, incidentId: string): Promise<ThreadItem[] | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    if (!(await incidentExists(tx, incidentId))) return null
    const items = [...(await cardsOf(tx, incidentId)), ...(await messagesOf(tx, incidentId))]
    return items.sort((one, other) => Temporal.Instant.compare(one.at, other.at)).map(({ item }) => item)
  })

interface Placed {
  readonly at: Temporal.Instant
  readonly item: ThreadItem
}

const cardsOf = async (tx: Tx, incidentId: string): Promise<Placed[]> => {
  const rows = await tx.db
    .selectFrom('card')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    // Told to another channel; the thread has the same words.
    .where((eb) => eb.not(eb.fn<boolean>('starts_with', ['id', eb.val(`${incidentId}/apart/`)])))
    .orderBy('created_at', 'desc')
    .orderBy('position', 'desc')
    .limit(maxCards)
    .execute()
  return rows.reverse().map((row) => ({
    at: row.created_at,
    item: {
      kind: 'card',
      id: row.id,
      cardKind: row.kind,
      version: row.version,
      createdAt: row.created_at.toString(),
      updatedAt: row.updated_at.toString(),
      card: row.body,
    },
  }))
}

/** The newest `maxMessages`, oldest first. */
export const messagesOf = async (tx: Tx, incidentId: string): Promise<Placed[]> => {
  const rows = await tx.db
    .selectFrom('message')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('created_at', 'desc')
    .limit(maxMessages)
    .execute()
  const refOf = await namesOf(
    tx,
    rows.map((row) => row.author_id),
  )
  return rows.reverse().map((row) => ({
    at: row.created_at,
    item: {
      kind: 'message',
      id: row.id,
      author: refOf(row.author_id),
      body: row.body,
      createdAt: row.created_at.toString(),
    },
  }))
}

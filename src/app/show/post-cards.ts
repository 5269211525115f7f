import type { Card, CardKind } from '../../domain/card.ts'
import { type CardToPut, putCards } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'

export interface CardInThread {
  /** Unique in the incident's thread: `proposal/prop-7`. */
  readonly key: string
  readonly kind: CardKind
  readonly incidentId: string
  readonly service: string | null
  readonly card: Card
}

/** Puts cards into their incidents' threads. The card row is the message; each chat follows it. */
export const postCards = async (
  app: App,
  tx: Tx,
  out: Outbound,
  cards: readonly CardInThread[],
): Promise<void> => {
  if (cards.length === 0) return
  const configuration = await app.configuration.of(tx.tenantId)
  const rows = cards.map(
    ({ key, kind, incidentId, service, card }): CardToPut => ({
      id: `${incidentId}/${key}`,
      incidentId,
      kind,
      channel:
        (service === null ? undefined : configuration.serviceOf(service)?.channels[0]) ?? defaultChannel,
      card,
    }),
  )
  await putCards(tx, rows, app.chats)
  for (const row of rows) out.changed('card', row.id)
}

export const defaultChannel = 'incidents'

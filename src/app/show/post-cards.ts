import type { Card, CardKind } from '../../domain/card.ts'
import { ownChannelOf } from '../../domain/own-channel.ts'
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
  /** Of the catalogue: there by itself, and not in the thread; its key begins with `apart/`. */
  readonly channel?: string
}

/** Puts cards into their incidents' threads. The card row is the message; each chat follows it. */
export const postCards = async (
  app: App,
  tx: Tx,
  out: Outbound,
  cards: readonly CardInThread[],
): Promise<void> => {
  const drawn = await announced(app, tx, out, cards)
  out.redrawn(drawn)
  await putCards(tx, drawn, app.chats)
}

/** The same where nothing in the transaction waits for them: they go out with its last writes. */
export const postCardsAlong = async (
  app: App,
  tx: Tx,
  out: Outbound,
  cards: readonly CardInThread[],
): Promise<void> => out.cards(await announced(app, tx, out, cards))

const announced = async (
  app: App,
  tx: Tx,
  out: Outbound,
  cards: readonly CardInThread[],
): Promise<CardToPut[]> => {
  if (cards.length === 0) return []
  const { serviceOf } = await app.configuration.of(tx.tenantId)
  return cards.map(({ key, kind, incidentId, service, card, channel: apart }) => {
    const id = `${incidentId}/${key}`
    out.changed('card', id)
    const channel =
      apart ?? (service === null ? undefined : serviceOf(service)?.channels[0]) ?? defaultChannel
    const urgent = kind === 'incident' && card.severity === 'critical'
    const ownChannel = urgent ? ownChannelOf(incidentId, service) : null
    return { id, incidentId, kind, channel, ownChannel, card }
  })
}

export const defaultChannel = 'incidents'

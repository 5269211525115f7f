import type { Card } from '../domain/card.ts'
import type { Live } from './ports.ts'

/** A card that changes while somebody looks at it. */
export interface LiveCard {
  readonly put: (card: Card) => void
  /** Nothing more comes. */
  readonly end: () => void
  readonly live: Live
}

/** However fast cards are put, each look shows the newest, and the last one is always shown. */
export const createLiveCard = (): LiveCard => {
  let newest: Card | null = null
  let over = false
  let stirred = Promise.withResolvers<void>()
  return {
    put: (card) => {
      newest = card
      stirred.resolve()
    },
    end: () => {
      over = true
      stirred.resolve()
    },
    live: async (show) => {
      while (!over || newest !== null) {
        await stirred.promise
        stirred = Promise.withResolvers()
        const card = newest
        newest = null
        if (card !== null) await show(card)
      }
    },
  }
}

/** A small cache of prices: cold after a start, full once every product was ordered or the cache was warmed. */
export type PriceCache = {
  /** Whether the next order found its price cached. A miss fills it. */
  readonly lookUp: () => boolean
  /** Reads every price ahead. Returns how many entries there were and are. */
  readonly warm: () => { before: number; after: number }
  /** Hits among the last lookups, 0 to 100; null while there were too few to say. */
  readonly hitPercent: () => number | null
}

const PRODUCTS = 8
const REMEMBERED = 40
const ENOUGH = 2 * PRODUCTS

export function createPriceCache(): PriceCache {
  const prices = new Map<number, number>()
  const recent: boolean[] = []
  let orders = 0
  const read = (product: number) => prices.set(product, 100 + product)
  return {
    lookUp() {
      const product = orders++ % PRODUCTS
      const hit = prices.has(product)
      if (!hit) read(product)
      recent.push(hit)
      if (recent.length > REMEMBERED) recent.shift()
      return hit
    },
    warm() {
      const before = prices.size
      for (let product = 0; product < PRODUCTS; product++) read(product)
      return { before, after: prices.size }
    },
    hitPercent: () =>
      recent.length < ENOUGH ? null : Math.round((100 * recent.filter(Boolean).length) / recent.length),
  }
}

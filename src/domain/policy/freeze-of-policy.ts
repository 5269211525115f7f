import type { Freeze, FreezeInForce } from './calendar.ts'

/** A freeze of the policy file with its instants. Where the clocks skip or repeat a time, it is the longer of the two. */
export const freezeOfPolicy = (
  { id, from, to, timeZone, reason }: Freeze,
  zoneOfService: string,
): FreezeInForce => {
  const zone = timeZone === 'service' ? zoneOfService : timeZone
  const instant = (local: string, disambiguation: 'earlier' | 'later') =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation }).toInstant()
  return { id, from: instant(from, 'earlier'), to: instant(to, 'later'), reason, by: null }
}

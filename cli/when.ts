/** Times as people read them. `--json` has the absolute ones. */

const units = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const

/** `just now`, `3 min ago`, `in 2 h`. */
export const relative = (instant: string, now: Temporal.Instant): string => {
  const ms = Temporal.Instant.from(instant).epochMilliseconds - now.epochMilliseconds
  const size = Math.abs(ms)
  const unit = units.find((each) => size >= each.ms)
  if (unit === undefined) return 'just now'
  const amount = `${Math.floor(size / unit.ms)} ${unit.name}`
  return ms < 0 ? `${amount} ago` : `in ${amount}`
}

/** `14:03:07`, with the date in front when it is another day; in the zone of this machine. */
export const toSecond = (instant: string, now: Temporal.Instant): string => {
  const zone = Temporal.Now.timeZoneId()
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO(zone)
  const clock = at.toPlainTime().toString({ smallestUnit: 'second' })
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  return at.toPlainDate().equals(today) ? clock : `${at.toPlainDate().toString()} ${clock}`
}

export const took = (from: string, until: string): string => {
  const ms = Temporal.Instant.from(until).epochMilliseconds - Temporal.Instant.from(from).epochMilliseconds
  if (ms < 1_000) return `${ms} ms`
  return ms < 90_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`
}

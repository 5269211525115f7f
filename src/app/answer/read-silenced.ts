import { matchersInWords, mayConcern } from '../../domain/silence.ts'
import type { SilenceFact } from '../../query/answer.ts'
import type { About } from '../../query/query.ts'
import type { Tx } from '../../storage/database.ts'
import {
  type KeptQuiet,
  keptQuiet,
  readSilences,
  type SilenceWithCount,
} from '../../storage/silence.repository.ts'
import { findScope } from './find-scope.ts'
import type { Reading } from './reading.ts'

/** What is older explains no quiet that anybody wonders about. */
const lookBack = { hours: 30 * 24 }
const mostLooked = 200
const mostTold = 10
const mostTitles = 3

/** Those that stand; of a service also those of the last 30 days, with what each has kept quiet of it. */
export const readSilenced = async (tx: Tx, about: About): Promise<Reading> => {
  const service =
    about.kind === 'everything'
      ? null
      : about.kind === 'service'
        ? about.name
        : ((await findScope(tx, about))?.incident.service ?? null)
  const all = await readSilences(tx, { standing: service === null, before: null, limit: mostLooked })
  const since = tx.now.subtract(lookBack)
  const concerning = all.filter(
    (row) =>
      (service === null || mayConcern(row.matchers, service)) &&
      Temporal.Instant.compare(row.ended_at ?? row.until_at, since) > 0,
  )
  const told = concerning.slice(0, mostTold)
  const kept = await keptQuiet(
    tx,
    told.map(({ id }) => id),
    { service, titles: mostTitles },
  )
  return {
    found: {
      subject: 'silences',
      service,
      silences: told.map((row) => factOf(row, kept.get(row.id), tx.now)),
    },
    records: told.map(({ id }) => id),
    missing: concerning.length > told.length ? `the newest ${mostTold} of ${concerning.length}` : null,
  }
}

const factOf = (row: SilenceWithCount, kept: KeptQuiet | undefined, now: Temporal.Instant): SilenceFact => ({
  id: row.id,
  kind: row.kind,
  what: matchersInWords(row.matchers),
  state:
    row.ended_at !== null || Temporal.Instant.compare(row.until_at, now) <= 0
      ? 'over'
      : Temporal.Instant.compare(row.from_at, now) > 0
        ? 'to_come'
        : 'in_force',
  from: row.from_at,
  until: row.ended_at ?? row.until_at,
  reason: row.reason,
  setBy: { id: row.set_by, name: row.set_by_name },
  alerts: kept?.alerts ?? 0,
  titles: [...new Set(kept?.titles ?? [])],
})

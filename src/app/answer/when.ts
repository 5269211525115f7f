import type { When } from '../../query/query.ts'
import { readChanges } from '../../storage/change.repository.ts'
import type { Tx } from '../../storage/database.ts'

export interface Span {
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
}

/** A question's time as a span; null is all time. */
export interface Resolved {
  readonly span: Span | null
  /** Ids of what the span rests on, such as the deploy that it begins with. */
  readonly records: readonly string[]
}

/** Null where it begins with a change and none of the service is on record. */
export const resolveWhen = async (tx: Tx, when: When): Promise<Resolved | null> => {
  switch (when.kind) {
    case 'all':
      return { span: null, records: [] }
    case 'between':
      return {
        span: { from: Temporal.Instant.from(when.from), to: Temporal.Instant.from(when.to) },
        records: [],
      }
    case 'since_change': {
      const changes = await readChanges(tx, { services: [when.service], before: null, limit: mostLooked })
      // Suture's own runs are changes too, but nobody calls them the deploy.
      const newest = changes.find(({ kind }) => kind !== 'run')
      return newest === undefined ? null : { span: { from: newest.at, to: tx.now }, records: [newest.id] }
    }
  }
}

const mostLooked = 200

export const within = (at: Temporal.Instant, span: Span | null): boolean =>
  span === null || (Temporal.Instant.compare(at, span.from) >= 0 && Temporal.Instant.compare(at, span.to) < 0)

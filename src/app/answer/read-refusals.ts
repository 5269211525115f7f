import type { Query } from '../../query/query.ts'
import { readAuditEntries } from '../../storage/audit-read.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { refusalsOf } from './history.ts'
import { noChange, type Reading } from './reading.ts'
import { resolveWhen } from './when.ts'

const mostListed = 20

/** Refusals of more than one incident, or of a time: oldest first, as they are told. */
export const readRefusedWidely = async (
  tx: Tx,
  query: Extract<Query, { subject: 'why_refused' }>,
  asker: string,
): Promise<Reading> => {
  const when = await resolveWhen(tx, query.when)
  if (when === null) return noChange(query.when)
  const { about } = query
  const rows = await readAuditEntries(
    tx,
    {
      events: ['refused'],
      actor: query.mine ? asker : undefined,
      service: about.kind === 'service' ? about.name : undefined,
      incidentId: about.kind === 'incident' ? about.id : undefined,
      from: when.span?.from,
      to: when.span?.to,
      // What others were refused outside of incidents is theirs to know.
      seenBy: asker,
    },
    null,
    mostListed + 1,
  )
  const refusals = await refusalsOf(tx, rows.slice(0, mostListed).toReversed())
  return {
    found: { subject: 'why_refused', incident: null, refusals, rejections: [], now: [] },
    records: [...when.records, ...refusals.map(({ record }) => record)],
    missing: rows.length > mostListed ? `only the ${mostListed} newest are shown` : null,
  }
}

import type { Query } from '../../query/query.ts'
import { readAuditEntries } from '../../storage/audit-read.repository.ts'
import type { Tx } from '../../storage/database.ts'
import { recordsOfRuns, runFacts } from './facts.ts'
import { findScope, runsInScope } from './find-scope.ts'
import { refusalsOf } from './history.ts'
import { noChange, type Reading, unanswerable } from './reading.ts'
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
  const id = 'id' in about ? about.id : null
  const scope = id === null ? null : await findScope(tx, about)
  if (id !== null && scope === null)
    return unanswerable(`There is no ${id} here.`, 'The console lists what there is.')
  const rows = await readAuditEntries(
    tx,
    {
      events: ['refused'],
      actor: query.mine ? asker : undefined,
      service: about.kind === 'service' ? about.name : undefined,
      incidentId: scope?.incident.id,
      subjects:
        scope === null || scope.whole
          ? undefined
          : recordsOfRuns(await runFacts(tx, await runsInScope(tx, scope))),
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

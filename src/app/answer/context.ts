import { z } from 'zod'
import type { Person } from '../../domain/person.ts'
import type { Catalogue } from '../../domain/service.ts'
import type { QuestionContext } from '../../query/parse-question.ts'
import { Query } from '../../query/query.ts'
import { peopleToName } from '../../storage/asked.repository.ts'
import { readLatestOf } from '../../storage/audit-read.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { Configuration } from '../app.ts'
import { detailsOf } from '../read/timeline.ts'

/** What a question is read with: names, the moment in the zone of whoever asks, the thread, and what was asked before. */

export interface AskedIn {
  readonly incidentId: string | null
  readonly askedBy: Person
}

/** More people are called by name in no question; those beyond are not understood rather than mistaken. */
const mostPeople = 2_000

export const questionContext = async (
  tx: Tx,
  { catalogue, playbooks, serviceOf }: Configuration,
  { incidentId, askedBy }: AskedIn,
): Promise<QuestionContext> => {
  const [people, before, incident] = await Promise.all([
    peopleToName(tx, mostPeople),
    lastQuery(tx, { incidentId, askedBy }),
    incidentId === null
      ? undefined
      : tx.db
          .selectFrom('incident')
          .select('service')
          .where('tenant_id', '=', tx.tenantId)
          .where('id', '=', incidentId)
          .executeTakeFirst(),
  ])
  const service = incident?.service ?? null
  const zone = (service === null ? undefined : serviceOf(service)?.timeZone) ?? zoneOf(catalogue)
  return {
    // Rounded up, so that what happened a moment ago lies before it.
    now: tx.now.round({ smallestUnit: 'second', roundingMode: 'ceil' }).toZonedDateTimeISO(zone),
    thread: incidentId === null ? null : { incident: incidentId, service },
    before,
    asker: askedBy.id,
    services: catalogue.services,
    people,
    playbooks: playbooks.map(({ playbook }) => ({ name: playbook.name, title: playbook.title })),
  }
}

/** The zone that all services share; UTC where they differ. A day begins there. */
export const zoneOf = ({ services }: Catalogue): string => {
  const [first] = services
  return first !== undefined && services.every(({ timeZone }) => timeZone === first.timeZone)
    ? first.timeZone
    : 'UTC'
}

/** What is asked after an hour begins anew. */
const remembered = { hours: 1 }
const mostLooked = 10

const Asked = z.object({ understood: z.boolean(), query: Query.optional() })

/** What this person asked last in this thread, or outside of any: the log has it anyway. */
const lastQuery = async (tx: Tx, { incidentId, askedBy }: AskedIn): Promise<Query | null> => {
  const rows = await readLatestOf(tx, askedBy.id, 'question_answered', {
    ...remembered,
    limit: mostLooked,
  })
  const since = tx.now.subtract(remembered)
  for (const row of rows) {
    if (row.incident_id !== incidentId || Temporal.Instant.compare(row.at, since) < 0) continue
    const asked = Asked.safeParse(detailsOf(row.bytes))
    if (asked.success && asked.data.query !== undefined) return asked.data.query
  }
  return null
}

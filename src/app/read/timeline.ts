import type { AuditValue } from '../../domain/audit.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { timelineText } from '../../message/timeline-text.ts'
import { inTenant } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'
import { incidentExists } from './incident.ts'
import { cut, type Page, type PageRequest, readSeq } from './page.ts'
import type { PersonRef } from './people.ts'

export interface TimelineEntry {
  readonly id: string
  readonly at: string
  readonly event: string
  readonly actor: PersonRef
  readonly subject: string
  readonly text: string
  readonly leafHash: string
}

export type Details = { readonly [key: string]: AuditValue }

/** The incident's audit entries, oldest first; null when there is no such incident. */
export const readTimeline = async (
  app: App,
  tenantId: string,
  incidentId: string,
  page: PageRequest,
): Promise<Page<TimelineEntry> | Rejection | null> => {
  const from = readSeq(page.after)
  if (isRejection(from)) return from
  return inTenant(app.store, tenantId, async (tx) => {
    if (!(await incidentExists(tx, incidentId))) return null
    const rows = await tx.db
      .selectFrom('audit_entry')
      .select(['seq', 'id', 'at', 'event', 'actor', 'subject', 'bytes', 'leaf_hash'])
      .where('tenant_id', '=', tx.tenantId)
      .where('incident_id', '=', incidentId)
      .where('seq', '>', from)
      .orderBy('seq')
      .limit(page.limit + 1)
      .execute()
    const entries = rows.map((row) => ({ row, details: detailsOf(row.bytes) }))
    const refOf = await namesOf(
      tx,
      entries.flatMap(({ row, details }) => [row.actor, ...approversIn(details)]),
    )
    return cut(
      entries,
      page.limit,
      (shown) =>
        shown.map(({ row, details }) => {
          const actor = refOf(row.actor)
          const text = timelineText({
            event: row.event,
            actor: actor.name,
            subject: row.subject,
            details,
            nameOf: (id) => refOf(id).name,
          })
          return {
            id: row.id,
            at: row.at.toString(),
            event: row.event,
            actor,
            subject: row.subject,
            text,
            leafHash: row.leaf_hash.toString('hex'),
          }
        }),
      ({ row }) => String(row.seq),
    )
  })
}

/**
 * The bytes are what was hashed, and the only place where the details stand. None where they are no entry of Suture's: what somebody
 * has written into the database past it must not hide the rest of the history.
 */
export const detailsOf = (bytes: Buffer): Details => {
  try {
    const { details } = JSON.parse(bytes.toString('utf8')) as { details: Details }
    return typeof details === 'object' && details !== null && !Array.isArray(details) ? details : {}
  } catch {
    return {}
  }
}

const approversIn = (details: Details): string[] => {
  const approvers = details['approvers']
  return Array.isArray(approvers) ? approvers.filter((each): each is string => typeof each === 'string') : []
}

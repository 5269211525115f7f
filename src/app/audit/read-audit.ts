import type { AuditEvent } from '../../domain/audit.ts'
import type { Caller } from '../../domain/person.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { timelineText } from '../../message/timeline-text.ts'
import { readAuditEntries } from '../../storage/audit-read.repository.ts'
import { inTenant } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'
import { badCursor, cut, type Page, type PageRequest, readTimeKey, writeTimeKey } from '../read/page.ts'
import type { PersonRef } from '../read/people.ts'
import { type Details, detailsOf } from '../read/timeline.ts'

export interface AuditView {
  readonly id: string
  /** Its number in the log; null for the moment until it is sealed. */
  readonly index: number | null
  /** ISO 8601. */
  readonly at: string
  readonly event: AuditEvent
  readonly actor: PersonRef
  readonly subject: string
  readonly incidentId: string | null
  readonly text: string
  readonly details: Details
  /** Hex. */
  readonly leafHash: string
}

export interface AuditQuestion extends PageRequest {
  readonly actor?: string | undefined
  readonly service?: string | undefined
  readonly incident?: string | undefined
  readonly events?: readonly AuditEvent[] | undefined
  readonly from?: Temporal.Instant | undefined
  readonly to?: Temporal.Instant | undefined
  /** Others read along: an admin, too, is told no more than anybody. */
  readonly amongOthers?: boolean
}

/** Scopes narrow what roles allow: the key of an admin that may only read reads as everybody does. */
export const seesAllEntries = ({ person, scopes }: Pick<Caller, 'person' | 'scopes'>): boolean =>
  person.roles.includes('admin') && scopes.includes('admin')

/**
 * Entries of the history, newest first: what is about incidents, and what one has done oneself; an admin sees all. Those that are not
 * sealed yet are among them.
 */
export const readAudit = async (
  app: Pick<App, 'store'>,
  caller: Pick<Caller, 'tenantId' | 'person' | 'scopes'>,
  { incident, after, limit, amongOthers = false, ...filter }: AuditQuestion,
): Promise<Page<AuditView> | Rejection> => {
  const key = readTimeKey(after)
  if (isRejection(key)) return key
  const seq = Number(key?.id ?? 0)
  if (!Number.isSafeInteger(seq)) return badCursor()
  const seenBy = seesAllEntries(caller) && !amongOthers ? undefined : caller.person.id
  return inTenant(
    app.store,
    caller.tenantId,
    async (tx) => {
      const rows = await readAuditEntries(
        tx,
        { ...filter, incidentId: incident, seenBy },
        key === null ? null : { at: key.at, seq },
        limit + 1,
      )
      const refOf = await namesOf(
        tx,
        rows.map((row) => row.actor),
      )
      return cut(
        rows,
        limit,
        (shown) =>
          shown.map((row) => {
            const { id, event, subject, incident_id: incidentId, index, leaf_hash: leafHash } = row
            const actor = refOf(row.actor)
            const details = detailsOf(row.bytes)
            const text = timelineText({
              event,
              actor: actor.name,
              subject,
              details,
              nameOf: (person) => refOf(person).name,
            })
            return {
              id,
              index,
              at: row.at.toString(),
              event,
              actor,
              subject,
              incidentId,
              text,
              details,
              leafHash: leafHash.toString('hex'),
            }
          }),
        (row) => writeTimeKey({ at: row.at, id: String(row.seq) }),
      )
    },
    { readOnly: true },
  )
}

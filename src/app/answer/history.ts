import type { AuditEvent } from '../../domain/audit.ts'
import type { RefusalFact } from '../../query/answer.ts'
import type { Tx } from '../../storage/database.ts'
import { namesOf } from '../../storage/people.repository.ts'
import { detailsOf } from '../read/timeline.ts'

/** Entries of the audit log about one incident, read back from the exact bytes that were stored. */

export interface HistoryEntry {
  /** `audit 3f9a0c21`: the first 8 hex digits of its leaf hash. */
  readonly record: string
  readonly at: Temporal.Instant
  readonly event: AuditEvent
  readonly actor: string
  readonly subject: string
  readonly details: Readonly<Record<string, unknown>>
}

export interface History {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[]
  /** True when there are more than were read; the newest are then missing. */
  readonly cut: boolean
}

const mostEntries = 500

export const historyOfIncident = async (
  tx: Tx,
  incidentId: string,
  events: readonly AuditEvent[],
): Promise<History> => {
  const rows = await tx.db
    .selectFrom('audit_entry')
    .select(['at', 'event', 'actor', 'subject', 'bytes', 'leaf_hash'])
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .where('event', 'in', events)
    .orderBy('seq')
    .limit(mostEntries + 1)
    .execute()
  const entries = rows.slice(0, mostEntries).map(entryOf)
  return { entries, cut: rows.length > mostEntries }
}

interface StoredEntry {
  readonly at: Temporal.Instant
  readonly event: AuditEvent
  readonly actor: string
  readonly subject: string
  readonly bytes: Buffer
  readonly leaf_hash: Buffer
}

export const entryOf = (row: StoredEntry): HistoryEntry => ({
  record: `audit ${row.leaf_hash.toString('hex').slice(0, 8)}`,
  at: row.at,
  event: row.event,
  actor: row.actor,
  subject: row.subject,
  details: detailsOf(row.bytes),
})

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

export interface RecordedRefusal extends RefusalFact {
  readonly record: string
}

export const refusalsIn = (tx: Tx, { entries }: History): Promise<RecordedRefusal[]> => told(tx, entries)

export const refusalsOf = (tx: Tx, rows: readonly StoredEntry[]): Promise<RecordedRefusal[]> =>
  told(tx, rows.map(entryOf))

const told = async (tx: Tx, entries: readonly HistoryEntry[]): Promise<RecordedRefusal[]> => {
  const refused = entries.filter((entry) => entry.event === 'refused')
  const name = await namesOf(
    tx,
    refused.map((entry) => entry.actor),
  )
  return refused.map((entry) => ({
    by: name(entry.actor),
    command: textOf(entry.details['command']),
    subject: entry.subject,
    detail: textOf(entry.details['detail']),
    at: entry.at,
    record: entry.record,
  }))
}

/** Why it was handed to a person, the last time it was. */
export const escalationIn = ({ entries }: History): HistoryEntry | null =>
  entries.findLast((entry) => entry.event === 'incident_escalated') ?? null

import type { RawBuilder } from 'kysely'
import { type AuditEntry, auditRecord } from '../domain/audit.ts'
import { cutDetails } from '../domain/cut-details.ts'
import { mostEntryBytes } from '../domain/log/tile.ts'
import { writeOfEntries } from '../storage/audit.repository.ts'
import type { Tx } from '../storage/database.ts'
import { type Change, notifyChanges } from '../storage/notify.ts'
import type { App } from './app.ts'
import { canonicalText, leafHash } from './digest.ts'

export interface EntryToWrite {
  readonly entry: AuditEntry
  readonly incidentId: string | null
}

/** Live views are told along with it. */
export const writeAudit = (
  { ids }: Pick<App, 'ids'>,
  tx: Tx,
  entries: readonly EntryToWrite[],
  changes: readonly Change[],
): RawBuilder<unknown>[] => {
  if (entries.length === 0) return notifyChanges(tx, changes)
  const at = tx.now.round({ smallestUnit: 'millisecond' }).toString()
  const rows = entries.map(({ entry, incidentId }) => {
    const id = ids.uuid()
    const bytes = bytesOf(entry, { id, tenantId: tx.tenantId, at })
    return {
      id,
      event: entry.event,
      actor: entry.actor,
      subject: entry.subject,
      incidentId,
      bytes,
      leafHash: leafHash(bytes),
    }
  })
  return [writeOfEntries(tx, at, rows, changes)]
}

/** RFC 8785 bytes, short enough for a bundle of the log: what is cut out of an entry is said in it. */
const bytesOf = (entry: AuditEntry, where: Parameters<typeof auditRecord>[1]): Buffer => {
  const write = (details: AuditEntry['details']): Buffer =>
    Buffer.from(canonicalText(auditRecord({ ...entry, details }, where)), 'utf8')
  const whole = write(entry.details)
  return whole.length <= mostEntryBytes
    ? whole
    : write(cutDetails(entry.details, (details) => write(details).length <= mostEntryBytes))
}

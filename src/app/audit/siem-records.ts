import { severities } from '../../domain/siem/classes.ts'
import {
  damagedOf,
  type LogPlace,
  type OcsfEvent,
  ocsfOf,
  type SealedRecord,
  unreadableOf,
} from '../../domain/siem/ocsf.ts'
import type { Tx } from '../../storage/database.ts'
import {
  readCheckpointBehind,
  readOrigin,
  readSealedEntries,
  type SealedEntry,
} from '../../storage/log.repository.ts'
import { readSiemCursor } from '../../storage/siem.repository.ts'
import { leafHash } from '../digest.ts'
import type { SinkRecord } from '../ports.ts'
import type { SiemFeed } from './siem-feed.ts'

/** Sealed entries as a SIEM is given them. */

const usualBatch = 250
/** Entries may have 64 KB each; receivers of webhooks take no more than about this at once. */
const mostBytes = 1024 * 1024

/** What comes next for this sink, in the order of the log; `more` where that is not all. */
export const readBatch = async (tx: Tx, feed: SiemFeed) => {
  const limit = feed.batch ?? usualBatch
  const [{ next, attempts }, origin] = await Promise.all([readSiemCursor(tx, feed.name), readOrigin(tx)])
  const entries = await readSealedEntries(tx, next, next + limit)
  const records: SinkRecord[] = []
  let bytes = 0
  for (const entry of entries) {
    const record = await recordOf(tx, origin ?? '', entry, feed)
    bytes += Buffer.byteLength(record.json)
    if (records.length > 0 && bytes > mostBytes) return { next, attempts, entries, records, more: true }
    records.push(record)
  }
  return { next, attempts, entries, records, more: entries.length >= limit }
}

/** An entry that somebody has taken out or changed is told as that, and holds nothing up. */
const recordOf = async (
  tx: Tx,
  origin: string,
  { index, leafHash: hash, bytes }: SealedEntry,
  feed: SiemFeed,
): Promise<SinkRecord> => {
  const place = { tenantId: tx.tenantId, origin, index, leafHash: hash.toString('base64') }
  if (bytes === null || !leafHash(bytes).equals(hash))
    return inPlaceOf(tx, place, 'audit_entry_damaged', (at) => damagedOf(place, at, feed.version))
  return (
    readAs(bytes, place, feed) ??
    inPlaceOf(tx, place, 'audit_entry_unreadable', (at) => unreadableOf(place, at, feed.version))
  )
}

/** Null for what is no entry of Suture's: whoever writes to the database could otherwise keep all that follows from the SIEM. */
const readAs = (bytes: Buffer, place: LogPlace, feed: SiemFeed): SinkRecord | null => {
  try {
    const record = JSON.parse(bytes.toString('utf8')) as SealedRecord
    const { id, event, actor, subject } = record
    if (![id, event, actor, subject].every((each) => typeof each === 'string')) return null
    return asSent(place, { ...record, subject: feed.clean(subject) }, ocsfOf(record, place, feed))
  } catch {
    return null
  }
}

/** Told as of when the entry was sealed. */
export const inPlaceOf = async (
  tx: Tx,
  place: LogPlace,
  event: string,
  ocsf: (at: string) => OcsfEvent,
): Promise<SinkRecord> => {
  const sealed = await readCheckpointBehind(tx, place.index)
  const at = (sealed?.at ?? tx.now).toString()
  const id = `${place.origin}#${place.index}`
  return asSent(place, { id, at, event, actor: 'person_suture', subject: id }, ocsf(at))
}

const asSent = (
  { tenantId, origin, index }: LogPlace,
  { id, at, event, actor, subject }: Omit<SinkRecord, 'tenantId' | 'origin' | 'index' | 'severity' | 'json'>,
  ocsf: OcsfEvent,
): SinkRecord => {
  const severity = ocsf['severity_id']
  return {
    id,
    tenantId,
    origin,
    index,
    at,
    event,
    actor,
    subject,
    severity: typeof severity === 'number' ? severity : severities.Informational,
    json: JSON.stringify(ocsf),
  }
}

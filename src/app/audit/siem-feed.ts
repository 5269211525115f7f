import { severities } from '../../domain/siem/classes.ts'
import {
  damagedOf,
  type LogPlace,
  type OcsfEvent,
  ocsfOf,
  type SealedRecord,
} from '../../domain/siem/ocsf.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import {
  readCheckpointBehind,
  readOrigin,
  readSealedEntries,
  type SealedEntry,
} from '../../storage/log.repository.ts'
import {
  advanceSiemCursor,
  postponeSiem,
  readSiemCursor,
  siemTenants,
} from '../../storage/siem.repository.ts'
import type { App } from '../app.ts'
import { leafHash } from '../digest.ts'
import type { AuditSink, SinkRecord } from '../ports.ts'

export interface SiemFeed {
  readonly sink: AuditSink
  /** Under which its cursors are kept. */
  readonly name: string
  readonly version: string
  /** Takes secret values out of texts. */
  readonly clean: (text: string) => string
  /** Asked before each batch. */
  readonly mayGoOn?: () => boolean
  /** Entries in one batch, at most. */
  readonly batch?: number
}

const usualBatch = 250
/** Entries may have 64 KB each; receivers of webhooks take no more than about this at once. */
const mostBytes = 1024 * 1024
/** Nobody else is served meanwhile. */
const batchesATurn = 20
const firstWaitMs = 1_000
const longestWaitMs = 300_000

/**
 * Gives the SIEM what was sealed since, tenant by tenant in the order of its log, and returns in words what went wrong. A batch is sent
 * outside of any transaction, and the cursor moves only when it has arrived: whoever dies between sends the same entries again,
 * with the same ids. Nothing else waits for this.
 */
export const feedSiem = async (app: App, feed: SiemFeed): Promise<string[]> => {
  const problems: string[] = []
  for (const tenantId of await siemTenants(app.store, feed.name))
    for (let batches = 0; batches < batchesATurn; batches += 1) {
      if (feed.mayGoOn?.() === false) return problems
      const { more, problem } = await feedBatch(app, tenantId, feed)
      if (problem !== null) problems.push(problem)
      if (!more) break
    }
  return problems
}

const feedBatch = async (
  app: App,
  tenantId: string,
  feed: SiemFeed,
): Promise<{ more: boolean; problem: string | null }> => {
  const { next, attempts, records, more } = await inTenant(app.store, tenantId, (tx) => readBatch(tx, feed), {
    readOnly: true,
  })
  if (records.length === 0) return { more: false, problem: null }
  const failed = await feed.sink(records).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  if (failed === null) {
    await app.checkpoint('siem:sent')
    await inTenant(app.store, tenantId, (tx) => advanceSiemCursor(tx, feed.name, next, next + records.length))
    return { more, problem: null }
  }
  await inTenant(app.store, tenantId, (tx) =>
    postponeSiem(tx, feed.name, {
      dueAt: tx.now.add({ milliseconds: waitAfter(attempts) }),
      attempts: attempts + 1,
      lastError: failed.slice(0, 500),
    }),
  )
  return {
    more: false,
    problem: `the SIEM of SUTURE_SIEM_URL was not given the history of ${tenantId}: ${failed}`,
  }
}

const waitAfter = (attempts: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts, 10))

const readBatch = async (tx: Tx, feed: SiemFeed) => {
  const limit = feed.batch ?? usualBatch
  const [{ next, attempts }, origin] = await Promise.all([readSiemCursor(tx, feed.name), readOrigin(tx)])
  const entries = await readSealedEntries(tx, next, next + limit)
  const records: SinkRecord[] = []
  let bytes = 0
  for (const entry of entries) {
    const record = await recordOf(tx, origin ?? '', entry, feed)
    bytes += Buffer.byteLength(record.json)
    if (records.length > 0 && bytes > mostBytes) return { next, attempts, records, more: true }
    records.push(record)
  }
  return { next, attempts, records, more: entries.length >= limit }
}

/** An entry that somebody has taken out or changed is told as that, and holds nothing up. */
const recordOf = async (
  tx: Tx,
  origin: string,
  { index, leafHash: hash, bytes }: SealedEntry,
  feed: SiemFeed,
): Promise<SinkRecord> => {
  const place = { tenantId: tx.tenantId, origin, index, leafHash: hash.toString('base64') }
  if (bytes !== null && leafHash(bytes).equals(hash)) {
    const record = JSON.parse(bytes.toString('utf8')) as SealedRecord
    return asSent(place, record, ocsfOf(record, place, feed))
  }
  const sealed = await readCheckpointBehind(tx, index)
  const at = (sealed?.at ?? tx.now).toString()
  const id = `${origin}#${index}`
  return asSent(
    place,
    { id, at, event: 'audit_entry_damaged', actor: 'person_suture', subject: id },
    damagedOf(place, at, feed.version),
  )
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

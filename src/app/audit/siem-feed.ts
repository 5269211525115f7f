import { withheldOf } from '../../domain/siem/ocsf.ts'
import { RefusedEntry } from '../../domain/siem/refused-entry.ts'
import { inTenant } from '../../storage/database.ts'
import { readOrigin, type SealedEntry } from '../../storage/log.repository.ts'
import { advanceSiemCursor, postponeSiem, siemTenants } from '../../storage/siem.repository.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import type { AuditSink, SinkRecord } from '../ports.ts'
import { inPlaceOf, readBatch } from './siem-records.ts'

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

/** Nobody else is served meanwhile. */
const batchesATurn = 20
const refusedEvent = 'siem_entry_refused'
const firstWaitMs = 1_000
const longestWaitMs = 300_000
/** A single entry that was refused as often before is passed over: after some four minutes, with the waits between. */
const refusalsOfOne = 8

/**
 * Gives the SIEM what was sealed since, tenant by tenant in the order of its log, and returns in words what went wrong. A batch is sent
 * outside of any transaction, and the cursor moves only when it has arrived: whoever dies between sends the same entries again,
 * with the same ids. An entry that the receiver refuses is looked for by halves; after some tries a placeholder goes in its
 * place, which the history says. Nothing else waits for this.
 */
export const feedSiem = async (app: App, feed: SiemFeed): Promise<string[]> => {
  const problems: string[] = []
  const faults: unknown[] = []
  for (const tenantId of await siemTenants(app.store, feed.name))
    await feedTenant(app, tenantId, feed, problems).catch((error: unknown) => faults.push(error))
  // One tenant's fault is told when the others have been served.
  if (faults.length > 0) throw faults[0]
  return problems
}

const feedTenant = async (app: App, tenantId: string, feed: SiemFeed, problems: string[]): Promise<void> => {
  for (let batches = 0; batches < batchesATurn; batches += 1) {
    if (feed.mayGoOn?.() === false) return
    const { more, problem } = await feedBatch(app, tenantId, feed)
    if (problem !== null) problems.push(problem)
    if (!more) return
  }
}

const feedBatch = async (
  app: App,
  tenantId: string,
  feed: SiemFeed,
): Promise<{ more: boolean; problem: string | null }> => {
  const { next, attempts, entries, records, more } = await inTenant(
    app.store,
    tenantId,
    (tx) => readBatch(tx, feed),
    {
      readOnly: true,
    },
  )
  if (records.length === 0) return { more: false, problem: null }
  const { taken, failed } = await give(feed, records)
  if (taken > 0) {
    await app.checkpoint('siem:sent')
    await inTenant(app.store, tenantId, (tx) => advanceSiemCursor(tx, feed.name, next, next + taken))
    return { more: more || taken < records.length, problem: null }
  }
  const passed =
    failed.refused && attempts >= refusalsOfOne
      ? await passOver(app, tenantId, feed, {
          next,
          entry: entries[0],
          isOwnWord: records[0]?.event === refusedEvent,
          why: failed.why,
        })
      : null
  if (passed !== null) return passed
  await inTenant(app.store, tenantId, (tx) =>
    postponeSiem(tx, feed.name, {
      dueAt: tx.now.add({ milliseconds: waitAfter(attempts) }),
      attempts: attempts + 1,
      lastError: failed.why.slice(0, 500),
    }),
  )
  return {
    more: false,
    problem: `the SIEM of SUTURE_SIEM_URL was not given the history of ${tenantId}: ${failed.why}`,
  }
}

interface Failed {
  readonly why: string
  /** Of one entry alone. */
  readonly refused: boolean
}

/** How many of the first ones were taken; none where the first one was not. */
const give = async (
  feed: SiemFeed,
  records: readonly SinkRecord[],
): Promise<{ taken: number; failed: Failed }> => {
  try {
    await feed.sink(records)
    return { taken: records.length, failed: { why: '', refused: false } }
  } catch (error) {
    const refused = error instanceof RefusedEntry
    if (refused && records.length > 1) return give(feed, records.slice(0, records.length >> 1))
    return { taken: 0, failed: { why: error instanceof Error ? error.message : String(error), refused } }
  }
}

/** Null where the placeholder was refused, too. */
const passOver = async (
  app: App,
  tenantId: string,
  feed: SiemFeed,
  {
    next,
    entry,
    isOwnWord,
    why,
  }: { next: number; entry: SealedEntry | undefined; isOwnWord: boolean; why: string },
): Promise<{ more: boolean; problem: string } | null> => {
  const placeholder = await inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const place = {
        tenantId,
        origin: (await readOrigin(tx)) ?? '',
        index: next,
        leafHash: entry?.leafHash.toString('base64') ?? '',
      }
      return inPlaceOf(tx, place, 'audit_entry_withheld', (at) => withheldOf(place, at, feed.version))
    },
    { readOnly: true },
  )
  const { taken } = await give(feed, [placeholder])
  if (taken === 0) return null
  await commit(app, tenantId, async (tx, out) => {
    // That such a word is refused, too, is told by the log and the placeholder: an entry more would be refused like this one, for ever.
    if (!isOwnWord)
      out.audit({
        event: refusedEvent,
        actor: 'person_suture',
        subject: placeholder.id,
        details: {
          index: next,
          leafHash: entry?.leafHash.toString('base64') ?? '',
          answer: why.slice(0, 500),
        },
      })
    await advanceSiemCursor(tx, feed.name, next, next + 1)
  })
  return {
    more: true,
    problem: `the SIEM of SUTURE_SIEM_URL refuses entry ${next} of ${tenantId} for good (${why}); a placeholder went in its place`,
  }
}

const waitAfter = (attempts: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts, 10))

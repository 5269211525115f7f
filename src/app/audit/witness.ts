import { code } from '../../domain/card.ts'
import { text } from '../../message/words.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { type LogHead, readCheckpoint, readOrigin } from '../../storage/log.repository.ts'
import { allTenants } from '../../storage/retention.repository.ts'
import {
  findWitness,
  lockWitness,
  readCheckpointBefore,
  updateWitness,
  type WitnessRow,
} from '../../storage/witness.repository.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import type { PostCheckpoint } from '../ports.ts'
import { tellChannel } from '../show/tell-channel.ts'

export interface Witnesses {
  /** Of the chats, by its name in the catalogue; null for none. */
  readonly channel: string | null
  /** At least so long between two posts in the channel. */
  readonly everyMs: number
  readonly webhook: PostCheckpoint | null
}

/** Whoever keeps checkpoints by machine takes more of them than people want to read. */
const webhookEveryMs = 10_000
/** Longer than a post may take: whoever dies in the middle is followed by the next one then. */
const leaseMs = 60_000
const firstWaitMs = 5_000
const longestWaitMs = 600_000

/**
 * Shows the newest checkpoint to whoever is to keep it, and after midnight (UTC) the last one of the day before. Returns in words
 * what went wrong; it is tried again.
 */
export const showCheckpoints = async (app: App, witnesses: Witnesses): Promise<string[]> => {
  const problems: string[] = []
  const { channel, everyMs, webhook } = witnesses
  for (const tenantId of await allTenants(app.store.db)) {
    if (channel !== null && (await isDue(app, tenantId, 'channel', everyMs)))
      await showInChannel(app, tenantId, channel, everyMs)
    if (webhook === null || !(await isDue(app, tenantId, 'webhook', webhookEveryMs))) continue
    const problem = await showToWebhook(app, tenantId, webhook)
    if (problem !== null) problems.push(problem)
  }
  return problems
}

/** Mostly there is nothing to show, and then nothing is locked. */
const isDue = (app: App, tenantId: string, witness: string, everyMs: number): Promise<boolean> =>
  inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const row = await findWitness(tx, witness)
      return row === undefined || (await dueCheckpoint(tx, row, everyMs)) !== null
    },
    { readOnly: true },
  )

/** A card like any other: its delivery is the chats' own matter from here on. */
const showInChannel = (app: App, tenantId: string, channel: string, everyMs: number): Promise<void> =>
  commit(app, tenantId, async (tx, out) => {
    const row = await lockWitness(tx, 'channel')
    const head = await dueCheckpoint(tx, row, everyMs)
    if (head === null) return
    const [origin = '', size = '', root = '', , ...signatures] = head.note.trimEnd().split('\n')
    await tellChannel(app, tx, out, channel, `checkpoint/${tenantId}/${size}`, {
      title: 'Checkpoint of the history',
      tone: 'neutral',
      text: text(
        code(origin),
        ' had ',
        code(size),
        ' entries with the root ',
        code(root),
        '. Signed: ',
        ...signatures.map((each) => code(each)),
      ),
      context: `signed ${head.at.toString({ smallestUnit: 'second' })}; suture audit verify --checkpoint compares with it`,
    })
    await updateWitness(tx, 'channel', { size: head.size, shown_at: tx.now, due_at: tx.now })
  })

/** Posted outside of any transaction, by whoever has claimed it. */
const showToWebhook = async (app: App, tenantId: string, post: PostCheckpoint): Promise<string | null> => {
  const claimed = await inTenant(app.store, tenantId, async (tx) => {
    const row = await lockWitness(tx, 'webhook')
    const head = await dueCheckpoint(tx, row, webhookEveryMs)
    if (head === null) return null
    await updateWitness(tx, 'webhook', { due_at: tx.now.add({ milliseconds: leaseMs }) })
    return { head, attempts: row.attempts, origin: (await readOrigin(tx)) ?? '' }
  })
  if (claimed === null) return null
  const { head, attempts, origin } = claimed
  const failed = await post(head.note).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  await inTenant(app.store, tenantId, (tx) =>
    updateWitness(
      tx,
      'webhook',
      failed === null
        ? { size: head.size, shown_at: tx.now, due_at: tx.now, attempts: 0, last_error: '' }
        : {
            due_at: tx.now.add({ milliseconds: waitAfter(attempts) }),
            attempts: attempts + 1,
            last_error: failed.slice(0, 500),
          },
    ),
  )
  return failed === null
    ? null
    : `the checkpoint of ${origin} could not be posted to SUTURE_AUDIT_WITNESS_URL: ${failed}`
}

const waitAfter = (attempts: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts, 10))

/** Null as long as there is nothing new, or it is not time yet. */
const dueCheckpoint = async (tx: Tx, row: WitnessRow, everyMs: number): Promise<LogHead | null> => {
  if (isAhead(tx.now, row.due_at, longestWaitMs)) return null
  if (row.shown_at !== null) {
    const midnight = tx.now.toZonedDateTimeISO('UTC').startOfDay().toInstant()
    const lastOfDay =
      Temporal.Instant.compare(row.shown_at, midnight) < 0
        ? await readCheckpointBefore(tx, midnight, row.size)
        : null
    if (lastOfDay !== null) return lastOfDay
    if (isAhead(tx.now, row.shown_at.add({ milliseconds: everyMs }), everyMs)) return null
  }
  const newest = await readCheckpoint(tx)
  return newest === null || newest.size <= row.size ? null : newest
}

/** Further ahead than anybody waits is what a clock wrote that was set back since: that is not waited for. */
const isAhead = (now: Temporal.Instant, at: Temporal.Instant, mostMs: number): boolean => {
  const aheadMs = at.epochMilliseconds - now.epochMilliseconds
  return aheadMs > 0 && aheadMs <= mostMs
}

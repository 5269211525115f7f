import { type AuditEntry, auditRecord } from '../domain/audit.ts'
import type { Effect, EffectKind } from '../domain/effect.ts'
import { appendAudit } from '../storage/audit.repository.ts'
import { inTenant, type Tx } from '../storage/database.ts'
import { notifyChanges } from '../storage/notify.ts'
import { putEffects, settleEffects } from '../storage/outbox.repository.ts'
import type { App } from './app.ts'
import { canonicalText, leafHash } from './digest.ts'

/** State, audit entries and effects in ONE transaction; the doorbell rings only after the commit. */

export const topics = [
  'incident',
  'card',
  'run',
  'approval',
  'message',
  'configuration',
  'governance',
] as const
export type Topic = (typeof topics)[number]

export interface Outbound {
  readonly audit: (entry: AuditEntry, incidentId?: string | null) => void
  readonly effect: (effect: Effect) => void
  /** Says that the work of an effect is done: its outbox row goes with this commit. */
  readonly settle: (kind: EffectKind, key: string) => void
  /** Tells live views that something has changed. */
  readonly changed: (topic: Topic, id: string) => void
}

interface Collected {
  audit: { entry: AuditEntry; incidentId: string | null }[]
  effects: Effect[]
  settled: { kind: EffectKind; key: string }[]
  changes: [Topic, string][]
}

/** What a commit needs of the App. */
export type Committer = Pick<App, 'store' | 'ids' | 'limits' | 'bell' | 'checkpoint'>

export const commit = async <T>(
  app: Committer,
  tenantId: string,
  work: (tx: Tx, out: Outbound) => Promise<T>,
): Promise<T> => {
  const collected: Collected = { audit: [], effects: [], settled: [], changes: [] }
  const out: Outbound = {
    audit: (entry, incidentId = null) => collected.audit.push({ entry, incidentId }),
    effect: (effect) => collected.effects.push(effect),
    settle: (kind, key) => collected.settled.push({ kind, key }),
    changed: (topic, id) => collected.changes.push([topic, id]),
  }
  const { result, now } = await inTenant(app.store, tenantId, async (tx) => {
    const result = await work(tx, out)
    await writeAudit(app, tx, collected)
    await writeOutbox(app, tx, collected)
    await notifyChanges(tx, collected.changes)
    await app.checkpoint(`committing:${nameOf(collected)}`)
    return { result, now: tx.now }
  })
  await app.checkpoint(`committed:${nameOf(collected)}`)
  const due = collected.effects.filter(
    (effect) => effect.dueAt === undefined || Temporal.Instant.compare(effect.dueAt, now) <= 0,
  )
  if (due.length > 0) app.bell.ring(due.map(({ kind, key }) => ({ tenantId, kind, key, ring: 0 })))
  return result
}

/** Names a commit by what it audits, for the tests that end the process around it. */
const nameOf = ({ audit }: Collected): string => audit.map(({ entry }) => entry.event).join('+')

const writeAudit = async (app: Committer, tx: Tx, { audit }: Collected): Promise<void> => {
  if (audit.length === 0) return
  const at = tx.now.round({ smallestUnit: 'millisecond' }).toString()
  await appendAudit(
    tx,
    at,
    audit.map(({ entry, incidentId }) => {
      const id = app.ids.uuid()
      const bytes = Buffer.from(canonicalText(auditRecord(entry, { id, tenantId: tx.tenantId, at })), 'utf8')
      return {
        id,
        event: entry.event,
        actor: entry.actor,
        subject: entry.subject,
        incidentId,
        bytes,
        leafHash: leafHash(bytes),
      }
    }),
  )
}

const writeOutbox = async (app: Committer, tx: Tx, { effects, settled }: Collected): Promise<void> => {
  await settleEffects(tx, settled)
  // An effect that is rung now becomes due for the sweeper only later: by then its job has run, or the ring was lost.
  const later = tx.now.add({ milliseconds: app.limits.ringAgainMs })
  const dueAt = (at: Temporal.Instant | undefined) =>
    at !== undefined && Temporal.Instant.compare(at, tx.now) > 0 ? at : later
  const last = new Map(effects.map((effect) => [`${effect.kind} ${effect.key}`, effect]))
  // In one order: two runs that end at once both ring for everything that waits.
  const inOrder = [...last].sort(([one], [other]) => (one < other ? -1 : 1))
  await putEffects(
    tx,
    inOrder.map(([, effect]) => ({ kind: effect.kind, key: effect.key, dueAt: dueAt(effect.dueAt) })),
  )
}

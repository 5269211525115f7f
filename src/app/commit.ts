import type { RawBuilder } from 'kysely'
import type { AuditEntry } from '../domain/audit.ts'
import type { Effect, EffectKind } from '../domain/effect.ts'
import { type CardToPut, writesOfCards } from '../storage/card.repository.ts'
import { inTenant, type TenantOptions, type Tx } from '../storage/database.ts'
import { writesOfEffects, writesOfSettled } from '../storage/outbox.repository.ts'
import type { LastStatement } from '../storage/transact.ts'
import type { App } from './app.ts'
import { writeAudit } from './write-audit.ts'

/** State, audit entries and effects in ONE transaction; the doorbell rings only after the commit. */

export const topics = [
  'incident',
  'card',
  'run',
  'approval',
  'message',
  'configuration',
  'governance',
  'person',
  'self_test',
] as const
export type Topic = (typeof topics)[number]

export interface Outbound {
  readonly audit: (entry: AuditEntry, incidentId?: string | null) => void
  readonly effect: (effect: Effect) => void
  /** Says that the work of an effect is done: its outbox row goes with this commit. */
  readonly settle: (kind: EffectKind, key: string) => void
  /** Writes of this commit that nothing waits for: they go out together with its own last ones. */
  readonly along: (writing: Promise<unknown>) => void
  /** Sent with the commit itself: of a row that everybody writes, so that nobody waits for the rest of this transaction. */
  readonly last: (write: RawBuilder<unknown>) => void
  /** Cards as they stand at the end of this commit: each is written once, as it was drawn last, and all of them together. */
  readonly cards: (cards: readonly CardToPut[]) => void
  /** These were written meanwhile: what was drawn of them before is out of date. */
  readonly redrawn: (cards: readonly CardToPut[]) => void
  /** Tells live views that something has changed. */
  readonly changed: (topic: Topic, id: string) => void
}

interface Collected {
  audit: { entry: AuditEntry; incidentId: string | null }[]
  effects: Effect[]
  settled: { kind: EffectKind; key: string }[]
  changes: [Topic, string][]
  along: Promise<unknown>[]
  last: RawBuilder<unknown>[]
  cards: Map<string, CardToPut>
}

/** What a commit needs of the App. */
export type Committer = Pick<App, 'store' | 'ids' | 'limits' | 'bell' | 'checkpoint' | 'chats'>

export const commit = async <T>(
  app: Committer,
  tenantId: string,
  work: (tx: Tx, out: Outbound) => Promise<T>,
  options: Pick<TenantOptions, 'eager' | 'keyed'> = {},
): Promise<T> => {
  const collected: Collected = {
    audit: [],
    effects: [],
    settled: [],
    changes: [],
    along: [],
    last: [],
    cards: new Map(),
  }
  const out: Outbound = {
    audit: (entry, incidentId = null) => collected.audit.push({ entry, incidentId }),
    effect: (effect) => collected.effects.push(effect),
    settle: (kind, key) => collected.settled.push({ kind, key }),
    along: (writing) => {
      // Should the work throw first, its error is the one that counts.
      writing.catch(() => undefined)
      collected.along.push(writing)
    },
    last: (write) => collected.last.push(write),
    cards: (cards) => {
      for (const card of cards) collected.cards.set(card.id, card)
    },
    redrawn: (cards) => {
      for (const { id } of cards) collected.cards.delete(id)
    },
    changed: (topic, id) => collected.changes.push([topic, id]),
  }
  let last: readonly LastStatement[] = []
  const writing = async (tx: Tx) => {
    const result = await work(tx, out)
    await Promise.all(collected.along)
    await app.checkpoint(`committing:${nameOf(collected)}`)
    last = [
      ...writesOfCards(tx, [...collected.cards.values()], app.chats),
      ...writeAudit(app, tx, collected.audit, collected.changes),
      ...writeOutbox(app, tx, collected),
      ...collected.last,
    ].map((statement) => statement.compile(tx.db))
    return { result, now: tx.now }
  }
  const { result, now } = await inTenant(app.store, tenantId, writing, { ...options, last: () => last })
  await app.checkpoint(`committed:${nameOf(collected)}`)
  const due = collected.effects.filter(
    (effect) => effect.dueAt === undefined || Temporal.Instant.compare(effect.dueAt, now) <= 0,
  )
  if (due.length > 0) app.bell.ring(due.map(({ kind, key }) => ({ tenantId, kind, key, ring: 0 })))
  return result
}

/** Names a commit by what it audits, for the tests that end the process around it. */
const nameOf = ({ audit }: Collected): string => audit.map(({ entry }) => entry.event).join('+')

const writeOutbox = (app: Committer, tx: Tx, { effects, settled }: Collected): RawBuilder<unknown>[] => {
  // An effect that is rung now becomes due for the sweeper only later: by then its job has run, or the ring was lost.
  const later = tx.now.add({ milliseconds: app.limits.ringAgainMs })
  const dueAt = (at: Temporal.Instant | undefined) =>
    at !== undefined && Temporal.Instant.compare(at, tx.now) > 0 ? at : later
  const last = new Map(effects.map((effect) => [`${effect.kind} ${effect.key}`, effect]))
  // In one order: two runs that end at once both ring for everything that waits.
  const inOrder = [...last].sort(([one], [other]) => (one < other ? -1 : 1))
  return [
    ...writesOfSettled(tx, settled),
    ...writesOfEffects(
      tx,
      inOrder.map(([, effect]) => ({ kind: effect.kind, key: effect.key, dueAt: dueAt(effect.dueAt) })),
    ),
  ]
}

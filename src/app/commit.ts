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

type Work<T> = (tx: Tx, out: Outbound) => Promise<T>

export const commit = async <T>(
  app: Committer,
  tenantId: string,
  work: Work<T>,
  options: Pick<TenantOptions, 'eager' | 'keyed' | 'volatile'> = {},
): Promise<T> => {
  try {
    const [done] = await commitTogether(app, tenantId, [work], options)
    if (done === undefined) throw new Error('a commit has lost what came of it')
    return done.result
  } catch (error) {
    throw error instanceof NotCommitted ? error.cause : error
  }
}

/** Why, is its cause: nothing of it was sent to be committed. After any other error of a commit nobody may know. */
export class NotCommitted extends Error {}

/**
 * Several in one transaction, all or none of them, with what they write at their ends written together: what they found, in
 * their order. Their statements are carried out in turns, so none may write what another reads.
 * @throws NotCommitted when nothing of it can have been committed.
 */
export const commitTogether = async <T>(
  app: Committer,
  tenantId: string,
  works: readonly Work<T>[],
  options: Pick<TenantOptions, 'eager' | 'keyed' | 'lockTimeoutMs'> = {},
): Promise<{ readonly result: T }[]> => {
  const parts = works.map((work) => ({ work, ...collecting() }))
  let last: readonly LastStatement[] | null = null
  const writing = async (tx: Tx) => {
    const results = await allOf(
      parts.map(async ({ work, out, collected }) => {
        const result = await work(tx, out)
        await Promise.all(collected.along)
        return { result }
      }),
    )
    await passBy(app, 'committing', parts)
    const all = merged(parts.map(({ collected }) => collected))
    last = [
      ...writesOfCards(tx, [...all.cards.values()], app.chats),
      ...writeAudit(app, tx, all.audit, all.changes),
      ...writeOutbox(app, tx, all),
      ...all.last,
    ].map((statement) => statement.compile(tx.db))
    return { results, effects: all.effects, now: tx.now }
  }
  const { results, effects, now } = await inTenant(app.store, tenantId, writing, {
    ...options,
    last: () => last ?? [],
  }).catch((cause: unknown) => {
    throw last === null ? new NotCommitted('a commit was given up', { cause }) : cause
  })
  await passBy(app, 'committed', parts)
  const due = effects.filter(
    (effect) => effect.dueAt === undefined || Temporal.Instant.compare(effect.dueAt, now) <= 0,
  )
  if (due.length > 0) app.bell.ring(due.map(({ kind, key }) => ({ tenantId, kind, key, ring: 0 })))
  return results
}

const collecting = (): { readonly collected: Collected; readonly out: Outbound } => {
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
  return { collected, out }
}

/** None goes on in a transaction that another one's error has ended; so all are awaited, whatever becomes of them. */
const allOf = async <T>(working: readonly Promise<T>[]): Promise<T[]> => {
  const ended = await Promise.allSettled(working)
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value
  })
}

const merged = (all: readonly Collected[]): Collected => ({
  audit: all.flatMap(({ audit }) => audit),
  effects: all.flatMap(({ effects }) => effects),
  settled: all.flatMap(({ settled }) => settled),
  changes: all.flatMap(({ changes }) => changes),
  along: [],
  last: all.flatMap(({ last }) => last),
  cards: new Map(all.flatMap(({ cards }) => [...cards])),
})

const passBy = async (
  { checkpoint }: Committer,
  when: 'committing' | 'committed',
  parts: readonly { readonly collected: Collected }[],
): Promise<void> => {
  await Promise.all(
    parts.map(({ collected }) => checkpoint(`${when}:${nameOf(collected)}`, () => aboutOf(collected))),
  )
}

/** Names a commit by what it audits, for the tests that end the process around it. */
const nameOf = ({ audit }: Collected): string => audit.map(({ entry }) => entry.event).join('+')

const aboutOf = ({ audit, effects, settled, changes }: Collected): string[] => [
  ...audit.map(({ entry }) => entry.subject),
  ...[...effects, ...settled].map(({ key }) => key),
  ...changes.map(([, id]) => id),
]

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

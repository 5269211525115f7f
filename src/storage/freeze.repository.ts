import type { Selectable } from 'kysely'
import type { FreezeInForce } from '../domain/policy/calendar.ts'
import type { Tx } from './database.ts'
import type { FreezeTable } from './freeze.table.ts'
import { distinct, gathering } from './gathering.ts'

export type FreezeRow = Selectable<FreezeTable>

/** What a freeze may be about. */
export interface FrozenThing {
  readonly service: string
  readonly owner: string | null
  readonly playbook: string
}

/** More than these at once nobody has set on purpose; those that last longest are told. */
const mostInForce = 100

/** Those of people that hold for it and are not over, with the names of who set them. */
export const freezesOf = gathering<FrozenThing, FreezeInForce[]>(async (tx, all) => {
  const most = mostInForce * all.length
  const rows = await freezesOfAny(tx, all, most)
  // One thing with very many must not hide those of another.
  const each =
    all.length === 1 || rows.length < most
      ? all.map((about) => rows.filter((row) => isAbout(row, about)).slice(0, mostInForce))
      : await Promise.all(all.map((about) => freezesOfAny(tx, [about], mostInForce)))
  return each.map((some) =>
    some.map((row) => ({
      id: row.id,
      // Set while this transaction waited for a lock, it is newer than the transaction's clock, and holds all the same.
      from: Temporal.Instant.compare(row.begins_at, tx.now) > 0 ? tx.now : row.begins_at,
      to: row.ends_at,
      reason: row.reason,
      by: row.setter,
    })),
  )
})

const freezesOfAny = (tx: Tx, all: readonly FrozenThing[], most: number) =>
  unlifted(tx)
    .where((eb) =>
      eb.or([
        eb.and([eb('services', 'is', null), eb('playbooks', 'is', null), eb('owners', 'is', null)]),
        eb('services', '&&', eb.val(distinct(all.map(({ service }) => service)))),
        eb('playbooks', '&&', eb.val(distinct(all.map(({ playbook }) => playbook)))),
        eb('owners', '&&', eb.val(distinct(all.flatMap(({ owner }) => (owner === null ? [] : [owner]))))),
      ]),
    )
    .orderBy('ends_at', 'desc')
    .limit(most)
    .execute()

const isAbout = (
  { services, playbooks, owners }: Pick<FreezeRow, 'services' | 'playbooks' | 'owners'>,
  about: FrozenThing,
): boolean =>
  (services === null && playbooks === null && owners === null) ||
  services?.includes(about.service) === true ||
  playbooks?.includes(about.playbook) === true ||
  (about.owner !== null && owners?.includes(about.owner) === true)

/** Those that were neither lifted nor are over, the soonest to end first. */
export const freezesInForce = (tx: Tx) => unlifted(tx).orderBy('ends_at').orderBy('id').limit(200).execute()

export type FreezeWithSetter = Awaited<ReturnType<typeof freezesInForce>>[number]

const unlifted = (tx: Tx) =>
  ofPeople(tx).where('freeze.ended_at', 'is', null).where('freeze.ends_at', '>', tx.now)

const ofPeople = (tx: Tx) =>
  tx.db
    .selectFrom('freeze')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'freeze.tenant_id').onRef('person.id', '=', 'freeze.set_by'),
    )
    .selectAll('freeze')
    .select('person.name as setter')
    .where('freeze.tenant_id', '=', tx.tenantId)

/**
 * The one by the same person that says the same, and ends within a minute of it: `2h` said twice is no new end. It is in
 * force, or was set after `since`, whatever became of it.
 */
export const sameFreeze = (
  tx: Tx,
  asked: Pick<FreezeRow, 'services' | 'playbooks' | 'owners' | 'reason'> & {
    readonly until: Temporal.Instant
    readonly setBy: string
    readonly since: Temporal.Instant | null
  },
) =>
  (asked.since === null ? unlifted(tx) : ofPeople(tx).where('freeze.created_at', '>', asked.since))
    .where('freeze.set_by', '=', asked.setBy)
    .where('freeze.reason', '=', asked.reason)
    .where((eb) => eb('freeze.services', 'is not distinct from', eb.val(asked.services)))
    .where((eb) => eb('freeze.playbooks', 'is not distinct from', eb.val(asked.playbooks)))
    .where((eb) => eb('freeze.owners', 'is not distinct from', eb.val(asked.owners)))
    .where('freeze.ends_at', '>', asked.until.subtract({ minutes: 1 }))
    .where('freeze.ends_at', '<', asked.until.add({ minutes: 1 }))
    .orderBy('freeze.id')
    .executeTakeFirst()

export const lockFreeze = (tx: Tx, id: string): Promise<FreezeRow | undefined> =>
  tx.db
    .selectFrom('freeze')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** `by` is null where its time came. */
export const endFreeze = (
  tx: Tx,
  id: string,
  { at, by }: { readonly at: Temporal.Instant; readonly by: string | null },
): Promise<unknown> =>
  tx.db
    .updateTable('freeze')
    .set({ ended_by: by, ended_at: at })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .execute()

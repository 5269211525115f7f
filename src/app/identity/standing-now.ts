import { hasRole, type Role } from '../../domain/person.ts'
import { type Approver, type GroupRoles, type Standing, standingOf } from '../../domain/standing.ts'
import type { Tx } from '../../storage/database.ts'
import { distinct, gathering } from '../../storage/gathering.ts'
import { peopleWithGroups, type StoredGroup, steadsOfRun } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'
import { asPerson } from './find-person.ts'

/**
 * Somebody as they stand now, whatever they came with: whether they are disabled, and which roles count. Undefined when
 * there is no such person. The row is held to the end of this transaction: whoever changes it waits and sees what was
 * written, or came first and is seen here.
 */
export const standingNow = async (app: App, tx: Tx, personId: string): Promise<Standing | undefined> => {
  const row = await peopleWithGroups(tx).where('person.id', '=', personId).forShare().executeTakeFirst()
  return row === undefined ? undefined : asStanding(app, tx, row)
}

/** The same of several, held in order of their ids: two who do something to one another wait, and not for each other. */
export const standingsNow = async (
  app: App,
  tx: Tx,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, Standing>> => {
  const rows = await peopleWithGroups(tx)
    .where('person.id', 'in', [...personIds])
    .orderBy('person.id')
    .forShare()
    .execute()
  return new Map(rows.map((row) => [row.id, asStanding(app, tx, row)]))
}

/** Everybody enabled whose role admin is written down, whether it counts now or not; locked, in order of id. */
export const lockAdmins = async (app: App, tx: Tx): Promise<Standing[]> => {
  const rows = await peopleWithGroups(tx)
    .where('person.disabled_at', 'is', null)
    .where((eb) => eb(eb.val('admin'), '=', eb.fn.any('person.roles')))
    .orderBy('person.id')
    .forNoKeyUpdate()
    .execute()
  return rows.map((row) => asStanding(app, tx, row))
}

export const isAdminNow = ({ person, disabled }: Standing): boolean => !disabled && hasRole(person, 'admin')

/** Those who approved this run, each as they stand now, and so whoever they did it for. */
export const approversOfRun = async (app: App, tx: Tx, runId: string): Promise<Approver[]> => {
  const [steads, rows] = await Promise.all([steadsOfRun(tx, runId), approverRows(tx, runId)])
  // Hardly anybody is away.
  const away = steads.length === 0 ? [] : await peopleOf(tx, distinct(steads.map(({ of }) => of)))
  const standings = new Map(away.map((row) => [row.id, asStanding(app, tx, row)]))
  const inSteadOf = new Map(steads.map(({ by, of }) => [by, standings.get(of)]))
  return rows.map((row) => ({ ...asStanding(app, tx, row), inSteadOf: inSteadOf.get(row.id) ?? null }))
}

const peopleOf = (tx: Tx, ids: readonly string[]) =>
  peopleWithGroups(tx)
    .where((eb) => eb('person.id', '=', eb.fn.any(eb.val([...ids]))))
    .orderBy('person.id')
    .execute()

const approverRows = gathering<string, Row[]>(async (tx, runIds) => {
  const rows = await peopleWithGroups(tx)
    .innerJoin('permit', (join) =>
      join
        .onRef('permit.tenant_id', '=', 'person.tenant_id')
        .on((eb) => eb('person.id', '=', eb.fn.any('permit.approver_ids'))),
    )
    .select('permit.run_id')
    .where((eb) => eb('permit.run_id', '=', eb.fn.any(eb.val([...runIds]))))
    .orderBy('person.id')
    .execute()
  return runIds.map((id) => rows.filter((row) => row.run_id === id))
})

/** Who has delegated to somebody and is away now, each as they stand; held to the end of this transaction. */
export const steadsNow = async (app: App, tx: Tx, delegateId: string): Promise<Standing[]> => {
  const rows = await peopleWithGroups(tx)
    .where('person.disabled_at', 'is', null)
    .where('person.kind', '=', 'human')
    .where('person.id', 'in', (away) =>
      away
        .selectFrom('delegation')
        .select('delegation.person_id')
        .where('delegation.tenant_id', '=', tx.tenantId)
        .where('delegation.delegate_id', '=', delegateId)
        .where('delegation.ended_at', 'is', null)
        .where('delegation.from_at', '<=', tx.now)
        .where('delegation.until_at', '>', tx.now),
    )
    .orderBy('person.id')
    .forShare('person')
    .execute()
  return rows.map((row) => asStanding(app, tx, row))
}

/** Those who voted on these requests, and those for whom they did, each as they stand now. */
export const votersOf = async (
  app: App,
  tx: Tx,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, Standing>> => {
  const rows = await peopleWithGroups(tx)
    .where((eb) => {
      const voted = eb
        .selectFrom('approval_decision')
        .where('tenant_id', '=', tx.tenantId)
        .where('request_id', 'in', [...requestIds])
      return eb.or([
        eb('person.id', 'in', voted.select('person_id')),
        eb('person.id', 'in', voted.select('for_person_id')),
      ])
    })
    .execute()
  return new Map(rows.map((row) => [row.id, asStanding(app, tx, row)]))
}

/**
 * Enabled people who have one of these roles written down, or are one of these; at most so many, by name, and those of
 * `first` before the others. Which of their roles count now, their standing says.
 */
export const peopleAmong = async (
  app: App,
  tx: Tx,
  { roles, ids }: { readonly roles: readonly Role[]; readonly ids: readonly string[] },
  most: number,
  first: readonly string[] = [],
): Promise<Standing[]> => {
  const rows = await peopleWithGroups(tx)
    .where('person.disabled_at', 'is', null)
    .where('person.kind', '=', 'human')
    .where((eb) =>
      eb.or([
        eb(eb.val([...roles]), '&&', eb.ref('person.roles')),
        eb('person.id', '=', eb.fn.any(eb.val([...ids]))),
      ]),
    )
    .orderBy((eb) => eb('person.id', '=', eb.fn.any(eb.val([...first]))), 'desc')
    .orderBy('person.name')
    .orderBy('person.id')
    .limit(most)
    .execute()
  return rows.map((row) => asStanding(app, tx, row))
}

type Row = Awaited<ReturnType<ReturnType<typeof peopleWithGroups>['executeTakeFirstOrThrow']>>

const asStanding = ({ limits }: App, tx: Tx, row: Row): Standing =>
  standingOf(
    asPerson(row),
    row.disabled_at !== null,
    row.came_by === null ? null : (row.groups ?? []).map(asGroup),
    tx.now,
    limits.groupRolesMaxAgeMs,
  )

const asGroup = ({ roles, seen_at }: StoredGroup): GroupRoles => ({
  roles,
  seenAt: seen_at === null ? null : Temporal.Instant.from(seen_at),
})

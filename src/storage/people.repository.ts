import { sql } from 'kysely'
import { type Role, sutureItself } from '../domain/person.ts'
import type { Tx } from './database.ts'
import { gathering } from './gathering.ts'

/** Names of everybody mentioned, in one query. An id that is no person, such as `source:grafana`, keeps itself as name. */
export const namesOf = async (
  tx: Tx,
  ids: Iterable<string>,
): Promise<(id: string) => { readonly id: string; readonly name: string }> => {
  const wanted = [...new Set(ids)]
  const rows =
    wanted.length === 0
      ? []
      : await tx.db
          .selectFrom('person')
          .select(['id', 'name'])
          .where('tenant_id', '=', tx.tenantId)
          .where('id', 'in', wanted)
          .execute()
  const names = new Map(rows.map((row) => [row.id, row.name]))
  return (id) => ({ id, name: names.get(id) ?? nameOfOther(id) })
}

/** Humans who are not disabled and have one of these ids, or one of these names in whatever case; by name. */
export const enabledPeople = (
  tx: Tx,
  { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] },
): Promise<{ id: string; name: string }[]> =>
  tx.db
    .selectFrom('person')
    .select(['id', 'name'])
    .where('tenant_id', '=', tx.tenantId)
    .where('disabled_at', 'is', null)
    .where('kind', '=', 'human')
    .where((eb) =>
      eb.or([
        eb('id', '=', eb.fn.any(eb.val([...ids]))),
        eb(eb.fn<string>('lower', ['name']), '=', eb.fn.any(eb.val(names.map((name) => name.toLowerCase())))),
      ]),
    )
    .orderBy('name')
    .orderBy('id')
    .execute()

export interface PeopleBehind {
  readonly approverIds: readonly string[]
  readonly name: (id: string) => { readonly id: string; readonly name: string }
}

/** Who approved a run, and the names of all who stand behind it. */
export const peopleBehind = gathering<string, PeopleBehind>(async (tx, runIds) => {
  const { rows } = await sql<{
    runId: string
    approverIds: string[] | null
    names: Record<string, string> | null
  }>`
    select run.id as "runId", permit.approver_ids as "approverIds", (select json_object_agg(person.id, person.name) from person
      where person.tenant_id = ${tx.tenantId} and person.id = any(permit.approver_ids || run.requester_id)) as names
    from run join permit on permit.tenant_id = run.tenant_id and permit.run_id = run.id
    where run.tenant_id = ${tx.tenantId} and run.id = any(${[...runIds]}::text[])`.execute(tx.db)
  return runIds.map((runId) => {
    const behind = rows.find((row) => row.runId === runId)
    const names = new Map(Object.entries(behind?.names ?? {}))
    return {
      approverIds: behind?.approverIds ?? [],
      name: (id) => ({ id, name: names.get(id) ?? nameOfOther(id) }),
    }
  })
})

const nameOfOther = (id: string): string => {
  if (id === sutureItself) return 'Suture'
  if (!id.startsWith('source:')) return id
  const source = id.slice('source:'.length)
  return source.charAt(0).toUpperCase() + source.slice(1)
}

export interface StoredGroup {
  readonly roles: readonly Role[]
  /** ISO 8601. */
  readonly seen_at: string | null
}

/**
 * One statement, since somebody waits for it. A person whose row was changed while this waited for it is read anew and
 * their accounts are not; so both have a say: a role counts that the person has and that an account gave.
 */
export const peopleWithGroups = (tx: Tx) =>
  tx.db
    .selectFrom('person')
    .select([
      'person.id',
      'person.name',
      'person.kind',
      'person.roles',
      'person.came_by',
      'person.disabled_at',
    ])
    .select(
      sql<readonly StoredGroup[] | null>`(
        select json_agg(json_build_object('roles', i.roles, 'seen_at', i.roles_seen_at)) from identity i
        where i.tenant_id = person.tenant_id and i.person_id = person.id and i.unlinked_at is null
      )`.as('groups'),
    )
    .where('person.tenant_id', '=', tx.tenantId)

/**
 * Who voted for a run, and in whose stead. Run by run and request by request: from tables that are young PostgreSQL would else read
 * every request for every vote.
 */
export const steadsOfRun = gathering<string, { readonly by: string; readonly of: string }[]>(
  async (tx, runIds) => {
    const { rows } = await sql<{ run: string; by: string; of: string }>`
      select wanted.run_id as run, vote.person_id as by, vote.for_person_id as of
      from unnest(${[...runIds]}::text[]) as wanted (run_id)
      cross join lateral (select id from approval_request
        where tenant_id = ${tx.tenantId} and approval_request.run_id = wanted.run_id offset 0) as asked
      cross join lateral (select person_id, for_person_id from approval_decision
        where tenant_id = ${tx.tenantId} and request_id = asked.id and for_person_id is not null offset 0) as vote`.execute(
      tx.db,
    )
    return runIds.map((id) => rows.filter((row) => row.run === id))
  },
)

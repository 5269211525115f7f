import { sql } from 'kysely'
import { type Role, sutureItself } from '../domain/person.ts'
import type { Tx } from './database.ts'

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
export const peopleBehind = async (
  tx: Tx,
  run: { readonly id: string; readonly requester_id: string },
): Promise<PeopleBehind> => {
  const { rows } = await sql<{ approverIds: string[] | null; names: Record<string, string> | null }>`
    select permit.approver_ids as "approverIds", (select json_object_agg(person.id, person.name) from person
      where person.tenant_id = ${tx.tenantId} and person.id = any(permit.approver_ids || ${run.requester_id}::text)) as names
    from permit where permit.tenant_id = ${tx.tenantId} and permit.run_id = ${run.id}`.execute(tx.db)
  const [behind] = rows
  const names = new Map(Object.entries(behind?.names ?? {}))
  return {
    approverIds: behind?.approverIds ?? [],
    name: (id) => ({ id, name: names.get(id) ?? nameOfOther(id) }),
  }
}

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

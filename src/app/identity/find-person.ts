import type { Selectable } from 'kysely'
import type { Person } from '../../domain/person.ts'
import type { Tx } from '../../storage/database.ts'
import type { PersonTable } from '../../storage/identity.table.ts'

export const asPerson = (row: Pick<Selectable<PersonTable>, 'id' | 'name' | 'kind' | 'roles'>): Person => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  roles: row.roles,
})

/** Undefined when there is no such person, or when they were disabled. */
export const findPerson = async (tx: Tx, id: string): Promise<Person | undefined> => {
  const row = await tx.db
    .selectFrom('person')
    .select(['id', 'name', 'kind', 'roles'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? undefined : asPerson(row)
}

import type { Tx } from './database.ts'

/** Names of people by id; an unknown id stands for itself. */
export const namesOf = async (
  tx: Tx,
  ids: readonly string[],
): Promise<(id: string) => { id: string; name: string }> => {
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
  return (id) => ({ id, name: names.get(id) ?? (id === 'person_suture' ? 'Suture' : id) })
}

import { sutureItself } from '../domain/person.ts'
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

const nameOfOther = (id: string): string => {
  if (id === sutureItself) return 'Suture'
  if (!id.startsWith('source:')) return id
  const source = id.slice('source:'.length)
  return source.charAt(0).toUpperCase() + source.slice(1)
}

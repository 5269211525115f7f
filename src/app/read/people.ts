import { type Person, sutureItself } from '../../domain/person.ts'
import type { Tx } from '../../storage/database.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { asPerson } from '../identity/find-person.ts'
import { cut, type Page, type PageRequest } from './page.ts'

export interface PersonRef {
  readonly id: string
  readonly name: string
}

/** Names of everybody mentioned, in one query. An id that is no person, such as `source:grafana`, keeps itself as name. */
export const namesOf = async (tx: Tx, ids: Iterable<string>): Promise<(id: string) => PersonRef> => {
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

/** In order of id; people who were disabled are left out. */
export const listPeople = (
  app: App,
  tenantId: string,
  page: PageRequest,
): Promise<Page<Person & { roles: Person['roles'] }>> =>
  inTenant(app.store, tenantId, async (tx) => {
    const rows = await tx.db
      .selectFrom('person')
      .select(['id', 'name', 'kind', 'roles'])
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '>', page.after ?? '')
      .where('disabled_at', 'is', null)
      .orderBy('id')
      .limit(page.limit + 1)
      .execute()
    return cut(
      rows,
      page.limit,
      (shown) => shown.map(asPerson),
      (row) => row.id,
    )
  })

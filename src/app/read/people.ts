import type { Person } from '../../domain/person.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { asPerson } from '../identity/find-person.ts'
import { cut, type Page, type PageRequest } from './page.ts'

export interface PersonRef {
  readonly id: string
  readonly name: string
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

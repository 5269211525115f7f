import type { Person, Role } from '../../domain/person.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { asPerson } from '../identity/find-person.ts'
import { cut, type Page, type PageRequest } from './page.ts'

export interface PersonRef {
  readonly id: string
  readonly name: string
}

export interface PersonRecord extends Omit<Person, 'roles'> {
  readonly roles: Role[]
  /** Whether an admin gave the roles, or groups of the chats they came by do. */
  readonly rolesFrom: 'granted' | 'groups'
  /** ISO 8601; null for whoever may act. */
  readonly disabledAt: string | null
}

export type PeopleState = 'enabled' | 'disabled' | 'all'

/** In order of id. */
export const listPeople = (
  app: App,
  tenantId: string,
  { state = 'enabled', ...page }: PageRequest & { readonly state?: PeopleState },
): Promise<Page<PersonRecord>> =>
  inTenant(app.store, tenantId, async (tx) => {
    const rows = await tx.db
      .selectFrom('person')
      .select(['id', 'name', 'kind', 'roles', 'came_by', 'disabled_at'])
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '>', page.after ?? '')
      .$if(state === 'enabled', (query) => query.where('disabled_at', 'is', null))
      .$if(state === 'disabled', (query) => query.where('disabled_at', 'is not', null))
      .orderBy('id')
      .limit(page.limit + 1)
      .execute()
    return cut(
      rows,
      page.limit,
      (shown) => shown.map(asRecord),
      (row) => row.id,
    )
  })

export const asRecord = (
  row: Parameters<typeof asPerson>[0] & {
    readonly came_by: string | null
    readonly disabled_at: Temporal.Instant | null
  },
): PersonRecord => ({
  ...asPerson(row),
  roles: [...row.roles],
  rolesFrom: row.came_by === null ? 'granted' : 'groups',
  disabledAt: row.disabled_at?.toString() ?? null,
})

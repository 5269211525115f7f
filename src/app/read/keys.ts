import { type Caller, hasRole } from '../../domain/person.ts'
import type { Rejection } from '../../domain/rejection.ts'
import { isRejection } from '../../domain/rejection.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { asRecord, type KeyRecord } from '../identity/keys.ts'
import { cut, type Page, type PageRequest, readTimeKey, writeTimeKey } from './page.ts'

/** One's own keys, or for an admin everybody's; newest first. Revoked ones stay listed: they are history. */
export const listKeys = (
  app: App,
  caller: Caller,
  page: PageRequest,
): Promise<Page<KeyRecord> | Rejection> => {
  const from = readTimeKey(page.after)
  if (isRejection(from)) return Promise.resolve(from)
  const everybody = hasRole(caller.person, 'admin') && caller.scopes.includes('admin')
  return inTenant(app.store, caller.tenantId, async (tx) => {
    let query = tx.db
      .selectFrom('api_key')
      .innerJoin('person', (join) =>
        join.onRef('person.tenant_id', '=', 'api_key.tenant_id').onRef('person.id', '=', 'api_key.person_id'),
      )
      .select([
        'api_key.tenant_id',
        'api_key.id',
        'api_key.person_id',
        'api_key.name',
        'api_key.scopes',
        'api_key.created_at',
        'api_key.expires_at',
        'api_key.revoked_at',
        'api_key.last_used_at',
        'person.name as person_name',
      ])
      .where('api_key.tenant_id', '=', tx.tenantId)
    if (!everybody) query = query.where('api_key.person_id', '=', caller.person.id)
    if (from !== null)
      query = query.where((eb) =>
        eb(eb.refTuple('api_key.created_at', 'api_key.id'), '<', eb.tuple(from.at, from.id)),
      )
    const rows = await query
      .orderBy('api_key.created_at', 'desc')
      .orderBy('api_key.id', 'desc')
      .limit(page.limit + 1)
      .execute()
    return cut(
      rows,
      page.limit,
      (shown) => shown.map((row) => asRecord(row, row.person_name)),
      (row) => writeTimeKey({ at: row.created_at, id: row.id }),
    )
  })
}

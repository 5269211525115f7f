import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'

/** The newest outcomes, of one service (by name or alias) or of all; `limit` is 1 to 500. */
export const listOutcomes = async (
  { store, configuration }: Pick<App, 'store' | 'configuration'>,
  tenantId: string,
  { service: label, limit }: { readonly service?: string | undefined; readonly limit: number },
) => {
  const service =
    label === undefined ? undefined : ((await configuration.of(tenantId)).serviceOf(label)?.name ?? label)
  return inTenant(
    store,
    tenantId,
    (tx) =>
      tx.db
        .selectFrom('learning_outcome')
        .selectAll()
        .where('tenant_id', '=', tx.tenantId)
        .$if(service !== undefined, (query) => query.where('service', '=', service ?? ''))
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    { readOnly: true },
  )
}

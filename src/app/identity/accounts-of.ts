import type { Tx } from '../../storage/database.ts'

/** The accounts that are linked to a person now, in one order. */
export const accountsOf = (tx: Tx, personId: string) =>
  tx.db
    .selectFrom('identity')
    .select(['provider', 'external_id'])
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', personId)
    .where('unlinked_at', 'is', null)
    .orderBy('provider')
    .orderBy('external_id')
    .execute()

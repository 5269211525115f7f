import type { Selectable } from 'kysely'
import type { Tx } from './database.ts'
import type { DelegationTable } from './delegation.table.ts'
import type { PersonTable } from './identity.table.ts'

export type DelegationRow = Selectable<DelegationTable>

const standing = (tx: Tx) =>
  tx.db
    .selectFrom('delegation')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('ended_at', 'is', null)
    .where('until_at', '>', tx.now)

/** Those that hold now or will, the soonest to end first. */
export const delegationsStanding = (tx: Tx, limit: number): Promise<DelegationRow[]> =>
  standing(tx).orderBy('until_at').orderBy('id').limit(limit).execute()

/**
 * Those that hold now in which somebody or whoever asked for a request has a part. Held to the end of this transaction:
 * whoever ends one waits.
 */
export const delegationsAround = (tx: Tx, personId: string, requestId: string): Promise<DelegationRow[]> =>
  standing(tx)
    .where('from_at', '<=', tx.now)
    .where((eb) => {
      const requester = eb
        .selectFrom('approval_request')
        .select('requester_id')
        .where('approval_request.tenant_id', '=', tx.tenantId)
        .where('approval_request.id', '=', requestId)
      return eb.or([
        eb('person_id', '=', personId),
        eb('delegate_id', '=', personId),
        eb('person_id', '=', requester),
        eb('delegate_id', '=', requester),
      ])
    })
    .orderBy('id')
    .forShare()
    .execute()

/** What somebody has delegated and has not ended; locked. */
export const lockDelegationsOf = (tx: Tx, personId: string): Promise<DelegationRow[]> =>
  standing(tx).where('person_id', '=', personId).orderBy('id').forUpdate().execute()

export const lockDelegation = (tx: Tx, id: string): Promise<DelegationRow | undefined> =>
  tx.db
    .selectFrom('delegation')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const endDelegationRow = (tx: Tx, id: string): Promise<unknown> =>
  tx.db
    .updateTable('delegation')
    .set({ ended_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .execute()

/** Whether somebody stands in for somebody at this moment. */
export const standsInNow = async (tx: Tx, personId: string): Promise<boolean> =>
  (await standing(tx)
    .where('from_at', '<=', tx.now)
    .where('delegate_id', '=', personId)
    .limit(1)
    .executeTakeFirst()) !== undefined

/** Who has delegated to somebody and is away at this moment, with the roles that are written down: to show, not to decide by. */
export const awayFor = (
  tx: Tx,
  delegateId: string,
): Promise<Pick<Selectable<PersonTable>, 'id' | 'name' | 'roles'>[]> =>
  tx.db
    .selectFrom('person')
    .select(['id', 'name', 'roles'])
    .where('tenant_id', '=', tx.tenantId)
    .where('disabled_at', 'is', null)
    .where(
      'id',
      'in',
      standing(tx)
        .clearSelect()
        .select('person_id')
        .where('from_at', '<=', tx.now)
        .where('delegate_id', '=', delegateId),
    )
    .orderBy('id')
    .execute()

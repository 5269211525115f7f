import type { Caller, Person } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'

/**
 * Who was enabled when they came may be disabled, or turn out to be the same human as another, before their vote is written.
 * The row is held to the end of this transaction: whoever changes it waits and sees the vote, or came first and is seen here.
 */
export const refuseDisabled = async (tx: Tx, { person }: Caller): Promise<Rejection | null> => {
  const row = await tx.db
    .selectFrom('person')
    .select('disabled_at')
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', person.id)
    .forShare()
    .executeTakeFirst()
  return row === undefined || row.disabled_at === null ? null : disabledRefusal(person)
}

export const disabledRefusal = ({ name }: Person): Rejection =>
  reject('forbidden', `${name} is disabled and may do nothing.`, 'Ask an admin.')

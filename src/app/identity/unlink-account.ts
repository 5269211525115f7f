import type { Caller } from '../../domain/person.ts'
import type { Rejection } from '../../domain/rejection.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { type LinkedAccount, takeOffAccount } from './take-off-account.ts'

/** One's own account, off oneself. */
export const unlinkAccount = (
  app: App,
  caller: Caller,
  account: LinkedAccount,
): Promise<{ personId: string } | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const { person } = caller
    // Held like a vote is: what this person is about to do is seen, or waits.
    const row = await tx.db
      .selectFrom('person')
      .select('came_by')
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', person.id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const refusal = await takeOffAccount(tx, out, {
      person,
      cameByChat: row.came_by !== null,
      account,
      actor: person.id,
    })
    return refusal === null
      ? { personId: person.id }
      : refused(out, { actor: person.id, subject: person.id, command: 'unlink' }, refusal)
  })

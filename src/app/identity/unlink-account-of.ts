import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { type AccountRecord, accountRecords } from '../read/accounts.ts'
import { refuseWithout } from './refuse-without.ts'
import { standingNow } from './standing-now.ts'
import { type LinkedAccount, takeOffAccount } from './take-off-account.ts'

/**
 * An admin takes an account off somebody, such as one that was linked by mistake or is in the wrong hands. Nobody gains a
 * vote by it: the account opens nothing until somebody links it with a code. Answers with the accounts that are left.
 */
export const unlinkAccountOf = (
  app: App,
  caller: Caller,
  personId: string,
  account: LinkedAccount,
): Promise<AccountRecord[] | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: personId, command: 'unlink' }
    const rows = await lockBoth(tx, [caller.person.id, personId])
    const forbidden = await refuseOther(app, tx, caller)
    if (forbidden !== null) return refused(out, about, forbidden)
    const row = rows.find((each) => each.id === personId)
    if (row === undefined)
      return reject('not_found', `There is no person ${personId}.`, 'List people to see their ids.')
    const refusal = await takeOffAccount(tx, out, {
      person: row,
      cameByChat: row.came_by !== null,
      account,
      actor: caller.person.id,
    })
    return refusal === null ? accountRecords(app, tx, personId) : refused(out, about, refusal)
  })

/** In order of id: two admins who do it to one another at once wait, and not for each other. */
const lockBoth = (tx: Tx, ids: readonly string[]) =>
  tx.db
    .selectFrom('person')
    .select(['id', 'name', 'came_by'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forUpdate()
    .execute()

const refuseOther = async (app: App, tx: Tx, { person }: Caller): Promise<Rejection | null> =>
  refuseWithout(
    app,
    person,
    await standingNow(app, tx, person.id),
    ['admin'],
    reject(
      'forbidden',
      `${person.name} may not take accounts off other people.`,
      'Ask someone with the role admin.',
    ),
  )

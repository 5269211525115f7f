import { type Caller, hasRole } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import {
  type DelegationRow,
  endDelegationRow,
  lockDelegation,
  lockDelegationsOf,
} from '../../storage/delegation.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { standingNow } from '../identity/standing-now.ts'
import { disabledRefusal } from '../identity/still-enabled.ts'
import { asViews, type DelegationView } from './list-delegations.ts'

/** Whoever was away is back before the time. What was voted for them meanwhile stays as it was. */
export const endDelegation = (app: App, caller: Caller, id: string): Promise<DelegationView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: id, command: 'back' }
    const [row, standing] = await Promise.all([
      lockDelegation(tx, id),
      standingNow(app, tx, caller.person.id),
    ])
    if (standing === undefined || standing.disabled)
      return refused(out, about, disabledRefusal(caller.person))
    if (row === undefined)
      return reject('not_found', `There is no delegation ${id}.`, '/heal away lists those that hold.')
    if (row.person_id !== caller.person.id && !hasRole(standing.person, 'admin'))
      return refused(
        out,
        about,
        reject(
          'forbidden',
          `${caller.person.name} may end only what they have delegated themselves.`,
          'Ask whoever is away, or an admin.',
        ),
      )
    if (row.ended_at !== null || Temporal.Instant.compare(row.until_at, tx.now) <= 0)
      return refused(out, about, reject('already_decided', `${id} is over already.`, 'Nothing to do.'))
    return end(tx, out, row, caller)
  })

/** Ends all that the caller has delegated; none is no mistake. */
export const comeBack = (app: App, caller: Caller): Promise<DelegationView[]> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const ended: DelegationView[] = []
    for (const row of await lockDelegationsOf(tx, caller.person.id))
      ended.push(await end(tx, out, row, caller))
    return ended
  })

const end = async (
  tx: Tx,
  out: Outbound,
  row: DelegationRow,
  { person, via }: Caller,
): Promise<DelegationView> => {
  await endDelegationRow(tx, row.id)
  out.audit({
    event: 'delegation_ended',
    actor: person.id,
    subject: row.id,
    details: { person: row.person_id, delegate: row.delegate_id, until: row.until_at.toString(), via },
  })
  out.changed('person', row.person_id)
  const [view] = await asViews(tx, [row])
  if (view === undefined) throw new Error(`${row.id} has no people`)
  return view
}

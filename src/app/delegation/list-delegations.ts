import type { Caller, Role } from '../../domain/person.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { awayFor, type DelegationRow, delegationsStanding } from '../../storage/delegation.repository.ts'
import { namesOf } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'

export interface DelegationView {
  /** Such as `away-7`. */
  readonly id: string
  readonly person: { readonly id: string; readonly name: string }
  readonly delegate: { readonly id: string; readonly name: string }
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  /** It holds at this moment. */
  readonly holds: boolean
}

const most = 200

/** Those that hold now or will, the soonest to end first. */
export const listDelegations = (app: App, tenantId: string): Promise<DelegationView[]> =>
  inTenant(app.store, tenantId, async (tx) => asViews(tx, await delegationsStanding(tx, most)))

export const asViews = async (tx: Tx, rows: readonly DelegationRow[]): Promise<DelegationView[]> => {
  const name = await namesOf(
    tx,
    rows.flatMap((row) => [row.person_id, row.delegate_id]),
  )
  return rows.map((row) => ({
    id: row.id,
    person: name(row.person_id),
    delegate: name(row.delegate_id),
    from: row.from_at,
    until: row.until_at,
    holds: Temporal.Instant.compare(row.from_at, tx.now) <= 0,
  }))
}

export interface AwayFor {
  readonly id: string
  readonly name: string
  readonly roles: Role[]
}

/** For whom somebody votes at this moment. */
export const listAwayFor = (app: App, { tenantId, person }: Caller): Promise<AwayFor[]> =>
  inTenant(app.store, tenantId, (tx) => awayFor(tx, person.id), { readOnly: true })

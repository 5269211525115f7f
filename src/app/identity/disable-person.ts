import { type Caller, hasRole, type Person } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { Standing } from '../../domain/standing.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { asRecord, type PersonRecord } from '../read/people.ts'
import { asPerson } from './find-person.ts'
import { refuseWithout } from './refuse-without.ts'
import { isAdminNow, lockAdmins } from './standing-now.ts'

/**
 * From this commit on nothing that the person holds opens anything: keys and sessions are asked for their person each
 * time, and sessions end for good. Enabled again, the keys that were not revoked work again. Doing either twice is no error.
 */
export const disablePerson = (
  app: App,
  caller: Caller,
  personId: string,
): Promise<PersonRecord | Rejection> => setDisabled(app, caller, personId, true)

export const enablePerson = (app: App, caller: Caller, personId: string): Promise<PersonRecord | Rejection> =>
  setDisabled(app, caller, personId, false)

const shown = ['id', 'name', 'kind', 'roles', 'came_by', 'disabled_at'] as const

const setDisabled = (
  app: App,
  caller: Caller,
  personId: string,
  disabled: boolean,
): Promise<PersonRecord | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const command = disabled ? 'disable_person' : 'enable_person'
    const about = { actor: caller.person.id, subject: personId, command }
    // Of two admins who disable one another at once, the second finds that they are none any more.
    const admins = await lockAdmins(app, tx)
    const forbidden = refuseOther(app, caller, admins, disabled)
    if (forbidden !== null) return refused(out, about, forbidden)
    const row = await lockPerson(tx, personId)
    if (row === undefined)
      return reject('not_found', `There is no person ${personId}.`, 'List people to see their ids.')
    if ((row.disabled_at !== null) === disabled) return asRecord(row)
    const refusal = disabled ? refuse(caller, asPerson(row), admins.filter(isAdminNow)) : null
    if (isRejection(refusal)) return refused(out, about, refusal)
    // As it is stored, so that the second answer is the same as the first.
    const changed = await tx.db
      .updateTable('person')
      .set({ disabled_at: disabled ? tx.now : null })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', personId)
      .returning(shown)
      .executeTakeFirstOrThrow()
    if (disabled) await endSessions(tx, personId)
    out.audit({ event: 'person_changed', actor: caller.person.id, subject: personId, details: { disabled } })
    out.changed('person', personId)
    return asRecord(changed)
  })

const refuseOther = (
  app: App,
  { person }: Caller,
  admins: readonly Standing[],
  disabled: boolean,
): Rejection | null => {
  const standing = admins.find((admin) => admin.person.id === person.id)
  const otherwise = reject(
    'forbidden',
    `${person.name} may not ${disabled ? 'disable' : 'enable'} people.`,
    'Ask someone with the role admin.',
  )
  return standing === undefined ? otherwise : refuseWithout(app, person, standing, ['admin'], otherwise)
}

const refuse = (caller: Caller, person: Person, admins: readonly Standing[]): Rejection | null => {
  if (person.id === caller.person.id)
    return reject(
      'conflict',
      'Nobody disables themselves: it could not be undone by whoever did it.',
      'Ask another admin.',
    )
  const isLast =
    person.kind === 'human' &&
    !admins.some((each) => each.person.kind === 'human' && each.person.id !== person.id)
  if (hasRole(person, 'admin') && isLast)
    return reject(
      'conflict',
      `${person.name} is the last person with the role admin; without one nobody could be enabled again.`,
      'Add another admin first.',
    )
  return null
}

const lockPerson = (tx: Tx, id: string) =>
  tx.db
    .selectFrom('person')
    .select(shown)
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()

const endSessions = async (tx: Tx, personId: string): Promise<void> => {
  await tx.db
    .deleteFrom('session')
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', personId)
    .execute()
}

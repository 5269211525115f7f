import type { Caller, Person, PersonKind, Role } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { refuseWithout } from './refuse-without.ts'
import { standingNow } from './standing-now.ts'

export interface NewPerson {
  readonly id: string
  readonly name: string
  readonly kind: PersonKind
  readonly roles: readonly Role[]
}

export const createPerson = (app: App, caller: Caller, input: NewPerson): Promise<Person | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: input.id, command: 'create_person' }
    const refusal = refuseWithout(
      app,
      caller.person,
      await standingNow(app, tx, caller.person.id),
      ['admin'],
      reject('forbidden', `${caller.person.name} may not add people.`, 'Ask someone with the role admin.'),
    )
    if (refusal !== null) return refused(out, about, refusal)
    const person = await insertPerson(tx, out, caller.person.id, input)
    return person ?? reject('conflict', `There is already a person ${input.id}.`, 'Choose another id.')
  })

/** Null when the id is taken; then nothing was changed. */
export const insertPerson = async (
  tx: Tx,
  out: Outbound,
  actor: string,
  input: NewPerson,
): Promise<Person | null> => {
  const roles = [...new Set(input.roles)]
  const { id, name, kind } = input
  const row = await tx.db
    .insertInto('person')
    .values({ tenant_id: tx.tenantId, id, name, kind, roles, created_at: tx.now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return null
  out.audit({ event: 'person_created', actor, subject: id, details: { name, kind, roles } })
  return { id, name, kind, roles }
}

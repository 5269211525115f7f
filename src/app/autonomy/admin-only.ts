import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'

/** Null for an admin, by what is true now, whose key or session may act as one. `what` completes `may not …`. */
export const refuseUnlessAdmin = async (
  app: App,
  tx: Tx,
  { person, scopes }: Caller,
  what: string,
): Promise<Rejection | null> => {
  const refusal = refuseWithout(
    app,
    person,
    await standingNow(app, tx, person.id),
    ['admin'],
    reject('forbidden', `${person.name} may not ${what}.`, 'Ask someone with the role admin.'),
  )
  if (refusal !== null || scopes.includes('admin')) return refusal
  return reject(
    'forbidden',
    'This key or session lacks the scope admin.',
    'Use a key that has it, or ask somebody else.',
  )
}

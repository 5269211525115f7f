import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'

/** Null for whoever may set and lift freezes now, and whose key or session may act at all. */
export const refuseFreezing = async (
  app: App,
  tx: Tx,
  { person, scopes }: Caller,
): Promise<Rejection | null> => {
  const refusal = refuseWithout(
    app,
    person,
    await standingNow(app, tx, person.id),
    ['override', 'admin'],
    reject(
      'forbidden',
      `${person.name} may neither set nor lift a freeze.`,
      'Ask someone with the role admin or override.',
    ),
  )
  if (refusal !== null || scopes.includes('respond')) return refusal
  return reject(
    'forbidden',
    'This key or session lacks the scope respond.',
    'Use a key that has it, or ask somebody else.',
  )
}

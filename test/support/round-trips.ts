import pg from 'pg'

export interface RoundTrips {
  readonly statements: number
  /** How often somebody waited for PostgreSQL before the next could be sent. */
  readonly trips: number
}

type Query = (this: pg.Client, ...given: unknown[]) => Promise<unknown>

const send = Reflect.get(pg.Client.prototype, 'query') as Query
const open = new WeakMap<pg.Client, number>()
let seen = { statements: 0, trips: 0 }

const counted: Query = function (...given) {
  const waiting = open.get(this) ?? 0
  seen = { statements: seen.statements + 1, trips: seen.trips + (waiting === 0 ? 1 : 0) }
  open.set(this, waiting + 1)
  const answered = (): void => {
    open.set(this, (open.get(this) ?? 1) - 1)
  }
  const asking = send.apply(this, given)
  asking.then(answered, answered)
  return asking
}
// Here and not later: a pool keeps the way to ask of each of its connections.
Reflect.set(pg.Client.prototype, 'query', counted)

/** Counts what the connections of this process send while `work` is done; nothing else may be under way. */
export const countRoundTrips = async (work: () => Promise<unknown>): Promise<RoundTrips> => {
  seen = { statements: 0, trips: 0 }
  await work()
  return seen
}

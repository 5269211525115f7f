import {
  type CompiledQuery,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely'
import type { Database } from './database.ts'

/** What a transaction begins with. */
export interface FirstStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** A statement as it is sent; nobody reads its answer. */
export type LastStatement = Pick<CompiledQuery, 'sql' | 'parameters'>

interface Answer {
  readonly rows: readonly unknown[]
}

/** `first` is the answer to the statement that the transaction begins with; what `work` asks at once goes out with it. */
export type Transact = <T>(
  work: (db: Kysely<Database>, first: Promise<Answer>) => Promise<T>,
  options: TransactOptions,
) => Promise<T>

export interface TransactOptions {
  readonly first: FirstStatement
  /** Asked when the work is done: they go out together with the commit, a round trip less. One that fails rolls all of it back. */
  readonly last?: () => readonly LastStatement[]
  /** Nothing was written: the result is there as soon as the work is done, and the transaction ends behind it. */
  readonly readOnly?: boolean
}

interface Bound {
  readonly db: Kysely<Database>
  /** The first answer, until it is there. */
  first: Promise<Answer> | null
  /** An error has ended it: what was begun beside the statement that failed must not write into the transaction that comes next. */
  over: boolean
}

/**
 * Of a transaction that an error has ended already, a commit makes a rollback and says so in its tag alone: the error that counts
 * is the statement's, and comes first.
 */
const end = async (client: PostgresPoolClient, last: readonly LastStatement[]): Promise<void> => {
  const sent = [...last, { sql: 'commit', parameters: [] }].map(({ sql, parameters }) =>
    client.query<unknown>(sql, parameters),
  )
  const answers = await Promise.all(sent)
  const tag = answers.at(-1)?.command
  if (tag !== 'COMMIT') throw new Error(`a transaction was to be committed; PostgreSQL answered ${tag}`)
}

/**
 * Transactions whose statements need not wait for each other: what is started together (`Promise.all`) goes to PostgreSQL
 * in that order in one round trip. Kysely's own transactions send a statement only after the answer to the one before.
 */
export const openTransact = (pool: PostgresPool): Transact => {
  const known = new WeakMap<PostgresPoolClient, Bound>()
  const boundTo = (client: PostgresPoolClient): Bound => {
    const before = known.get(client)
    if (before !== undefined) return before
    const kept = Object.create(client) as PostgresPoolClient
    // Its place in the pool is given back by the transaction, not by each of its statements.
    kept.release = () => undefined
    const db = new Kysely<Database>({
      dialect: new PostgresDialect({
        pool: { connect: async () => kept, end: async () => undefined } as PostgresPool,
      }),
    })
    const bound: Bound = { db, first: null, over: false }
    // Whoever reads an answer may rely on the first one having been read.
    kept.query = (async (text: string, values: readonly unknown[]) => {
      if (bound.over) throw new Error(`a transaction is over; nothing more is sent for it: ${text}`)
      const answer = client.query(text, values)
      return bound.first === null ? answer : (await Promise.all([answer, bound.first]))[0]
    }) as PostgresPoolClient['query']
    known.set(client, bound)
    return bound
  }
  return async (work, { first: { text, values }, last = () => [], readOnly = false }) => {
    const client = await pool.connect()
    // A connection that is gone has rolled back by itself; the error that counts is the first.
    const rollBack = () => client.query('rollback', []).catch(() => undefined)
    let result: Awaited<ReturnType<typeof work>>
    try {
      await client.query(readOnly ? 'begin read only' : 'begin', [])
      const bound = boundTo(client)
      const first = client.query<unknown>(text, values)
      bound.first = first
      const told = (): void => {
        bound.first = null
      }
      first.then(told, told)
      result = await work(bound.db, first)
      if (!readOnly) await end(client, last())
    } catch (error) {
      const bound = known.get(client)
      if (bound !== undefined) bound.over = true
      known.delete(client)
      await rollBack()
      client.release()
      throw error
    }
    if (readOnly) void rollBack().finally(() => client.release())
    else client.release()
    return result
  }
}

import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'

/** How values cross between PostgreSQL and the program: `timestamptz` <-> Temporal.Instant, `bigint` -> number. */

const { builtins } = pg.types

/** Parsers of our own pool only: other users of `pg` in the process (the queue) keep the library's. */
export const typeParsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): Parser => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary') as unknown as Parser
    const known = textParsers.get(oid)
    if (known !== undefined) return known
    const parser = textParser(oid)
    textParsers.set(oid, parser)
    return parser
  },
} as pg.CustomTypesConfig

type Parser = (value: string) => unknown

/** Asked for each column of each answer. */
const textParsers = new Map<number, Parser>()

const textParser = (oid: number): Parser => {
  if (oid === builtins.TIMESTAMPTZ) return (value) => Temporal.Instant.from(value)
  // Counts and sequence numbers stay far below 2^53.
  if (oid === builtins.INT8) return Number
  if (oid === builtins.NUMERIC) return Number
  if (oid === builtins.DATE) return String
  return pg.types.getTypeParser(oid, 'text') as Parser
}

export const encodeParameter = (value: unknown): unknown =>
  value instanceof Temporal.Instant ? value.toString() : value

/** As many different statements are kept prepared on a connection; Suture has about half as many. */
const maxPrepared = 400
const namesOfStatements = new Map<string, string>()

/**
 * A statement that has a name is parsed and planned once a connection: with row-level security that is most of the work of
 * a short one. Texts that are built anew each time would fill the server's memory, hence the limit.
 */
const nameOf = (text: string): string | undefined => {
  const known = namesOfStatements.get(text)
  if (known !== undefined || namesOfStatements.size >= maxPrepared) return known
  const name = `s${namesOfStatements.size}`
  namesOfStatements.set(text, name)
  return name
}

type Query = (config: { text: string; values?: unknown[]; name?: string }) => Promise<unknown>

/** 0A000 for a prepared statement: a migration has changed its columns, and only a new connection can prepare it anew. */
const isOutdated = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '0A000' && error.message.includes('cached plan')

/** Kysely's queries as `pg` should send them: Instants as timestamps, statements prepared, `begin` not waited for. */
const queryOf = (
  query: Query,
  onOutdated: () => void,
): ((text: string, parameters?: readonly unknown[]) => Promise<unknown>) => {
  let begun: Promise<unknown> | null = null
  return async (text, parameters = []) => {
    if (text.startsWith('begin')) {
      // Sent ahead of the first statement in the same round trip; that statement answers for its failure.
      // With a name it is sent as a prepared statement is, and so in one piece with what comes next.
      begun = query({ text, name: text })
      begun.catch(() => undefined)
      return { command: 'BEGIN', rowCount: null, rows: [] }
    }
    const waitsFor = begun
    begun = null
    const name = parameters.length === 0 && text !== 'commit' ? undefined : nameOf(text)
    const answer = query({
      text,
      values: parameters.map(encodeParameter),
      ...(name === undefined ? {} : { name }),
    })
    try {
      return waitsFor === null ? await answer : (await Promise.all([answer, waitsFor]))[0]
    } catch (error) {
      if (isOutdated(error)) onOutdated()
      throw error
    }
  }
}

export const encodeParameters = (pool: pg.Pool): PostgresPool => {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  const wrap = (client: pg.PoolClient): PostgresPoolClient => {
    const made = Object.create(client) as PostgresPoolClient
    let outdated = false
    made.query = queryOf(client.query.bind(client) as unknown as Query, () => {
      outdated = true
    }) as PostgresPoolClient['query']
    made.release = () => client.release(outdated)
    return made
  }
  return {
    connect: async () => {
      const client = await pool.connect()
      const known = wrapped.get(client) ?? wrap(client)
      wrapped.set(client, known)
      return known
    },
    end: () => pool.end(),
    options: pool.options,
  }
}

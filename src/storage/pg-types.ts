import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg from 'pg'

/** How values cross between PostgreSQL and the program: `timestamptz` <-> Temporal.Instant, `bigint` -> number. */

const { builtins } = pg.types

/** Parsers of our own pool only: other users of `pg` in the process (the queue) keep the library's. */
export const typeParsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((value: string) => unknown) => {
    if (format === 'binary')
      return pg.types.getTypeParser(oid, 'binary') as unknown as (value: string) => unknown
    if (oid === builtins.TIMESTAMPTZ) return (value) => Temporal.Instant.from(value)
    // Counts and sequence numbers stay far below 2^53.
    if (oid === builtins.INT8) return Number
    if (oid === builtins.NUMERIC) return Number
    if (oid === builtins.DATE) return String
    return pg.types.getTypeParser(oid, 'text') as (value: string) => unknown
  },
} as pg.CustomTypesConfig

export const encodeParameter = (value: unknown): unknown =>
  value instanceof Temporal.Instant ? value.toString() : value

/** `pg` would write an Instant as a quoted JSON string; this writes it as a timestamp. */
export const encodeParameters = (pool: pg.Pool): PostgresPool => ({
  connect: async () => {
    const client = await pool.connect()
    const wrapped = Object.create(client) as PostgresPoolClient
    const query = client.query.bind(client) as (sql: unknown, parameters?: readonly unknown[]) => unknown
    wrapped.query = ((text: unknown, parameters?: readonly unknown[]) =>
      query(text, parameters?.map(encodeParameter))) as PostgresPoolClient['query']
    wrapped.release = client.release.bind(client)
    return wrapped
  },
  end: () => pool.end(),
  options: pool.options,
})

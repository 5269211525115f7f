import type { ColumnType, Generated } from 'kysely'

/** `timestamptz(3)`, read and written as an Instant. */
export type At = ColumnType<Temporal.Instant, Temporal.Instant, Temporal.Instant>
export type MaybeAt = ColumnType<
  Temporal.Instant | null,
  Temporal.Instant | null | undefined,
  Temporal.Instant | null
>
/** `timestamptz(3)` with a default in the database. */
export type GeneratedAt = ColumnType<Temporal.Instant, Temporal.Instant | undefined, never>
/** `jsonb`: read as a value, written as text that was made by JSON.stringify. */
export type Json<T> = ColumnType<T, string, string>
export type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>
/** A text key with a readable default from a sequence, such as `run-7`. */
export type Numbered = Generated<string>

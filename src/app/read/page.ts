import { type Rejection, reject } from '../../domain/rejection.ts'

/** Pages by key: each goes on where the last ended, however much was written in between, and costs the same at any depth. */
export interface Page<T> {
  readonly items: T[]
  /** Pass as `after` to go on; null at the end. */
  readonly next: string | null
}

export interface PageRequest {
  readonly after?: string | undefined
  /** 1 to 200. */
  readonly limit: number
}

/** Where a list ordered by time and id stands. */
export interface TimeKey {
  readonly at: Temporal.Instant
  readonly id: string
}

const encode = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

const decode = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

const yearTenThousand = 253_402_300_800_000

export const badCursor = (): Rejection =>
  reject(
    'invalid',
    'after is not the `next` of a page of this list.',
    'Leave `after` out to begin at the start, then pass `next` on unchanged.',
    { facts: { field: 'after' } },
  )

/** Null at the start of the list; a Rejection when the text is none of ours. */
export const readTimeKey = (after: string | undefined): TimeKey | null | Rejection => {
  if (after === undefined) return null
  const parts = decode(after)
  if (!Array.isArray(parts) || parts.length !== 2) return badCursor()
  const [ms, id] = parts as unknown[]
  if (
    typeof ms !== 'number' ||
    !Number.isSafeInteger(ms) ||
    // Beyond, times are written in a form that PostgreSQL does not read.
    ms < 0 ||
    ms >= yearTenThousand ||
    typeof id !== 'string' ||
    id.includes('\0') ||
    !id.isWellFormed()
  )
    return badCursor()
  return { at: Temporal.Instant.fromEpochMilliseconds(ms), id }
}

export const writeTimeKey = (key: TimeKey): string => encode([key.at.epochMilliseconds, key.id])

/** A whole number as a cursor: sequence numbers say where they stand by themselves. */
export const readSeq = (after: string | undefined): number | Rejection => {
  if (after === undefined) return 0
  return /^\d{1,15}$/.test(after) ? Number(after) : badCursor()
}

/** Rows were asked for with one more than the limit: that one only tells whether there is a next page. */
export const cut = <Row, T>(
  rows: readonly Row[],
  limit: number,
  view: (rows: readonly Row[]) => T[],
  key: (row: Row) => string,
): Page<T> => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: view(shown), next: rows.length > limit && last !== undefined ? key(last) : null }
}

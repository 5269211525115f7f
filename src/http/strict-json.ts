/**
 * JSON as Suture accepts it from outside: JSON.parse, minus what two readers could understand in two ways (duplicate
 * names, names that reach an object's prototype, numbers beyond a double) and what cannot be stored. Good input costs
 * one pass over the bytes before JSON.parse and one over the result after it; places are looked up only on failure.
 */

export interface StrictJsonLimits {
  /** Bytes of the body. */
  readonly maxBytes: number
  /** Objects and lists inside each other; `[]` has depth 1. Default 32. */
  readonly maxDepth?: number
  /**
   * U+0000 and halves of surrogate pairs, which PostgreSQL cannot hold. Default `refuse`. Alert intake passes them on,
   * because its parsers keep the one alert aside that holds them, and the others of the batch land.
   */
  readonly unstorableText?: 'refuse' | 'pass'
  /**
   * `__proto__`, `constructor` and `prototype` as names. Default `refuse`: what reads a body of `/v1` need not be proof
   * against them. Alert intake passes them on, since a sender can't help what its metrics are called and one such label
   * must not cost the others of its batch. JSON.parse makes plain own properties of them, which reach no prototype; its
   * parsers keep `constructor` and `prototype` as the text they are, and the alert aside that holds a `__proto__`,
   * because assigning to that name anywhere later would do something else than set a label.
   */
  readonly reservedNames?: 'refuse' | 'pass'
}

export type StrictJsonCode =
  | 'too_large'
  | 'invalid_utf8'
  | 'malformed'
  | 'too_deep'
  | 'duplicate_name'
  | 'forbidden_name'
  | 'number_out_of_range'
  | 'unstorable_text'

/** What is wrong with a body, and where: a field path if the body could be parsed, else an offset if it is known. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
  readonly code: StrictJsonCode
  /** Path such as `alerts[3].labels`; null where the body could not be parsed. */
  readonly field: string | null
  /** Bytes (`too_deep`) or characters (`malformed`) from the start; null where unknown. */
  readonly offset: number | null

  constructor(
    code: StrictJsonCode,
    message: string,
    at: { field?: string; offset?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: at.cause })
    this.code = code
    this.field = at.field ?? null
    this.offset = at.offset ?? null
  }
}

const defaultMaxDepth = 32
const decoder = new TextDecoder('utf-8', { fatal: true })

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

interface Scan {
  /** Colons outside of strings: one for every name written in the text. */
  names: number
  /** An escape that may stand for U+0000 or half of a surrogate pair was seen. */
  suspicious: boolean
}

/** `\u0000` or `\ud800` to `\udfff` at the `u`; raw forms of both are refused by JSON.parse and the decoder. */
const isSuspicious = (bytes: Uint8Array, at: number): boolean => {
  const first = bytes[at + 1]
  const second = bytes[at + 2]
  if (first === 0x30) return second === 0x30 && bytes[at + 3] === 0x30 && bytes[at + 4] === 0x30
  return (first === 0x64 || first === 0x44) && second !== undefined && second >= 0x38
}

/** One pass, no allocation: guards the depth before anything is built, and counts the names as written. */
const scan = (bytes: Uint8Array, maxDepth: number): Scan => {
  const result: Scan = { names: 0, suspicious: false }
  const { length } = bytes
  let depth = 0
  let names = 0
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]
    if (byte === quote) {
      for (at++; at < length; at++) {
        const inner = bytes[at]
        if (inner === quote) break
        if (inner === backslash) {
          at++
          if (bytes[at] === 0x75 && isSuspicious(bytes, at)) result.suspicious = true
        }
      }
    } else if (byte === colon) {
      names++
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++
      if (depth > maxDepth) {
        throw new StrictJsonError(
          'too_deep',
          `expected at most ${maxDepth} levels of objects and lists, found more at byte ${at}; send a flatter body`,
          { offset: at },
        )
      }
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--
    }
  }
  result.names = names
  return result
}

const isForbidden = (name: string): boolean =>
  name === '__proto__' || name === 'constructor' || name === 'prototype'

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

interface Checks {
  readonly text: boolean
  readonly names: boolean
}

/** Names in the value, or NaN when something in it is refused. Recursion is bounded by maxDepth. */
const countNames = (value: unknown, check: Checks): number => {
  if (typeof value === 'string') return check.text && !isStorable(value) ? Number.NaN : 0
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  let names = 0
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) names += countNames(value[at], check)
    return names
  }
  const object = value as Record<string, unknown>
  for (const name in object) {
    if ((check.names && isForbidden(name)) || (check.text && !isStorable(name))) return Number.NaN
    names += 1 + countNames(object[name], check)
  }
  return names
}

const pathTo = (parent: string, key: string | number): string => {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (!/^[\w-]{1,64}$/.test(key)) return `${parent}[${JSON.stringify(key.slice(0, 64))}]`
  return parent === '' ? key : `${parent}.${key}`
}

const refusal = (value: unknown, field: string, check: Checks): StrictJsonError | null => {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return new StrictJsonError(
      'number_out_of_range',
      `${field}: expected a number below 1.8e308, found a larger one; send it as text`,
      { field },
    )
  }
  if (check.text && typeof value === 'string' && !isStorable(value)) {
    return new StrictJsonError(
      'unstorable_text',
      `${field}: holds U+0000 or half of a surrogate pair, which cannot be stored; remove it`,
      { field },
    )
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const here = pathTo(field, key)
    if (check.names && typeof key === 'string' && isForbidden(key)) {
      return new StrictJsonError('forbidden_name', `${here}: the name ${key} is not allowed; rename it`, {
        field: here,
      })
    }
    const found = (typeof key === 'string' ? refusal(key, here, check) : null) ?? refusal(item, here, check)
    if (found !== null) return found
  }
  return null
}

interface Level {
  readonly path: string
  /** Null for a list. */
  readonly names: Set<string> | null
  /** The name or position of the value that is being read. */
  key: string | number
}

const endOfString = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** Path of the first name that occurs twice in one object, in text that JSON.parse has accepted. */
const duplicateName = (text: string): string | null => {
  const levels: Level[] = []
  let level: Level | undefined
  let expectName = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      const start = at
      at = endOfString(text, start)
      if (!expectName || level === undefined || level.names === null) continue
      const name = String(JSON.parse(text.slice(start, at + 1)))
      if (level.names.has(name)) return pathTo(level.path, name)
      level.names.add(name)
      level.key = name
      expectName = false
    } else if (char === '{' || char === '[') {
      level = {
        path: level === undefined ? '' : pathTo(level.path, level.key),
        names: char === '{' ? new Set() : null,
        key: 0,
      }
      levels.push(level)
      expectName = char === '{'
    } else if (char === '}' || char === ']') {
      levels.pop()
      level = levels.at(-1)
      expectName = false
    } else if (char === ',' && level !== undefined) {
      expectName = level.names !== null
      if (typeof level.key === 'number') level.key++
    }
  }
  return null
}

const decode = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new StrictJsonError(
      'invalid_utf8',
      'expected JSON in UTF-8, found bytes that are not; send UTF-8',
      { cause },
    )
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // V8 quotes a piece of the body in some of these messages; the body may hold secrets, so only the place is told.
    const place = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1]
    if (text.trim() === '')
      throw new StrictJsonError('malformed', 'expected JSON, found an empty body', { offset: 0 })
    if (place === undefined) throw new StrictJsonError('malformed', 'expected JSON, found text that is not')
    throw new StrictJsonError(
      'malformed',
      `expected JSON, found a mistake at character ${place}; correct it there`,
      {
        offset: Number(place),
      },
    )
  }
}

/**
 * The value in the body; throws StrictJsonError. A byte order mark is skipped. Memory stays in proportion to the body,
 * whatever it holds.
 */
export const parseStrictJson = (bytes: Uint8Array, limits: StrictJsonLimits): unknown => {
  if (bytes.length > limits.maxBytes) {
    throw new StrictJsonError(
      'too_large',
      `expected at most ${limits.maxBytes} bytes, found ${bytes.length}; send smaller bodies`,
    )
  }
  const { names, suspicious } = scan(bytes, limits.maxDepth ?? defaultMaxDepth)
  const text = decode(bytes)
  const value = parse(text)
  const check = {
    text: suspicious && limits.unstorableText !== 'pass',
    names: limits.reservedNames !== 'pass',
  }
  const counted = countNames(value, check)
  if (counted === names) return value
  const refused = Number.isNaN(counted) ? refusal(value, '', check) : null
  if (refused !== null) throw refused
  const field = duplicateName(text) ?? ''
  throw new StrictJsonError('duplicate_name', `${field}: the name occurs twice in one object; send it once`, {
    field,
  })
}

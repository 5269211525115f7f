import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** RFC 8785 bytes of a JSON value: the one form in which things are hashed, compared and proved. */
export const canonicalText = (value: unknown): string => {
  const text = canonicalize(value)
  if (text === undefined)
    throw new TypeError('only JSON values have a canonical form; found undefined or a function')
  return text
}

/** Hex SHA-256 over the canonical form. */
export const digestOf = (value: unknown): string => hash('sha256', canonicalText(value), 'hex')

/** RFC 6962 leaf hash: SHA-256 over a zero byte and the entry. */
export const leafHash = (bytes: Buffer): Buffer => hash('sha256', Buffer.concat([zero, bytes]), 'buffer')
const zero = Buffer.from([0])

import { hash } from 'node:crypto'
import { hashLength, type Sha256 } from '../src/domain/log/merkle.ts'

/** Room for a leaf: one byte before an entry, and two hashes with theirs. What is longer gets room of its own. */
const room = new Uint8Array(65_536)

/**
 * Node's SHA-256 for very many short messages: one call for each, over parts that were put together in one place. The result as
 * Latin-1 is read back byte by byte, which costs half of what a Buffer of its own does (26.10, 65 bytes: 0.3 us for 0.7).
 */
export const sha256: Sha256 = (...parts) => {
  let length = 0
  for (const part of parts) length += part.length
  const message = length <= room.length ? room : new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    message.set(part, at)
    at += part.length
  }
  const text = hash('sha256', message.subarray(0, length), 'latin1')
  const digest = new Uint8Array(hashLength)
  for (let byte = 0; byte < hashLength; byte += 1) digest[byte] = text.charCodeAt(byte)
  return digest
}

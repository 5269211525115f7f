import { hash } from 'node:crypto'
import { hashLength, type Sha256 } from '../src/domain/log/merkle.ts'

/** Room for a leaf: one byte before the longest entry. What is longer gets room of its own. */
const room = new Uint8Array(65_536)
/** The first bytes of the room, by their number. Most entries have one of a few hundred lengths. */
const views: (Uint8Array | undefined)[] = []

const viewOf = (length: number): Uint8Array => {
  if (length > room.length) return new Uint8Array(length)
  return (views[length] ??= room.subarray(0, length))
}

/**
 * Node's SHA-256 for very many short messages: one call for each, over parts that were put together in one place. The result as
 * Latin-1 is read back byte by byte, which costs a third of what a Buffer of its own does (26.10, 65 bytes: 0.23 us for 0.69).
 */
export const sha256: Sha256 = (...parts) => {
  let length = 0
  for (const part of parts) length += part.length
  const message = viewOf(length)
  let at = 0
  for (const part of parts) {
    if (part.length === 1) message[at] = part[0] ?? 0
    else message.set(part, at)
    at += part.length
  }
  const text = hash('sha256', message, 'latin1')
  const digest = new Uint8Array(hashLength)
  for (let byte = 0; byte < hashLength; byte += 1) digest[byte] = text.charCodeAt(byte)
  return digest
}

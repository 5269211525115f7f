import { hashLength, type Sha256 } from './merkle.ts'

/** SHA-256 of FIPS 180-4 for where there is none that answers at once: the page that verifies. Node has a faster one. */

const blockBytes = 64
const primes = firstPrimes(64)
/** First 32 bits of the fractions of the roots of the first primes: cube roots for the rounds, square roots for the start. */
const rounds = Int32Array.from(primes, (prime) => fractionOfRoot(prime, 3))
const start = Int32Array.from(primes.slice(0, 8), (prime) => fractionOfRoot(prime, 2))

/** Used again by every call; there is one call at a time. */
const words = new Int32Array(64)
const state = new Int32Array(8)
const tail = new Uint8Array(2 * blockBytes)

export const sha256: Sha256 = (...parts) => {
  state.set(start)
  let length = 0
  let open = 0
  for (const part of parts) {
    length += part.length
    let at = 0
    if (open > 0) {
      const taken = part.subarray(0, blockBytes - open)
      tail.set(taken, open)
      open += taken.length
      at = taken.length
      if (open < blockBytes) continue
      compress(tail, 0)
      open = 0
    }
    for (; at + blockBytes <= part.length; at += blockBytes) compress(part, at)
    tail.set(part.subarray(at), 0)
    open = part.length - at
  }
  const end = open + 9 <= blockBytes ? blockBytes : 2 * blockBytes
  tail[open] = 0x80
  tail.fill(0, open + 1, end)
  writeWord(tail, end - 8, Math.floor(length / 2 ** 29))
  writeWord(tail, end - 4, (length << 3) | 0)
  for (let at = 0; at < end; at += blockBytes) compress(tail, at)
  const digest = new Uint8Array(hashLength)
  for (let at = 0; at < 8; at += 1) writeWord(digest, at * 4, state[at] ?? 0)
  return digest
}

const compress = (bytes: Uint8Array, from: number): void => {
  const w = words as { [at: number]: number }
  const k = rounds as { readonly [at: number]: number }
  const read = bytes as { readonly [at: number]: number }
  const byte = (at: number): number => read[at] as number
  for (let t = 0, at = from; t < 16; t += 1, at += 4)
    w[t] = (byte(at) << 24) | (byte(at + 1) << 16) | (byte(at + 2) << 8) | byte(at + 3)
  for (let t = 16; t < 64; t += 1) {
    const x = w[t - 15] as number
    const y = w[t - 2] as number
    const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)
    const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)
    w[t] = ((w[t - 16] as number) + s0 + (w[t - 7] as number) + s1) | 0
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let t = 0; t < 64; t += 1) {
    const one =
      (h +
        (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) +
        ((e & f) ^ (~e & g)) +
        (k[t] as number) +
        (w[t] as number)) |
      0
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  for (let at = 0; at < 8; at += 1) state[at] = ((state[at] ?? 0) + (sums[at] ?? 0)) | 0
}

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

const writeWord = (bytes: Uint8Array, at: number, word: number): void => {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}

function firstPrimes(count: number): number[] {
  const found: number[] = []
  for (let next = 2; found.length < count; next += 1)
    if (found.every((prime) => next % prime !== 0)) found.push(next)
  return found
}

/** In whole numbers, so that it is the same everywhere. */
function fractionOfRoot(prime: number, degree: 2 | 3): number {
  const shifted = BigInt(prime) << BigInt(32 * degree)
  let [low, high] = [0n, 1n << 40n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle ** BigInt(degree) <= shifted) low = middle
    else high = middle
  }
  return Number(low & 0xffffffffn)
}

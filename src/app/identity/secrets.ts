import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Secrets that Suture makes itself. 256 random bits need no slow hash: nobody can try them out, so SHA-256 keeps the
 * check cheap enough for every request.
 */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** An id that is not secret, safe between underscores. */
export const newKeyId = (): string => randomBytes(6).toString('hex')

export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** In the same time wherever they differ. Both are SHA-256 digests, so their length says nothing. */
export const sameHash = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

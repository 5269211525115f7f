import { createHash } from 'node:crypto'

/** The key by which something is known to have come before. Hashed: trigger ids and signatures are nobody's to keep. */
export const onceKey = (what: 'signature' | 'command' | 'click' | 'modal', ...parts: string[]): string =>
  `${what}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32)}`

import type { Evidence } from '../../domain/evidence.ts'
import type { Clock } from '../ports.ts'

/**
 * Answers of evidence sources, kept for seconds: a storm of incidents of one service asks each source once. Callers put the
 * tenant into the key, so that nothing crosses tenants. What verifies a run never looks here.
 */
export interface EvidenceCache {
  /** What `load` gave for this key a moment ago, or gives now; whoever asks meanwhile waits for the same answer. */
  readonly get: (key: string, load: () => Promise<Evidence | null>) => Promise<Evidence | null>
}

export interface EvidenceCacheLimits {
  readonly ttlMs: number
  /** A failure may be over the next moment: it is kept only so long that a storm does not make it worse. */
  readonly failedTtlMs: number
  /** Answers kept at a time; then the oldest goes. */
  readonly most: number
}

const defaults: EvidenceCacheLimits = { ttlMs: 15_000, failedTtlMs: 1_000, most: 1_000 }

interface Entry {
  readonly answer: Promise<Evidence | null>
  /** Monotonic; null while it is being fetched. */
  until: number | null
}

export const createEvidenceCache = (
  clock: Pick<Clock, 'monotonicMs'>,
  limits: EvidenceCacheLimits = defaults,
): EvidenceCache => {
  const entries = new Map<string, Entry>()
  const forget = (key: string, entry: Entry): void => {
    if (entries.get(key) === entry) entries.delete(key)
  }
  return {
    get: (key, load) => {
      const known = entries.get(key)
      if (known !== undefined && (known.until === null || clock.monotonicMs() < known.until))
        return known.answer
      entries.delete(key)
      const oldest = entries.keys().next()
      if (entries.size >= limits.most && oldest.done !== true) entries.delete(oldest.value)
      const entry: Entry = { answer: load(), until: null }
      entries.set(key, entry)
      entry.answer.then(
        (evidence) => {
          const failed = evidence !== null && evidence.status !== 'ok'
          entry.until = clock.monotonicMs() + (failed ? limits.failedTtlMs : limits.ttlMs)
        },
        () => forget(key, entry),
      )
      return entry.answer
    },
  }
}

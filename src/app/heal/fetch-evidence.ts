import { type Evidence, evidenceTitles } from '../../domain/evidence.ts'
import type { Service } from '../../domain/service.ts'
import type { App } from '../app.ts'
import type { EvidenceQuestion, EvidenceSource } from '../ports.ts'
import { readEvidence } from './read-evidence.ts'

/** Longer than any single source may take by itself. */
const evidenceBudgetMs = 20_000

type Fetcher = Pick<App, 'evidence' | 'evidenceCache' | 'clock' | 'log'>

interface FetchOptions {
  /** The service's last ended run: what was seen before it may no longer be so, and is never looked up. */
  readonly afterRun?: string | null
  readonly budgetMs?: number
}

/**
 * Every source at once, each by itself: one that throws, hangs or answers with garbage is evidence that it failed, and takes
 * nothing from the others.
 */
export const fetchEvidence = async (
  app: Fetcher,
  service: Service,
  question: EvidenceQuestion,
  { afterRun = null, budgetMs = evidenceBudgetMs }: FetchOptions = {},
): Promise<Evidence[]> => {
  const gathered = await Promise.all(
    app.evidence.map((source) => {
      const key = JSON.stringify([
        question.tenantId,
        source.name,
        service,
        source.dependsOn?.(question) ?? null,
        afterRun,
      ])
      return app.evidenceCache.get(key, () => look(app, source, service, question, budgetMs))
    }),
  )
  return gathered.filter((evidence) => evidence !== null)
}

/** Never rejects, and ends within the budget whether the source obeys its signal or not. */
const look = async (
  app: Fetcher,
  source: EvidenceSource,
  service: Service,
  question: EvidenceQuestion,
  budgetMs: number,
): Promise<Evidence | null> => {
  const began = app.clock.monotonicMs()
  const gaveNothing = (status: 'failed' | 'timed_out', what: string): Evidence => ({
    source: source.name,
    subject: service.name,
    status,
    summary: `${evidenceTitles[source.name]} ${what}.`,
    facts: {},
    observedAt: app.clock.now(),
    durationMs: app.clock.monotonicMs() - began,
  })
  const limit = new AbortController()
  const timeUp = Promise.withResolvers<'time_up'>()
  const timer = setTimeout(() => {
    timeUp.resolve('time_up')
    limit.abort()
  }, budgetMs)
  try {
    const found: unknown = await Promise.race([
      (async () => source.gather(service, limit.signal, question))(),
      timeUp.promise,
    ])
    if (found === 'time_up') return gaveNothing('timed_out', `did not answer within ${budgetMs / 1_000} s`)
    if (found === null) return null
    return readEvidence(found, source.name) ?? gaveNothing('failed', 'answered with something unreadable')
  } catch (error) {
    app.log.error(
      { source: source.name, service: service.name, error },
      'an evidence source failed; the others go on',
    )
    return gaveNothing('failed', 'could not be asked')
  } finally {
    clearTimeout(timer)
  }
}

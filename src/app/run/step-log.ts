import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Claim } from './claim-run.ts'

/** Output of one step: the tail for the card, all of it (within the limit) for the console's log page. */
export interface StepLog {
  readonly write: (stream: string, text: string) => void
  readonly tail: () => string
  readonly close: () => Promise<void>
}

const tailChars = 2_000
/** Characters kept of one step's output; the executor has already cut the stream at its own limit. */
const mostChars = 1_000_000
const flushEveryMs = 500

export const createStepLog = (app: App, claim: Claim, step: { id: string }): StepLog => {
  let tail = ''
  let kept = 0
  let pending: { stream: string; body: string }[] = []
  let flushing: Promise<void> = Promise.resolve()

  const flush = (): void => {
    const lines = pending
    pending = []
    if (lines.length === 0) return
    flushing = flushing
      .then(() => store(app, claim, step.id, lines))
      .catch((error: unknown) => {
        app.log.warn(
          { run: claim.run.id, step: step.id, error },
          'a part of the output could not be stored; the run goes on',
        )
      })
  }
  const timer = setInterval(flush, flushEveryMs)
  return {
    write: (stream, text) => {
      // PostgreSQL's text holds no U+0000.
      const clean = text.replaceAll('\u0000', '\u2400')
      tail = (tail + clean).slice(-tailChars)
      if (kept >= mostChars) return
      kept += clean.length
      pending.push({
        stream,
        body: kept >= mostChars ? `${clean.slice(0, 10_000)}\n[the rest of the output was not kept]` : clean,
      })
    },
    tail: () => tail,
    close: async () => {
      clearInterval(timer)
      flush()
      await flushing
    },
  }
}

const store = (
  app: App,
  claim: Claim,
  stepId: string,
  lines: readonly { stream: string; body: string }[],
): Promise<void> =>
  inTenant(app.store, claim.tenantId, async (tx) => {
    await tx.db
      .insertInto('run_log')
      .values(
        lines.map((line) => ({
          tenant_id: tx.tenantId,
          run_id: claim.run.id,
          step_id: stepId,
          stream: line.stream,
          body: line.body,
          at: tx.now,
        })),
      )
      .execute()
  })

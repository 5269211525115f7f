import { inTenant, type Tx } from '../../storage/database.ts'
import { appendLog, type LogLine } from '../../storage/run-log.repository.ts'
import type { App } from '../app.ts'
import { showRun } from '../show/run.ts'
import { asHolder } from './as-holder.ts'
import type { Claim } from './claim-run.ts'
import type { StepToPerform } from './write-intent.ts'

/** Output of one step: the tail for the card, all of it (within the limit) for the console's log page. */
export interface StepLog {
  readonly write: (stream: string, text: string) => void
  readonly tail: () => string
  /** Ends it. What little is not stored yet goes along with `writing`, and by itself should that fail. */
  readonly handOver: (writing: (rest: readonly LogLine[]) => Promise<void>) => Promise<void>
  /** Ends it and stores what is left. */
  readonly close: () => Promise<void>
}

const tailChars = 2_000
/** Characters kept of one step's output: a little more than executors pass on, so that the end they keep is kept here. */
const mostChars = 1_200_000
const flushEveryMs = 500
/** More than this would hold up the commit of the result. */
const mostAlong = 20
const mostCharsAlong = 2_000
/** Ours: chats take a change of a message about once a second. */
const showEveryMs = 2_000

export const createStepLog = (app: App, claim: Claim, step: Pick<StepToPerform, 'id' | 'phase'>): StepLog => {
  let tail = ''
  let kept = 0
  let pending: LogLine[] = []
  let flushing: Promise<void> = Promise.resolve()

  let shownAtMs = app.clock.monotonicMs()
  /** A long step is watched while it goes on: its last lines stand on the card, redrawn now and then. */
  const show = async (): Promise<void> => {
    const nowMs = app.clock.monotonicMs()
    if (nowMs - shownAtMs < showEveryMs) return
    shownAtMs = nowMs
    await showTail(app, claim, step, tail)
  }
  const flush = (): void => {
    const lines = pending
    pending = []
    if (lines.length === 0) return
    flushing = flushing
      .then(() => store(app, claim, step.id, lines))
      .then(show)
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
      const clean = text.replaceAll('\u0000', '\u2400').toWellFormed()
      // A cut may leave half of a surrogate pair, which has no UTF-8.
      tail = (tail + clean).slice(-tailChars).toWellFormed()
      if (kept >= mostChars) return
      kept += clean.length
      pending.push({
        stream,
        body: kept >= mostChars ? `${clean.slice(0, 10_000)}\n[the rest of the output was not kept]` : clean,
      })
    },
    tail: () => tail,
    handOver: async (writing) => {
      clearInterval(timer)
      if (pending.length > mostAlong || pending.some(({ body }) => body.length > mostCharsAlong)) flush()
      await flushing
      const rest = pending
      pending = []
      try {
        await writing(rest)
      } catch (error) {
        pending = [...rest, ...pending]
        throw error
      }
    },
    close: async () => {
      clearInterval(timer)
      flush()
      await flushing
    },
  }
}

const store = (app: App, claim: Claim, stepId: string, lines: readonly LogLine[]): Promise<void> =>
  inTenant(app.store, claim.tenantId, (tx) => writeLines(tx, claim, stepId, lines))

export const writeLines = async (
  tx: Tx,
  claim: Claim,
  stepId: string,
  lines: readonly LogLine[],
): Promise<void> => {
  if (lines.length > 0) await appendLog(tx, { runId: claim.run.id, stepId, lines })
}

/** By the holder alone: a card drawn beside it could show what was true before. */
const showTail = (
  app: App,
  claim: Claim,
  step: Pick<StepToPerform, 'id' | 'phase'>,
  tail: string,
): Promise<void> =>
  asHolder(app, claim, async (tx, out, run) => {
    await tx.db
      .updateTable('step_execution')
      .set({ output_tail: tail })
      .where('tenant_id', '=', tx.tenantId)
      .where('run_id', '=', claim.run.id)
      .where('step_id', '=', step.id)
      .where('phase', '=', step.phase)
      .where('status', '=', 'intent')
      .execute()
    await showRun(app, tx, out, claim.run.id, { run, proposal: claim.proposal })
    out.changed('run', claim.run.id)
  })

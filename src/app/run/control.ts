import type { Stopped } from '../../domain/next-move.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { governanceOf } from '../policy-facts.ts'
import { LeaseLost } from './as-holder.ts'
import type { Claim } from './claim-run.ts'

/** Why work had to stop before it was done. */
type StopCause = Stopped | 'lease_lost'

/** Deadline, cancel and lease of one run in this worker. All three end the same way: the signal is aborted. */
export interface Control {
  /** For actions and verification: aborted by deadline (less the time kept for rollback), cancel, or a lost lease. */
  readonly work: AbortSignal
  /** For rollback: only the whole-run deadline and a lost lease end it. */
  readonly undo: AbortSignal
  /** Why nothing new may be begun; a lost lease shows as `assertHeld` throwing. */
  readonly stopped: () => Stopped | null
  /** A cancel that was seen elsewhere than in a beat. */
  readonly heedCancel: () => void
  /** Asked immediately before acting: is the lease still ours, on a clock that never goes back? */
  readonly mayAct: () => boolean
  /** Throws LeaseLost once the lease was lost: what is left to do, and to decide, is the next worker's. */
  readonly assertHeld: () => void
  readonly workLeftMs: () => number
  readonly undoLeftMs: () => number
  /** Nothing is left to do but to write down how it ended. */
  readonly over: () => void
  readonly stop: () => void
}

/** A lease is treated as over this much earlier than PostgreSQL does: what may act must have time to. */
const marginMs = 200

export const startControl = (app: App, claim: Claim, onOver: () => void = () => undefined): Control => {
  const work = new AbortController()
  const undo = new AbortController()
  let leaseUntilMs = claim.leaseUntilMs
  let cause: StopCause | null = null
  let lost = false
  const end = (why: StopCause): void => {
    cause ??= why
    work.abort(why === 'timed_out' ? outOfTime() : why)
    if (why !== 'lease_lost') return
    lost = true
    undo.abort(why)
  }
  // Asked for while no worker was there to hear it.
  if (claim.run.cancel_requested_by !== null) end('canceled')
  // Taken over when its time to undo had begun already.
  if (app.clock.monotonicMs() >= claim.workUntilMs) end('timed_out')
  const leftUntil = (atMs: number): number => Math.max(0, atMs - app.clock.monotonicMs())
  const timers = [
    setTimeout(() => end('timed_out'), leftUntil(claim.workUntilMs)),
    setTimeout(() => undo.abort(outOfTime()), leftUntil(claim.deadlineMs)),
  ]
  const mayAct = (): boolean => app.clock.monotonicMs() < leaseUntilMs - marginMs
  const beat = async (): Promise<void> => {
    // An earlier beat may still hang in a database that doesn't answer.
    if (!mayAct()) return end('lease_lost')
    const before = app.clock.monotonicMs()
    try {
      const held = await renewLease(app, claim)
      if (held === null) return end('lease_lost')
      leaseUntilMs = before + app.limits.leaseMs
      if (held.cancel) end('canceled')
    } catch (error) {
      app.log.warn({ run: claim.run.id, error }, 'the lease could not be renewed; trying again until it ends')
    }
    if (!mayAct()) end('lease_lost')
  }
  const heartbeat = setInterval(() => void beat(), Math.max(50, Math.floor(app.limits.leaseMs / 4)))
  return {
    work: work.signal,
    undo: undo.signal,
    stopped: () => (cause === 'lease_lost' ? null : cause),
    heedCancel: () => end('canceled'),
    mayAct,
    assertHeld: () => {
      if (lost || !mayAct()) throw new LeaseLost(claim.run.id, claim.fence)
    },
    workLeftMs: () => leftUntil(claim.workUntilMs),
    undoLeftMs: () => leftUntil(claim.deadlineMs),
    over: onOver,
    stop: () => {
      clearInterval(heartbeat)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** Executors tell a timeout from a cancel by the reason's name. */
const outOfTime = (): DOMException => new DOMException('the run is out of time', 'TimeoutError')

/** Null when another worker, the watchdog or a resolution has moved the fence. */
const renewLease = (app: App, claim: Claim): Promise<{ cancel: boolean } | null> =>
  inTenant(app.store, claim.tenantId, async (tx) => {
    const until = tx.now.add({ milliseconds: app.limits.leaseMs })
    const row = await tx.db
      .updateTable('run')
      .set({ lease_until: until })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', claim.run.id)
      .where('fencing_token', '=', claim.fence)
      .where('finished_at', 'is', null)
      .returning('cancel_requested_by')
      .executeTakeFirst()
    if (row === undefined) return null
    await tx.db
      .updateTable('outbox')
      .set({ due_at: until })
      .where('tenant_id', '=', tx.tenantId)
      .where('kind', '=', 'run')
      .where('key', '=', claim.run.id)
      .execute()
    // The stop marks what it sees running; a run that began in that very moment hears of it here.
    return { cancel: row.cancel_requested_by !== null || (await governanceOf(tx)).emergency_stop }
  })

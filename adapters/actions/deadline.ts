import type { Clock } from '../../src/app/ports.ts'

export type Interruption = 'timed_out' | 'canceled'

/** One end for a call, whichever comes first: its own time or the signal of the run. */
export interface Deadline {
  /** Aborted at that end. */
  readonly signal: AbortSignal
  /** Why the end came; null while it has not. */
  readonly interruption: () => Interruption | null
  readonly remainingMs: () => number
  /** Stops the timer and forgets the outer signal. */
  readonly stop: () => void
}

const LONGEST_TIMER_MS = 2_147_483_647

/** Counts `timeoutMs` on the monotonic clock, so that a stepped wall clock neither shortens nor stretches it. */
export function startDeadline(
  clock: Pick<Clock, 'monotonicMs'>,
  timeoutMs: number,
  outer: AbortSignal,
): Deadline {
  const end = clock.monotonicMs() + timeoutMs
  const controller = new AbortController()
  let interruption: Interruption | null = null
  let timer: NodeJS.Timeout | undefined
  const interrupt = (why: Interruption) => {
    interruption ??= why
    controller.abort()
  }
  // A timer may fire a little early by another clock: ask again instead of ending before the time is up.
  const arm = () => {
    const remaining = end - clock.monotonicMs()
    if (remaining <= 0) interrupt('timed_out')
    else timer = setTimeout(arm, Math.min(Math.ceil(remaining), LONGEST_TIMER_MS))
  }
  const onOuterAbort = () => interrupt(isTimeout(outer.reason) ? 'timed_out' : 'canceled')
  if (outer.aborted) onOuterAbort()
  else {
    outer.addEventListener('abort', onOuterAbort, { once: true })
    arm()
  }
  return {
    signal: controller.signal,
    interruption: () => interruption,
    remainingMs: () => Math.max(0, end - clock.monotonicMs()),
    stop: () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', onOuterAbort)
    },
  }
}

/** `AbortSignal.timeout()` and a run's own timeout abort with a DOMException of this name. */
const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError'

/** `2 s`, `850 ms`: for sentences. */
export const spokenDuration = (ms: number): string =>
  ms >= 1_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms)} ms`

/** A circuit breaker: after several failures in a row it stops calling for a moment, then lets one call try. */
export type Breaker = {
  readonly state: () => 'closed' | 'open' | 'half-open'
  readonly since: () => string
  /** Whether a call may go out now. */
  readonly admits: () => boolean
  readonly report: (ok: boolean) => void
  /** Forget everything: closed again. Returns the state before. */
  readonly flush: () => 'closed' | 'open' | 'half-open'
  /** The fault: open, and the cool-down never ends. */
  readonly stick: () => void
}

const FAILURES_TO_OPEN = 5
const COOL_DOWN_MS = 1_000

export function createBreaker(): Breaker {
  let failures = 0
  let openedAt: number | null = null
  let stuck = false
  let changed = Temporal.Now.instant().toString()

  const cooledDown = () => !stuck && openedAt !== null && performance.now() - openedAt >= COOL_DOWN_MS
  const state = () => (openedAt === null ? 'closed' : cooledDown() ? 'half-open' : 'open')
  const set = (value: number | null) => {
    if ((openedAt === null) !== (value === null)) changed = Temporal.Now.instant().toString()
    openedAt = value
  }
  return {
    state,
    since: () => changed,
    admits: () => state() !== 'open',
    report(ok) {
      if (stuck) return
      failures = ok ? 0 : failures + 1
      if (ok) set(null)
      else if (failures >= FAILURES_TO_OPEN) set(performance.now())
    },
    flush() {
      const before = state()
      failures = 0
      stuck = false
      set(null)
      return before
    },
    stick() {
      stuck = true
      set(performance.now())
    },
  }
}

import type { Clock } from '../app/ports.ts'
import type { Check } from './health.ts'

/** A wall clock that is further from PostgreSQL's than this, or that jumped further, is told. */
const toleratedMs = 5_000
/** How long a jump is told. */
const toldForMs = 10 * 60_000

/**
 * Compares the wall clock with the monotonic one, which nobody can set: what the first gains or loses on the second is a
 * jump (somebody set the clock, or the machine slept). PostgreSQL on the same machine jumps along, so comparing the two
 * would not show it. `check` is given PostgreSQL's time, or null while it is away.
 */
export const createClockWatch = (clock: Clock): { check: (database: Temporal.Instant | null) => Check } => {
  const offset = (): number => clock.now().epochMilliseconds - clock.monotonicMs()
  let usual = offset()
  let jump: { readonly atMs: number; readonly byMs: number } | null = null

  return {
    check: (database) => {
      const now = offset()
      const byMs = now - usual
      if (Math.abs(byMs) > toleratedMs) {
        jump = { atMs: clock.monotonicMs(), byMs }
        usual = now
      }
      const skewMs =
        database === null ? 0 : Math.abs(clock.now().epochMilliseconds - database.epochMilliseconds)
      const told = [
        ...(jump !== null && clock.monotonicMs() - jump.atMs < toldForMs ? [jumpInWords(jump.byMs)] : []),
        ...(skewMs > toleratedMs
          ? [`this machine and PostgreSQL differ by ${seconds(skewMs)} s; expiries follow PostgreSQL`]
          : []),
      ]
      return told.length > 0
        ? { status: 'warn', detail: told.join('; ') }
        : { status: 'pass', detail: database === null ? 'runs evenly' : 'agrees with PostgreSQL' }
    },
  }
}

const seconds = (ms: number): number => Math.round(ms / 1000)

const jumpInWords = (byMs: number): string =>
  `the clock of this machine jumped ${seconds(Math.abs(byMs))} s ${byMs > 0 ? 'ahead (it was set, or the machine slept)' : 'back'}; approvals and permits expire by it, so ${byMs > 0 ? 'some may have ended early' : 'some may last longer'}`

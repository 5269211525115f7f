import { expect, it } from 'vitest'
import { createClockWatch } from '../../src/start/clock-watch.ts'

/** A wall clock that somebody sets, and a monotonic one that nobody can; PostgreSQL on the same machine follows the first. */
const aMachine = () => {
  const began = Temporal.Instant.from('2026-11-22T10:00:00Z')
  let setMs = 0
  let passedMs = 0
  const now = () => began.add({ milliseconds: setMs + passedMs })
  return {
    clock: { now, monotonicMs: () => passedMs },
    set: (byMs: number) => {
      setMs += byMs
    },
    pass: (ms: number) => {
      passedMs += ms
    },
  }
}

it('a jump is told for ten minutes, though PostgreSQL jumped along', () => {
  const machine = aMachine()
  const watch = createClockWatch(machine.clock)
  const told = () => watch.check(machine.clock.now())
  machine.pass(3_600_000)
  expect(told()).toEqual({ status: 'pass', detail: 'agrees with PostgreSQL' })
  machine.set(7_200_000)
  expect(told()).toEqual({
    status: 'warn',
    detail:
      'the clock of this machine jumped 7200 s ahead (it was set, or the machine slept); approvals and permits expire by it, so some may have ended early',
  })
  machine.pass(599_000)
  expect(told().status).toBe('warn')
  machine.pass(1_000)
  expect(told().status).toBe('pass')
  machine.set(-60_000)
  expect(told().detail).toContain(
    'jumped 60 s back; approvals and permits expire by it, so some may last longer',
  )
})

it('what a clock daemon corrects is no jump', () => {
  const machine = aMachine()
  const watch = createClockWatch(machine.clock)
  machine.set(4_900)
  expect(watch.check(machine.clock.now()).status).toBe('pass')
  machine.set(-4_900)
  expect(watch.check(machine.clock.now()).status).toBe('pass')
})

it('a PostgreSQL elsewhere whose clock differs is told as long as it does', () => {
  const machine = aMachine()
  const watch = createClockWatch(machine.clock)
  const elsewhere = machine.clock.now().subtract({ seconds: 9 })
  expect(watch.check(elsewhere)).toEqual({
    status: 'warn',
    detail: 'this machine and PostgreSQL differ by 9 s; expiries follow PostgreSQL',
  })
  expect(watch.check(null)).toEqual({ status: 'pass', detail: 'runs evenly' })
})

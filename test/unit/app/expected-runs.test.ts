import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createExpected, type Expected } from '../../../src/app/run/expected.ts'

describe('who is awaited before runs commit', () => {
  let givenUp: number
  let expected: Expected
  beforeEach(() => {
    vi.useFakeTimers()
    givenUp = 0
    expected = createExpected(() => {
      givenUp += 1
    })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('R5 nobody is awaited whom nobody expects, and a run that acts alone waits for nobody', () => {
    expect(expected.areAwaited()).toBe(false)
    expected.expect(0)
    expect(expected.areAwaited()).toBe(false)
    expected.expect(1)
    expected.came()
    expect(expected.areAwaited()).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect(givenUp).toBe(0)
  })

  it('R5 those that do not come are given up after 15 ms', () => {
    expected.expect(3)
    expected.came()
    expect(expected.areAwaited()).toBe(true)
    vi.advanceTimersByTime(14)
    expect([expected.areAwaited(), givenUp]).toEqual([true, 0])
    vi.advanceTimersByTime(1)
    expect([expected.areAwaited(), givenUp]).toEqual([false, 1])
  })

  it('R5 nobody waits longer than 30 ms, although more and more are expected', () => {
    const waits: boolean[] = []
    for (let at = 0; at < 40; at += 5) {
      expected.expect(1)
      waits.push(expected.areAwaited())
      vi.advanceTimersByTime(5)
    }
    expect(waits).toEqual([true, true, true, true, true, true, false, false])
    // Who waited has gone; whoever comes next waits anew.
    expected.letGo()
    expect(expected.areAwaited()).toBe(true)
  })

  it('R5 who comes unexpected is nobody else’s', () => {
    expected.came()
    expected.expect(1)
    expect(expected.areAwaited()).toBe(true)
  })
})

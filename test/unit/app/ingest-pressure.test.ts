import { describe, expect, it } from 'vitest'
import { createPressure } from '../../../src/app/ingest/pressure.ts'

const setUp = () => {
  let now = 0
  const pressure = createPressure({ now: () => Temporal.Now.instant(), monotonicMs: () => now })
  return { pressure, pass: (ms: number) => (now += ms) }
}

describe('pressure of the intake', () => {
  it('a few alerts are no storm', () => {
    const { pressure } = setUp()
    pressure.rises(50)
    expect(pressure.isHigh()).toBe(false)
    pressure.falls()
    expect(pressure.isHigh()).toBe(false)
  })

  it('a storm lasts while its batch is written, however long that takes, and through short pauses', () => {
    const { pressure, pass } = setUp()
    pressure.rises(500)
    pass(10_000)
    expect(pressure.isHigh()).toBe(true)
    pressure.falls()
    pass(40)
    pressure.rises(500)
    pressure.falls()
    pass(40)
    expect(pressure.isHigh()).toBe(true)
    pass(20)
    expect(pressure.isHigh()).toBe(false)
  })

  it('a small batch after a storm does not make it longer', () => {
    const { pressure, pass } = setUp()
    pressure.rises(500)
    pressure.falls()
    pass(60)
    pressure.rises(1)
    pressure.falls()
    expect(pressure.isHigh()).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { createSlots } from '../../jobs/slots.ts'

const setUp = (count: number) => {
  const gates = new Map<string, PromiseWithResolvers<void>>()
  const begun: string[] = []
  const errors: string[] = []
  const slots = createSlots<string>(
    count,
    (job) => {
      begun.push(job)
      const gate = Promise.withResolvers<void>()
      gates.set(job, gate)
      return gate.promise
    },
    (error) => errors.push(error.message),
  )
  return { slots, begun, errors, gate: (job: string) => gates.get(job) }
}

describe('slots', () => {
  it('R7 a long work does not keep the next one waiting while a slot is free', async () => {
    const { slots, begun } = setUp(2)
    await slots.begin('long')
    await slots.begin('short')
    expect(begun).toEqual(['long', 'short'])
  })

  it('R7 with all slots taken the next work begins when one has ended, and its failure is told', async () => {
    const { slots, begun, errors, gate } = setUp(1)
    await slots.begin('first')
    const second = slots.begin('second')
    expect(begun).toEqual(['first'])
    gate('first')?.reject(new Error('no'))
    await second
    expect([begun, errors]).toEqual([['first', 'second'], ['no']])
  })

  it('R7 closing waits for what is under way and begins nothing more', async () => {
    const { slots, begun, gate } = setUp(2)
    await slots.begin('first')
    let closed = false
    const closing = slots.close().then(() => {
      closed = true
    })
    await slots.begin('late')
    expect([begun, closed]).toEqual([['first'], false])
    gate('first')?.resolve()
    await closing
    expect(closed).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { createEndings } from '../../jobs/endings.ts'

describe('the place of a run that is over', () => {
  it('R5 is free before the run has ended, and who closes waits for its end', async () => {
    const endings = createEndings(() => undefined)
    const rest = Promise.withResolvers<void>()
    const seen: string[] = []
    await endings.untilOver(async (over) => {
      over()
      await rest.promise
      seen.push('ended')
    })
    expect(seen).toEqual([])
    const closing = endings.ended().then(() => seen.push('closed'))
    rest.resolve()
    await closing
    expect(seen).toEqual(['ended', 'closed'])
  })

  it('R5 is free with the end of a run that never says that it is over', async () => {
    const endings = createEndings(() => undefined)
    const seen: string[] = []
    await endings.untilOver(async () => {
      seen.push('ended')
    })
    expect(seen).toEqual(['ended'])
    await endings.ended()
  })

  it('R5 an error before that is the job’s, and one after it is told', async () => {
    const told: string[] = []
    const endings = createEndings((error) => told.push(error.message))
    await expect(endings.untilOver(() => Promise.reject(new Error('before')))).rejects.toThrow('before')
    await endings.untilOver(async (over) => {
      over()
      throw new Error('after')
    })
    await endings.ended()
    expect(told).toEqual(['after'])
  })
})

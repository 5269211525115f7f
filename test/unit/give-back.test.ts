import { expect, it } from 'vitest'
import { giveBackMemory } from '../../src/start/give-back.ts'

const mib = 1_024 * 1_024

it('R1 what the start has left behind is given back', async () => {
  let left: string[][] = Array.from({ length: 400_000 }, (_, at) => [String(at)])
  const { heapTotal: full } = process.memoryUsage()
  expect(left.at(-1)).toEqual(['399999'])
  left = []
  await giveBackMemory()
  expect(process.memoryUsage().heapTotal).toBeLessThan(full - 20 * mib)
})

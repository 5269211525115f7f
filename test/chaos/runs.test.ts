import { describe, expect, it } from 'vitest'
import { backends, sampleOf } from './plan.ts'
import { isBad, table, told } from './report.ts'
import { playRound, type Result } from './round.ts'
import { hasRedis } from './servers.ts'

/** A sample of `npm run chaos -- --all`. CHAOS_SEED repeats one. */

const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const beginsWithinMs = 30_000
const tried = hasRedis ? backends : (['postgres'] as const)

describe('real processes are killed, stopped and cut off in the middle of a run', () => {
  it.skipIf(!hasRedis)('the queue on Redis is tried too (redis-server)', () =>
    expect(tried).toContain('redis'),
  )

  it('R4 R5 R7 R9 G3 every run ends in time, no step takes effect twice, and only unknown runs keep locks', async () => {
    const results: Result[] = []
    await playRound({
      choose: (plan) => sampleOf(plan, seed),
      backends: tried,
      cellsPerBackend: 1,
      together: 4,
      tries: 2,
      withinMs: beginsWithinMs,
      onResult: (result) => results.push(result),
    })
    process.stdout.write(`seed ${seed} (CHAOS_SEED repeats it)\n${table(results).join('\n')}\n`)
    expect(results.filter(isBad).map(told)).toEqual([])
    for (const backend of tried)
      expect(results.some((each) => each.backend === backend && each.verdict === 'held')).toBe(true)
    // What never ends is found, and told with its evidence, by each case itself.
  }, 600_000)
})

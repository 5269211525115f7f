import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { claimRun } from '../../src/app/run/claim-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

describe('runs that wait for one target', () => {
  let world: CoreWorld
  beforeAll(async () => {
    world = await coreWorld()
  })
  afterAll(() => world.close())

  /** How many statements wait for a row that somebody else holds. */
  const standing = (): Promise<number> =>
    world.read(async (tx) => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(tx.db)
      return rows[0]?.n ?? 0
    })

  it('R5 a claim that is made while the holder ends does not overtake who has waited longer', async () => {
    const [holder, first, second] = [
      await world.queued(world.take('shared').name, 'restart'),
      await world.queued(world.take('shared').name, 'restart'),
      await world.queued(world.take('shared').name, 'restart'),
    ]
    let claiming: ReturnType<typeof claimRun> | undefined
    const checkpoint = async (at: string): Promise<void> => {
      if (at === 'intent:action:restart') await performRun(world.app, testTenant, first.runId)
      if (!at.startsWith('committing:') || !at.includes('run_finished') || claiming !== undefined) return
      claiming = claimRun(world.app, testTenant, second.runId)
      await vi.waitFor(async () => expect(await standing()).toBeGreaterThan(0), {
        timeout: 4_000,
        interval: 5,
      })
    }
    await performRun({ ...world.app, checkpoint }, testTenant, holder.runId)
    expect(await claiming).toBeNull()
    expect((await world.run(second.runId)).reason).toContain(`waits for ${first.runId}`)
    expect(await claimRun(world.app, testTenant, first.runId)).not.toBeNull()
  })
})

import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { commit } from '../../src/app/commit.ts'
import { claimRun } from '../../src/app/run/claim-run.ts'
import { inTenant } from '../../src/storage/database.ts'
import { testTenant } from '../support/app.ts'
import { countRoundTrips } from '../support/round-trips.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

/** What lies between a click and the first step: somebody waits for it, so it may not grow unseen. */

let world: CoreWorld
beforeAll(async () => {
  world = await coreWorld()
})
afterAll(() => world.close())

it('G8 R2 a vote that starts a run takes four round trips, and so does the claim with its first intent', async () => {
  const bea = await world.caller('Bea', ['approver'])
  const { name } = world.take()
  const { requestId, runId } = await world.requested(await world.proposed(name), 'two-steps')
  // Read by then, as it is in a process that has begun.
  await world.app.configuration.of(testTenant)
  const vote = await countRoundTrips(async () => {
    const decided = await decideApproval(world.app, bea, { requestId, decision: 'approve', reason: '' })
    expect(decided).toMatchObject({ status: 'approved' })
  })
  const claim = await countRoundTrips(async () => {
    expect(await claimRun(world.app, testTenant, runId)).not.toBeNull()
  })
  expect({ vote: vote.trips, claim: claim.trips }).toEqual({ vote: 4, claim: 4 })
  expect(vote.statements).toBeLessThanOrEqual(34)
  expect(claim.statements).toBeLessThanOrEqual(28)
})

it('H8 what goes out together with the commit fails together with it: nothing of it stays, and the error says why', async () => {
  const key = 'not-a-kind'
  const failing = commit(world.app, testTenant, async (tx, out) => {
    await tx.db
      .updateTable('governance')
      .set({ approver_roles: ['admin'] })
      .where('tenant_id', '=', tx.tenantId)
      .execute()
    out.effect({ kind: key as 'run', key })
  })
  await expect(failing).rejects.toThrow(/outbox/)
  const roles = await inTenant(world.app.store, testTenant, (tx) =>
    tx.db.selectFrom('governance').select('approver_roles').executeTakeFirstOrThrow(),
  )
  expect(roles.approver_roles).not.toEqual(['admin'])
})

it('H8 a transaction that an error has ended unseen is not taken for committed', async () => {
  const swallowing = inTenant(world.app.store, testTenant, async (tx) => {
    await sql`select 1 / 0`.execute(tx.db).catch(() => undefined)
    return 'done'
  })
  await expect(swallowing).rejects.toThrow(/ROLLBACK/)
})

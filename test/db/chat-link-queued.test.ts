import { afterAll, beforeAll, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { chatHands } from './chat-hands.ts'
import { type ChatWorld, chatWorld } from './chat-world.ts'

let world: ChatWorld
let hands: ReturnType<typeof chatHands>
beforeAll(async () => {
  world = await chatWorld()
  hands = chatHands(world)
})
afterAll(() => world.close())

const runOf = (incidentId: string) =>
  world.read((tx) =>
    tx.db.selectFrom('run').selectAll().where('incident_id', '=', incidentId).executeTakeFirstOrThrow(),
  )

it('C6 G8 whose accounts turn out to be one before the run begins have not approved their own request', async () => {
  const { slack, discord } = hands.somebody()
  const incidentId = await world.proposed(world.take().name)
  const proposal = await world.proposalOf(incidentId, 'two-steps')
  await hands.type({ ...slack, groups: ['SRES'] }, `request ${proposal}`)
  const requestId = await hands.pendingOf(incidentId)
  expect(await hands.approve(discord, requestId)).toContain('Approved')
  const { id: runId } = await runOf(incidentId)
  // Discord's side stays and stands for its vote; Slack's, which requested, is nobody any more.
  expect(await hands.link(discord, { ...slack, groups: ['SRES'] })).toContain('Linked')
  await performRun(world.app, testTenant, runId)
  expect(await runOf(incidentId)).toMatchObject({ status: 'blocked', cause: 'permit' })
})

it('C6 linking right after a vote does not take the vote from a run that waits', async () => {
  const { slack, discord, id } = hands.somebody()
  const { requestId, runId } = await world.waiting()
  await hands.approve(slack, requestId)
  await hands.type(discord, 'whoami')
  expect(await hands.link(discord, slack)).toContain('Linked')
  expect((await hands.person(id))?.disabled_at).toBeNull()
  await performRun(world.app, testTenant, runId)
  expect((await world.run(runId)).status).toBe('succeeded')
})

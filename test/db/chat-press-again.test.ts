import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweepClicks } from '../../src/app/sweep-clicks.ts'
import { type ChatWorld, chatWorld, onSlack } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

const requestsOf = (incidentId: string) =>
  world.read((tx) =>
    tx.db
      .selectFrom('approval_request')
      .select(['id', 'status', 'requester_id', 'proposal_id'])
      .where('incident_id', '=', incidentId)
      .orderBy('created_at')
      .execute(),
  )

it('C1 G8 a request that was carried out and turned down is not made again by whoever takes up its press', async () => {
  const responder = onSlack('UQ', { groups: ['SRES'] })
  const first = await world.waiting()
  // The one of the start is out of the way; now somebody in Slack requests the same proposal anew.
  await world.commands.command(onSlack('UR'), `reject ${first.requestId} not this`)
  const [before] = await requestsOf(first.incidentId)
  const token = await world.tokenOf(before?.proposal_id ?? '', 'request')
  const reply = await world.commands.press(responder, { token, note: '' })
  expect(reply.reply.card.title).toBe('Requested')
  // Its process stored the press at 2 s, committed, and died before it wrote the outcome.
  await world.read((tx) =>
    tx.db
      .insertInto('click')
      .values({
        tenant_id: tx.tenantId,
        id: world.app.ids.uuid(),
        token,
        person_id: 'slack-uq',
        via: 'slack',
        received_at: tx.now,
      })
      .execute(),
  )
  const made = await requestsOf(first.incidentId)
  await world.commands.command(onSlack('UR'), `reject ${made.at(-1)?.id} no, really`)
  world.shift(31_000)
  expect(await sweepClicks(world.app)).toBe(1)
  expect((await requestsOf(first.incidentId)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const outcome = await world.read((tx) =>
    tx.db.selectFrom('click').select('outcome').where('token', '=', token).executeTakeFirstOrThrow(),
  )
  expect(outcome.outcome).toMatchObject({ done: false, code: 'duplicate_request' })
})

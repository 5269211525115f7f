import { afterAll, beforeAll, expect, it } from 'vitest'
import { sweepClicks } from '../../src/app/sweep-clicks.ts'
import { type ChatWorld, chatWorld, onSlack, words } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

it('C1 a viewer who presses a button is refused in the history too', async () => {
  const viewer = onSlack('UV', { groups: ['SVIEW'] })
  const { requestId } = await world.waiting()
  const token = await world.tokenOf(requestId, 'approve')
  const { reply } = await world.commands.press(viewer, { token, note: '' })
  expect(words(reply.card)).toContain('may look, but not act')
  const rows = await world.read((tx) =>
    tx.db
      .selectFrom('audit_entry')
      .selectAll()
      .where('event', '=', 'refused')
      .where('subject', '=', requestId)
      .execute(),
  )
  expect(rows).toHaveLength(1)
  expect(await world.votesOf(requestId)).toEqual([])
})

it('C1 a stored press of somebody who was disabled since is refused in the history too', async () => {
  const { requestId } = await world.waiting()
  const token = await world.tokenOf(requestId, 'approve')
  await world.commands.command(onSlack('UG'), 'whoami')
  await world.read(async (tx) => {
    const press = { tenant_id: tx.tenantId, id: world.app.ids.uuid(), token, person_id: 'slack-ug' } as const
    await tx.db
      .insertInto('click')
      .values({ ...press, via: 'slack', received_at: tx.now })
      .execute()
    await tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', 'slack-ug').execute()
  })
  world.shift(31_000)
  expect(await sweepClicks(world.app)).toBe(1)
  expect(await world.eventsOf('slack-ug')).toEqual(['person_created', 'identity_linked', 'refused'])
  expect(await world.votesOf(requestId)).toEqual([])
})

it('C6 somebody disabled who tries codes is in the history, once an hour', async () => {
  const gone = onSlack('UD')
  await world.commands.command(gone, 'whoami')
  await world.read((tx) =>
    tx.db.updateTable('person').set({ disabled_at: tx.now }).where('id', '=', 'slack-ud').execute(),
  )
  for (const _ of [1, 2, 3]) await world.commands.command(gone, 'link ABCDE-FGHJK')
  expect(await world.eventsOf('slack:T1:UD')).toEqual(['refused'])
})

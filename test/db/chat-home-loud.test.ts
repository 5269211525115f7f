import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { performRun } from '../../src/app/run/perform-run.ts'
import { testTenant } from '../support/app.ts'
import { type ChatWorld, chatWorld, onSlack, words } from './chat-world.ts'

describe('the home page of a chat, and what needs a person', () => {
  let world: ChatWorld
  beforeAll(async () => {
    world = await chatWorld()
  })
  afterAll(() => world.close())

  it('R4 C1 a rollback that failed stands first on the home page until its incident waits for nobody', async () => {
    const { name, service } = world.take()
    const { runId, incidentId } = await world.queued(name)
    service.heals = false
    service.beforeEffect = async (_, key) => (key.endsWith('.rollback') ? 500 : 200)
    await performRun(world.app, testTenant, runId)
    const [first] = await world.commands.home(onSlack('U1'))
    if (first === undefined) throw new Error('the home page is empty')
    expect([first.title, first.tone]).toEqual(['A person must look now', 'bad'])
    expect(words(first)).toContain('Could not be undone: ')
    expect(words(first)).toContain(`(${runId}) (${incidentId})`)
    expect(words((await world.commands.command(onSlack('U1'), 'runs')).card)).toContain(
      'Could not be undone: ',
    )
    await world.read((tx) =>
      tx.db
        .updateTable('incident')
        .set({ status: 'resolved', resolved_at: tx.now })
        .where('id', '=', incidentId)
        .execute(),
    )
    expect((await world.commands.home(onSlack('U1'))).map(({ title }) => title)).not.toContain(
      'A person must look now',
    )
  })
})

import { expect, it } from 'vitest'
import { createChatCommands } from '../../src/app/chat/commands.ts'
import type { ChatUser } from '../../src/app/ports.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { countRoundTrips } from '../support/round-trips.ts'
import { aWorld, healedIn, tenant } from './answer-support.ts'

/** How often a question in a chat waits for PostgreSQL: what it takes is mostly that, so it may not grow unseen. */

const user: ChatUser = { chat: 'slack', workspaceId: 'T1', userId: 'U1', name: 'Ada', groups: ['G1'] }
it('Q1 a question is answered and kept within few round trips, whatever it is about', async () => {
  const world = await aWorld()
  const { incidentId, runId } = await healedIn(world)
  const commands = createChatCommands(world.app, {
    workspaces: [{ chat: 'slack', workspaceId: 'T1', tenantId: tenant }],
    roleGroups: { slack: [{ role: 'responder', group: 'G1' }], discord: [] },
    consoleUrl: null,
  })
  // Whoever asks is known by then, and the configuration read.
  await commands.command(user, '')
  await world.app.configuration.of(tenant)
  // Those that end a reading are among them: nobody waits for these.
  const kinds: readonly (readonly [string, number])[] = [
    ['which playbook works best?', 9],
    ['mttr today?', 12],
    ['how many incidents per service today?', 9],
    ['which incidents are open?', 9],
    ['which runs succeeded today?', 11],
    ['what did cora approve?', 10],
    [`who approved ${runId}?`, 13],
    [`what happened with ${incidentId}?`, 12],
    [`why is ${incidentId} blocked?`, 12],
    ['what runs now?', 9],
  ]
  const most = new Map(kinds)
  const took: [string, number][] = []
  for (const [at, [text]] of kinds.entries()) {
    const said = { text, threadId: null, messageKey: `m${at}` }
    const seen: string[] = []
    const { trips } = await countRoundTrips(async () => {
      const reply = await commands.say(user, said)
      seen.push(reply === null ? 'nothing' : plainText(reply.card))
    })
    expect(seen[0], text).toContain('Read as: ')
    took.push([text, trips])
  }
  const more = took.filter(([text, trips]) => trips > (most.get(text) ?? 0))
  expect(more).toEqual([])
})

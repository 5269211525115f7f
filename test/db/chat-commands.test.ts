import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChatWorld, chatWorld, onDiscord, onSlack, words } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

const say = async (user: Parameters<ChatWorld['commands']['command']>[0], text: string): Promise<string> =>
  words((await world.commands.command(user, text)).card)

describe('C1 C2 what is typed after /heal', () => {
  it('C1 no words are help, and help lists every command', async () => {
    const help = await say(onSlack('U1'), '')
    for (const name of ['status', 'incidents', 'show INC', 'approve REQ', 'reject REQ why', 'link', 'whoami'])
      expect(help).toContain(`/heal ${name}`)
  })

  it('C1 a word that is nearly a command is answered with the one that was meant', async () => {
    expect(await say(onSlack('U1'), 'aprove req-1')).toContain('Did you mean /heal approve?')
    expect(await say(onSlack('U1'), 'xyzzy')).toContain('There is no command xyzzy.')
  })

  it('C1 status, incidents, runs and show tell what is so', async () => {
    const { incidentId, requestId } = await world.waiting()
    expect(await say(onSlack('U1'), 'status')).toMatch(/1 incident open/)
    expect(await say(onSlack('U1'), 'incidents')).toContain(incidentId)
    expect(await say(onSlack('U1'), 'runs')).toContain('run-')
    expect(await say(onDiscord('1001'), `show ${incidentId}`)).toContain('Two steps')
    expect(await say(onDiscord('1001'), 'approvals')).toContain(requestId)
    expect(await say(onDiscord('1001'), 'show inc-99999')).toContain('There is no incident inc-99999.')
    expect(await say(onSlack('U1'), 'ask which incidents are open')).toContain(incidentId)
    expect(await say(onSlack('U1'), 'which incidents are open?')).toContain(incidentId)
    expect(await say(onSlack('U1'), 'mode')).toContain('Mode propose')
    expect(await say(onSlack('U1'), 'mode auto')).toContain('may not change')
    expect(await say(onSlack('U1'), 'whoami')).toContain('slack-u1')
  })
})

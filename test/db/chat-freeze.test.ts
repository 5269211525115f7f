import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { click } from '../../src/app/click.ts'
import { type ChatWorld, chatWorld, onDiscord, onSlack, words } from './chat-world.ts'

let world: ChatWorld
beforeAll(async () => {
  world = await chatWorld()
})
afterAll(() => world.close())

type User = Parameters<ChatWorld['commands']['command']>[0]
const say = async (user: User, text: string): Promise<string> =>
  words((await world.commands.command(user, text)).card)

describe('G2 freezes and windows in a chat', () => {
  const admin = onSlack('U9', { groups: ['SADM'] })
  const responder = onDiscord('1001', { groups: ['901'] })

  it('G2 /heal freeze prod until 18:00 freezes everything, and is told, listed and lifted on the other chat', async () => {
    expect(await say(responder, 'freezes')).toContain('Nothing is frozen')
    const frozen = await say(admin, 'freeze prod until 18:00 because the fair')
    const [, id = ''] = /(frz-\d+)/.exec(frozen) ?? []
    expect(frozen).toMatch(/Frozen: everything.*Nothing begins on it until \w{3} \d{4}-\d\d-\d\d 18:00 UTC/s)
    expect(await say(responder, 'freezes')).toMatch(new RegExp(`${id} everything.*the fair`, 's'))
    expect(await say(responder, 'windows plain-1')).toMatch(/Frozen until .* 18:00 UTC/s)
    expect(await say(responder, `unfreeze ${id}`)).toContain('may neither set nor lift a freeze')
    expect(await world.commands.suggest(admin, 'unfreeze ')).toEqual([`unfreeze ${id}`])
    expect(await say(admin, `unfreeze ${id}`)).toContain('No longer frozen: everything')
    expect(await say(responder, 'freezes')).toContain('Nothing is frozen')
    expect(await world.eventsOf(id)).toEqual(['freeze_set', 'refused', 'freeze_lifted'])
  })

  it('G2 says what is missing, which name is near, and which times it understands', async () => {
    expect(await say(admin, 'freeze prod')).toContain('Say until when: 18:00, 2h')
    expect(await say(admin, 'freeze plainn-1 until 2h')).toContain('Did you mean plain-1?')
    expect(await say(admin, 'freeze plain-1 until whenever')).toContain('is no time that Suture understands')
    expect(await say(admin, 'unfreeze')).toContain('It needs a freeze, such as frz-7.')
    expect(await say(admin, 'windows plainn-1')).toContain('Did you mean plain-1?')
  })

  it('G1 /heal windows tells whether it is open, when that changes, in the zone of the service and in UTC', async () => {
    await world.configure(
      {},
      (text) => text.replace('  - name: plain-1\n', '  - name: plain-1\n    timeZone: Asia/Kathmandu\n'),
      undefined,
      'windows: [{ id: working-hours }]\n',
    )
    // Wednesday, 08:00 in Kathmandu.
    const now = await world.read(async (tx) => tx.now)
    world.shift(Temporal.Instant.from('2031-06-04T02:15:00Z').epochMilliseconds - now.epochMilliseconds)
    const closed = await say(responder, 'windows plain-1-api')
    expect(closed).toContain('opens Wed 2031-06-04 09:00 in Asia/Kathmandu (Wed 2031-06-04 03:15 UTC)')
    expect(closed).toContain('Mon-Fri 09:00-18:00 in Asia/Kathmandu')
    world.shift(3_600_000)
    expect(await say(responder, 'windows plain-1')).toContain(
      'Open until Wed 2031-06-04 18:00 in Asia/Kathmandu',
    )
    const all = await say(responder, 'windows')
    expect(all).toContain('mute-1')
    expect(all).toMatch(/And \d+ more; the console shows all/)
    expect(await world.commands.suggest(responder, 'windows plain-1')).toContain('windows plain-1')
  })

  it('G2 G9 C1 a form whose press is taken up again freezes no second time and changes no mode back, whatever came between', async () => {
    const caller = await world.caller('Root', ['admin'])
    const answers = { what: 'plain-3', until: '2h', reason: 'taken up' }
    const at = await world.read(async (tx) => tx.now)
    const first = await click(world.app, caller, 'form-freeze', '', null, answers)
    const [id = ''] = /frz-\d+/.exec(first.message) ?? []
    expect(await say(admin, `unfreeze ${id}`)).toContain('No longer frozen')
    world.shift(40_000)
    expect((await click(world.app, caller, 'form-freeze', '', at, answers)).message).toContain(id)
    expect(await world.eventsOf(id)).toEqual(['freeze_set', 'freeze_lifted'])
    expect(await say(responder, 'windows plain-3')).not.toContain('Frozen until')

    const auto = { for: 'plain-3', mode: 'auto' }
    const pressed = await world.read(async (tx) => tx.now)
    expect(await click(world.app, caller, 'form-mode', '', null, auto)).toMatchObject({ done: true })
    expect(await say(admin, 'mode observe for plain-3')).toContain('Mode observe')
    world.shift(40_000)
    expect(await click(world.app, caller, 'form-mode', '', pressed, auto)).toMatchObject({ code: 'stale' })
    expect(await say(responder, 'mode plain-3')).toContain('Mode observe')
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type OpenedIncoming, openIncoming, settled } from '../support/discord-incoming.ts'
import { buttonClick, slashCommand } from '../support/discord-requests.ts'
import { type DiscordStub, startDiscordStub } from '../support/discord-stub.ts'
import { type FakeChatCommands, fakeChatCommands, replyOf } from '../support/fake-chat-commands.ts'

/** Against a stub of our own: what the peer that is not ours can't do. */
let stub: DiscordStub
let commands: FakeChatCommands
let opened: OpenedIncoming[] = []
beforeEach(async () => {
  stub = await startDiscordStub()
  commands = fakeChatCommands()
})
afterEach(async () => {
  for (const { incoming } of opened) await incoming.stop()
  opened = []
  await stub.stop()
})

const open = (token?: string): OpenedIncoming => {
  const one = openIncoming({ peer: stub, commands, ...(token === undefined ? {} : { token }) })
  opened.push(one)
  return one
}

const listening = async (): Promise<OpenedIncoming> => {
  const one = open()
  await one.incoming.start()
  expect(one.incoming.state().connected).toBe(true)
  return one
}

const callbacks = (): readonly { readonly body: unknown }[] =>
  stub.requests.filter(({ path }) => path.endsWith('/callback'))

/** Whether what the gateway sends is acted on. */
const hears = async (): Promise<void> => {
  const command = slashCommand('status')
  stub.dispatch('INTERACTION_CREATE', command)
  await stub.until(() => stub.requests.some(({ path }) => path.includes(command.id)))
}

/** The library gives a connection up that answers later than this: longer than a busy machine stalls. */
const unhurriedMs = 250

/** Resolves when a heartbeat that was sent from now on was answered, and the answer heard. */
const answeredHeartbeat = async (): Promise<void> => {
  const before = stub.heartbeats()
  // The third is sent only after the answer to the second came.
  await stub.until(() => stub.heartbeats() >= before + 3)
}

describe('the connection', () => {
  test('C2 only intents that need no permission are asked for', async () => {
    await listening()
    expect(stub.intents()).toBe((1 << 9) | (1 << 12))
  })

  test('C2 a guild that never comes does not keep interactions waiting', async () => {
    stub.manners.sendsGuild = false
    await listening()
    await hears()
  })

  test('C2 told to reconnect, it resumes and hears again', async () => {
    const { incoming } = await listening()
    stub.send({ op: 7, d: null })
    await stub.until(() => stub.opcodes.includes(6))
    await settled(() => incoming.state().connected)
    await hears()
    expect(stub.opcodes).toEqual([2, 6])
  })

  test('C2 a session that is no longer valid is begun anew', async () => {
    const { incoming } = await listening()
    stub.send({ op: 9, d: false })
    await stub.until(() => stub.opcodes.filter((op) => op === 2).length === 2)
    await settled(() => incoming.state().connected)
    await hears()
  })

  test('C2 a connection whose heartbeats are not answered is resumed', async () => {
    stub.manners.heartbeatMs = 60
    stub.manners.acksHeartbeats = false
    const { incoming } = await listening()
    await stub.until(() => stub.opcodes.includes(6))
    stub.manners.acksHeartbeats = true
    stub.manners.heartbeatMs = 45_000
    await settled(() => incoming.state().connected)
  })

  test('C2 a broken connection is resumed', async () => {
    const { incoming } = await listening()
    stub.cut()
    await stub.until(() => stub.opcodes.includes(6))
    await settled(() => incoming.state().connected)
    await hears()
  })
})

describe('a deaf connection', () => {
  test('C2 a resume that is never answered is noticed, told, and replaced by a new session', async () => {
    stub.manners.answersResume = false
    const { incoming, timers } = await listening()
    stub.cut()
    await stub.until(() => stub.opcodes.includes(6))
    await settled(() => !incoming.state().connected)
    expect(incoming.state().sentence).toContain('Discord closed the connection (1006)')
    timers.advance(20_000)
    timers.look()
    timers.advance(1)
    await settled(() => {
      timers.look()
      return incoming.state().connected
    })
    expect(incoming.state().sentence).toMatch(/connected since .* deaf: not ready for 20 s/)
    expect(stub.opcodes).toEqual([2, 6, 2])
    await hears()
    expect(stub.openSockets()).toBe(1)
  })

  test('C2 heartbeats that are not answered for 100 s make a new connection', async () => {
    stub.manners.acksHeartbeats = false
    const { incoming, timers } = await listening()
    timers.advance(100_001)
    timers.look()
    await settled(() => !incoming.state().connected)
    await stub.until(() => stub.opcodes.length === 2)
    await settled(() => incoming.state().connected)
    expect(incoming.state().sentence).toContain('no heartbeat was answered for 100 s')
    expect(stub.opcodes).toEqual([2, 2])
  })

  test('C2 a connection that answers heartbeats but sends nothing is found by asking for an event', async () => {
    stub.manners.heartbeatMs = unhurriedMs
    const { incoming, timers } = await listening()
    const quiet = async () => {
      timers.advance(300_001)
      await answeredHeartbeat()
      timers.look()
    }
    await quiet()
    await stub.until(() => stub.opcodes.includes(8))
    await hears()
    expect(stub.opcodes).toEqual([2, 8])
    stub.manners.answersProbe = false
    await quiet()
    await stub.until(() => stub.opcodes.length === 3)
    timers.advance(20_001)
    await settled(() => {
      timers.look()
      return stub.opcodes.length === 4
    })
    await settled(() => incoming.state().connected)
    expect(incoming.state().sentence).toContain('no event came although one was asked for')
  })

  test('C2 a connection that hears is left alone, however quiet the server is', async () => {
    stub.manners.heartbeatMs = unhurriedMs
    const { incoming, timers } = await listening()
    // Twenty minutes, in steps after each of which an event is asked for, and heard before the next heartbeat.
    for (let step = 0; step < 4; step++) {
      timers.advance(300_001)
      await answeredHeartbeat()
      timers.look()
      await answeredHeartbeat()
    }
    await answeredHeartbeat()
    expect(incoming.state().sentence).not.toContain('deaf')
    expect(stub.opcodes.filter((op) => op !== 8)).toEqual([2])
    expect(stub.opcodes.filter((op) => op === 8).length).toBeGreaterThan(2)
  })
})

describe('what Discord refuses', () => {
  test('C2 a wrong token fails the start in words, without the token', async () => {
    const { incoming } = open('wrong-token')
    await expect(incoming.start()).rejects.toThrow(/Discord refuses the bot token/)
    expect(incoming.state()).toMatchObject({ connected: false })
    expect(stub.openSockets()).toBe(0)
  })

  test.each([
    [4_004, /refuses the bot token/],
    [4_013, /intents/],
    [4_014, /Privileged Gateway Intents/],
  ])('C2 a gateway that closes with %i fails the start in words', async (code, words) => {
    stub.manners.refusal = code
    const { incoming, timers } = open()
    await expect(incoming.start()).rejects.toThrow(words)
    expect(stub.openSockets()).toBe(0)
    expect(timers.looking()).toBe(0)
  })

  test('C2 a token that is revoked while it runs is told, and tried again ever more rarely', async () => {
    const { incoming, timers, logged } = await listening()
    stub.manners.refusal = 4_004
    stub.close(4_004)
    await settled(() => !incoming.state().connected)
    const identifies = () => stub.opcodes.filter((op) => op === 2).length
    const replaced = () => logged.filter((line) => line.includes('replaced by a new one')).length
    for (const pause of [20_001, 40_001, 80_001, 160_001, 300_001, 300_001]) {
      const before = identifies()
      timers.advance(pause - 2)
      await timers.looked()
      expect([identifies(), replaced()]).toEqual([before, before - 1])
      timers.advance(2)
      timers.look()
      await stub.until(() => identifies() === before + 1)
      await settled(() => incoming.state().sentence.includes('refuses the bot token'))
    }
    stub.manners.refusal = null
    timers.advance(300_001)
    timers.look()
    await settled(() => incoming.state().connected)
  })

  test('C2 an outage at the start does not fail it, and ends by itself', async () => {
    stub.manners.outage = 503
    const { incoming, timers } = open()
    await incoming.start()
    expect(incoming.state()).toMatchObject({ connected: false })
    expect(incoming.state().sentence).toContain('Discord could not be')
    stub.manners.outage = null
    timers.advance(20_001)
    timers.look()
    await settled(() => incoming.state().connected)
    await settled(() => !incoming.state().sentence.includes('/heal'))
    expect(stub.requests.some(({ method }) => method === 'PUT')).toBe(true)
    await hears()
  })
})

describe('what comes twice', () => {
  test('C2 an interaction that the gateway sends again is acted on once', async () => {
    await listening()
    const click = buttonClick('act:approve-1')
    stub.dispatch('INTERACTION_CREATE', click)
    stub.dispatch('INTERACTION_CREATE', click)
    await hears()
    const { incoming } = opened[0] ?? { incoming: null }
    await incoming?.stop()
    expect(commands.presses).toHaveLength(1)
    expect(callbacks()).toHaveLength(2)
  })

  test.each([
    [400, 40_060],
    [404, 10_062],
  ])('C2 an answer that Discord meets with %i %i is let go', async (status, code) => {
    const { logged } = await listening()
    const click = buttonClick('act:approve-1')
    stub.manners.answers.push(({ path }) =>
      path.includes(click.id) ? { status, body: { code, message: 'acted out' } } : null,
    )
    stub.dispatch('INTERACTION_CREATE', click)
    await hears()
    await settled(() => logged.join().includes(String(code)))
    expect(logged.join()).not.toContain(click.token)
    expect(callbacks()).toHaveLength(2)
  })

  test('C2 an answer that breaks is sent once more at once', async () => {
    await listening()
    let faults = 1
    stub.manners.answers.push(({ path }) =>
      path.endsWith('/callback') && faults-- > 0 ? { status: 502, body: {} } : null,
    )
    stub.dispatch('INTERACTION_CREATE', buttonClick('act:approve-1'))
    await stub.until(() => callbacks().length === 2)
    expect(commands.presses).toHaveLength(1)
  })

  test('C2 what is no interaction is left alone', async () => {
    const { logged } = await listening()
    stub.dispatch('INTERACTION_CREATE', { type: 3, data: { custom_id: 7 } })
    await hears()
    expect(logged.join()).toContain('not understood')
    expect(callbacks()).toHaveLength(1)
  })
})

describe('the commands of the server', () => {
  const writes = () => stub.requests.filter(({ method }) => method === 'PUT')

  test('C2 /heal is written once and left alone as long as it is the same', async () => {
    for (const expected of [1, 1, 1]) {
      const { incoming } = await listening()
      await incoming.stop()
      expect(writes()).toHaveLength(expected)
    }
    expect(stub.violations).toEqual([])
  })

  test('C2 /heal is written again when Discord shows another', async () => {
    const { incoming } = await listening()
    await incoming.stop()
    stub.manners.answers.push(({ method, path }) =>
      method === 'GET' && path.endsWith('/commands')
        ? { status: 200, body: [{ id: '1', type: 1, name: 'heal', description: 'old', options: [] }] }
        : null,
    )
    await listening()
    expect(writes()).toHaveLength(2)
  })

  test('C2 a bot that may not write commands says so in words and works on', async () => {
    stub.manners.answers.push(({ path }) =>
      path.endsWith('/commands') ? { status: 403, body: { code: 50_001, message: 'Missing Access' } } : null,
    )
    const { incoming } = await listening()
    expect(incoming.state().sentence).toContain('invited without the scope applications.commands')
    await hears()
  })
})

describe('stopping', () => {
  test('C2 a stop leaves no connection and no timer behind, and hears nothing more', async () => {
    const { incoming, timers } = await listening()
    await incoming.stop()
    await stub.until(() => stub.openSockets() === 0)
    expect(timers.looking()).toBe(0)
    expect(incoming.state()).toMatchObject({ connected: false })
  })

  test('C2 a stop in the middle of a reconnect does not come back', async () => {
    const { incoming } = await listening()
    const broken = async () => {
      const closed = stub.until(() => stub.openSockets() === 0)
      stub.cut()
      await closed
    }
    await broken()
    await incoming.stop()
    // The library tries again half a second after a break: this one broke later, and is back.
    const other = await listening()
    await broken()
    await settled(() => !other.incoming.state().connected)
    await settled(() => other.incoming.state().connected)
    expect(stub.opcodes).toEqual([2, 2, 6])
    expect([stub.upgrades(), stub.openSockets()]).toEqual([3, 1])
  })

  test('C2 a stop in the middle of a start ends it', async () => {
    const early = open()
    const begun = early.incoming.start()
    await early.incoming.stop()
    await begun
    expect(stub.upgrades()).toBe(0)
    stub.manners.answersIdentify = false
    const { incoming, timers } = open()
    const started = incoming.start()
    await stub.until(() => stub.opcodes.includes(2))
    await incoming.stop()
    await started
    expect(stub.openSockets()).toBe(0)
    expect([timers.looking(), timers.waiting()]).toEqual([0, 0])
  })

  test('C2 a start that failed can be tried again', async () => {
    stub.manners.refusal = 4_014
    const { incoming } = open()
    await expect(incoming.start()).rejects.toThrow(/intents/)
    stub.manners.refusal = null
    await incoming.start()
    expect(incoming.state().connected).toBe(true)
    await hears()
    expect(stub.openSockets()).toBe(1)
  })

  test('C2 a stop while a connection is just opening waits for it, and nothing fails afterwards', async () => {
    stub.manners.answersUpgrade = false
    const { incoming, timers } = open()
    const started = incoming.start()
    await stub.until(() => stub.upgrades() === 1)
    timers.advance(15_000)
    await started
    expect(incoming.state()).toMatchObject({ connected: false })
    await incoming.stop()
    expect(stub.upgrades()).toBe(1)
  })

  test('C2 what is being answered is answered before a stop ends', async () => {
    const pressed = Promise.withResolvers<void>()
    commands = fakeChatCommands({
      press: async () => {
        await pressed.promise
        return { kind: 'done', reply: replyOf('Approved') }
      },
    })
    const { incoming } = await listening()
    stub.dispatch('INTERACTION_CREATE', buttonClick('act:approve-1'))
    await commands.until(() => commands.presses.length === 1)
    const stopped = incoming.stop()
    pressed.resolve()
    await stopped
    expect(JSON.stringify(callbacks())).toContain('Approved')
  })
})

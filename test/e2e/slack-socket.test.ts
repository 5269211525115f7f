import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ChatCommands, ChatReply } from '../../src/app/ports.ts'
import { replyOf } from '../support/fake-chat-commands.ts'
import { type TestSlack, type TestSlackOptions, testSlack } from '../support/slack.ts'
import { blockActions, eventCallback, message, slashCommand } from '../support/slack-requests.ts'
import { slackIds } from '../support/slack-stub.ts'

/** Socket Mode when things go wrong: connections that are replaced, cut, deaf or refused. The stub behaves as badly as Slack. */
const opened: TestSlack[] = []
const unhandled: unknown[] = []
const note = (error: unknown): void => {
  unhandled.push(error)
}

const open = async (answers: Partial<ChatCommands> = {}, more: Partial<TestSlackOptions> = {}) => {
  const slack = await testSlack({ way: 'socket', answers, ...more })
  opened.push(slack)
  return slack
}
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  for (const slack of opened.splice(0)) await slack.close()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

const click = (at: number) => blockActions({ actionId: `act:t${at}`, actionTs: `${at}.1`, responseUrl: null })

describe('C1 Socket Mode', () => {
  test('C1 on a refresh the new connection is there before the old one is left, and no click is lost', async () => {
    const { stub, commands, chat } = await open()
    const fewest = { open: Infinity }
    const [first] = stub.sockets
    const ids = [stub.envelope('interactive', click(0))]
    first?.send({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'applink-1' } })
    // Slack still sends on the old one until it is closed.
    ids.push(stub.envelope('interactive', click(1), { socket: first! }))
    await stub.until(() => {
      fewest.open = Math.min(fewest.open, stub.openSockets().length)
      return stub.sockets.length === 2
    })
    ids.push(stub.envelope('interactive', click(2), { socket: first! }))
    ids.push(stub.envelope('interactive', click(3), { socket: stub.sockets[1]! }))
    await Promise.all(ids.map((id) => stub.acked(id)))
    await stub.until(() => {
      fewest.open = Math.min(fewest.open, stub.openSockets().length)
      return first?.open === false
    })
    expect(fewest.open).toBe(1)
    expect(stub.openSockets()).toEqual([stub.sockets[1]])
    expect(commands.presses.map(({ press }) => press.token).toSorted()).toEqual(['t0', 't1', 't2', 't3'])
    expect(ids.map((id) => stub.ackCount(id))).toEqual([1, 1, 1, 1])
    expect(chat.state()).toMatchObject({ connected: true })
  })

  test('C1 a click under way when the connection is replaced is acknowledged on the old one', async () => {
    const press = Promise.withResolvers<void>()
    const { stub, commands } = await open(
      {
        press: async () => {
          await press.promise
          return { kind: 'done', reply: replyOf('Approved') }
        },
      },
      { timing: { drainMs: 5_000 } },
    )
    const id = stub.envelope('interactive', click(0))
    await commands.until(() => commands.presses.length === 1)
    stub.sockets[0]?.send({ type: 'disconnect', reason: 'warning' })
    await stub.until(() => stub.openSockets().length === 2)
    press.resolve()
    expect(await stub.acked(id)).toEqual({})
  })

  test('C1 a connection that is cut is made again, and what Slack delivers again acts once', async () => {
    const { stub, commands, chat, logged } = await open()
    const id = stub.envelope('interactive', click(0))
    await stub.acked(id)
    stub.sockets[0]?.cut()
    await stub.until(() => stub.openSockets().length === 1)
    // The ack may have been lost with the connection: Slack sends the click again, in a new envelope.
    await stub.acked(stub.envelope('interactive', click(0)))
    await stub.acked(stub.envelope('interactive', click(1)))
    expect(commands.presses.map(({ press }) => press.token)).toEqual(['t0', 't1'])
    expect(chat.state()).toMatchObject({ connected: true })
    expect(logged.join('\n')).toContain('Slack closed the connection')
  })

  test('C1 a click whose connection is gone when it is done hurts nobody', async () => {
    const press = Promise.withResolvers<void>()
    const { stub, commands } = await open({
      press: async () => {
        await press.promise
        return { kind: 'done', reply: replyOf('Approved') }
      },
    })
    stub.envelope('interactive', click(0))
    await commands.until(() => commands.presses.length === 1)
    stub.sockets[0]?.cut()
    await stub.until(() => stub.openSockets().length === 1)
    press.resolve()
    await stub.until(() => stub.callsOf('chat.postEphemeral').length === 1)
  })

  test('C1 while Slack refuses, limits and fails, it is asked again until it opens', async () => {
    const { stub, chat } = await open()
    const method = 'apps.connections.open'
    stub.fault({ method, times: 2, as: { kind: 'status', status: 500 } })
    stub.fault({ method, as: { kind: 'cut' } })
    stub.fault({ method, as: { kind: 'status', status: 429, retryAfter: 0 } })
    stub.fault({ method, as: { kind: 'refusal', error: 'internal_error' } })
    stub.sockets[0]?.cut()
    await stub.until(() => stub.callsOf(method).length >= 3)
    expect(chat.state().connected).toBe(false)
    await stub.until(() => stub.openSockets().length === 1)
    await stub.acked(stub.envelope('interactive', click(0)))
    expect(chat.state().connected).toBe(true)
    expect(stub.callsOf(method)).toHaveLength(7)
  })

  test('C1 a connection that is deaf is found and replaced, and the state says so', async () => {
    const { stub, chat, logged, commands } = await open({}, { timing: { pingMs: 90 } })
    // Every sign of life stops, and nobody closes anything: that is how a connection dies behind a firewall.
    stub.manners.pong = false
    stub.manners.answersClose = false
    stub.fault({ method: 'apps.connections.open', as: { kind: 'status', status: 503 } })
    await stub.until(() => stub.callsOf('apps.connections.open').length === 2)
    expect(chat.state()).toMatchObject({ connected: false })
    expect(logged.join('\n')).toContain('no sign of life from Slack')
    stub.manners.pong = true
    stub.manners.answersClose = true
    await stub.until(() => stub.sockets.at(-1)?.open === true && stub.sockets.length > 1)
    await stub.acked(stub.envelope('interactive', click(0)))
    expect(commands.presses).toHaveLength(1)
  })

  test('C1 a connection that looks well is still replaced now and then', async () => {
    const { stub, commands } = await open({}, { timing: { renewMs: 40 } })
    await stub.until(() => stub.sockets.length >= 3)
    await stub.acked(stub.envelope('interactive', click(0)))
    expect(commands.presses).toHaveLength(1)
  })

  test('C1 a server that opens the connection and never says hello is tried again', async () => {
    const { stub, chat } = await open({}, { timing: { helloMs: 60 }, started: false })
    stub.manners.hello = false
    await chat.start()
    expect(chat.state()).toMatchObject({ connected: false })
    expect(chat.state().sentence).toContain('hello')
    await stub.until(() => stub.sockets.length >= 2)
    stub.manners.hello = true
    await stub.until(() => stub.sockets.length >= 3 && stub.openSockets().length >= 1)
    await stub.acked(stub.envelope('interactive', click(0)))
  })

  test.each([
    ['invalid_auth', /does not know this token \(invalid_auth\)/],
    ['token_expired', /has expired/],
    ['account_inactive', /removed from the workspace/],
    ['missing_scope', /lacks a scope/],
  ])('C1 an app token that Slack answers with %s stops the start, in words', async (error, words) => {
    const { stub, chat } = await open({}, { started: false })
    stub.fault({ method: 'apps.connections.open', as: { kind: 'refusal', error } })
    await expect(chat.start()).rejects.toThrow(words)
    await expect(Promise.resolve(chat.state().sentence)).resolves.toMatch(words)
    expect(chat.state().connected).toBe(false)
  })

  test('C1 a bot token that Slack does not know stops the start, in words', async () => {
    const { stub, chat } = await open({}, { started: false })
    stub.fault({ method: 'auth.test', as: { kind: 'refusal', error: 'token_revoked' } })
    await expect(chat.start()).rejects.toThrow('Slack refuses the bot token: this token was revoked')
    expect(chat.state()).toEqual({
      connected: false,
      sentence: 'Slack refuses the bot token: this token was revoked (token_revoked)',
    })
  })

  test('C1 an app token that is revoked while it runs is said in the state, and taken again when it is mended', async () => {
    const { stub, chat } = await open()
    const refusal = { kind: 'refusal', error: 'token_revoked' } as const
    stub.fault({ method: 'apps.connections.open', times: Infinity, as: refusal })
    stub.sockets[0]?.send({ type: 'disconnect', reason: 'link_disabled' })
    await stub.until(() => stub.callsOf('apps.connections.open').length >= 3)
    // The old connection still carries everything until Slack closes it.
    expect(chat.state().connected).toBe(true)
    stub.sockets[0]?.close()
    await stub.until(() => !chat.state().connected)
    await stub.until(() => chat.state().sentence.includes('this token was revoked (token_revoked)'))
    expect(chat.state().sentence).toMatch(/^not connected since \d\d:\d\d UTC: /)
    stub.clearFaults()
    await stub.until(() => stub.openSockets().length === 1)
    await stub.acked(stub.envelope('interactive', click(0)))
  })

  test('C1 Slack that is down at the start is said so, and can be started again', async () => {
    const { stub, chat } = await open({}, { started: false })
    stub.fault({ method: 'auth.test', as: { kind: 'status', status: 503 } })
    await expect(chat.start()).rejects.toThrow('Slack does not answer')
    expect(chat.state().sentence).toMatch(/^Slack does not answer: .*503/)
    // Its Web API is up, its sockets are not yet: that is waited for.
    stub.fault({ method: 'apps.connections.open', times: 3, as: { kind: 'status', status: 503 } })
    await chat.start()
    expect(chat.state().sentence).toMatch(/^not connected since .*503/)
    await stub.until(() => stub.openSockets().length === 1)
    await stub.acked(stub.envelope('slash_commands', slashCommand({ response_url: stub.responseUrl() })))
    await stub.until(() => stub.responses.length === 1)
  })

  test('C1 frames that are no envelope are let be', async () => {
    const { stub, commands } = await open()
    const [socket] = stub.sockets
    for (const frame of ['', '{', 'null', '[]', '7', '{"type":7}', '{"type":"events_api","envelope_id":"e"}'])
      socket?.send(frame)
    socket?.send({ type: 'events_api', envelope_id: 'e2', payload: { event: null } })
    socket?.send({ type: 'interactive', envelope_id: 'e3' })
    socket?.send({ type: 'interactive', envelope_id: 'e4', payload: 'text' })
    await stub.acked(stub.envelope('interactive', click(0)))
    expect(commands.presses).toHaveLength(1)
    expect(stub.sockets).toHaveLength(1)
  })

  test('C1 stop takes nothing new, answers what it has, and leaves no socket', async () => {
    const later = Promise.withResolvers<ChatReply>()
    const slack = await testSlack({
      way: 'socket',
      answers: { press: async () => ({ kind: 'working', reply: replyOf('Working'), later: later.promise }) },
    })
    const { stub, commands, chat } = slack
    stub.envelope('interactive', click(0))
    await stub.until(() => stub.callsOf('chat.postEphemeral').length === 1)
    const stopped = chat.stop()
    const unheard = stub.envelope('events_api', eventCallback(message('too late')))
    later.resolve(replyOf('Approved'))
    await stopped
    expect(stub.callsOf('chat.postEphemeral').map(({ params }) => params['text'])).toEqual([
      'Working',
      'Approved',
    ])
    expect(commands.sayings).toEqual([])
    // Not acknowledged: Slack delivers it to the next process.
    expect(stub.ackCount(unheard)).toBe(0)
    expect(stub.openSockets()).toEqual([])
    expect(chat.state()).toEqual({ connected: false, sentence: 'stopped' })
    await stub.close()
  })

  test.each(['http', 'socket'])(
    'C1 after stop a process that listened over %s ends by itself',
    async (way) => {
      const { stub } = await open({}, { started: false })
      const worker = fork(join(import.meta.dirname, '../support/slack-worker.ts'), [way, stub.apiUrl])
      onTestFinished(() => {
        worker.kill('SIGKILL')
      })
      const exit = once(worker, 'exit')
      await once(worker, 'message')
      if (way === 'socket') expect(stub.openSockets()).toHaveLength(1)
      worker.send('stop')
      expect(await exit).toEqual([0, null])
      expect(stub.openSockets()).toEqual([])
    },
  )

  test('C1 stop while there is no connection ends the waiting', async () => {
    const { stub, chat } = await open({}, { timing: { retryMs: 60_000, helloMs: 60_000 } })
    stub.fault({ method: 'apps.connections.open', times: 99, as: { kind: 'hang' } })
    stub.sockets[0]?.cut()
    await stub.until(() => stub.callsOf('apps.connections.open').length === 2)
    const began = performance.now()
    await chat.stop()
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(stub.openSockets()).toEqual([])
  })

  test('C1 the token of the app goes to Slack alone, and to no log', async () => {
    const { stub, chat, logged } = await open({}, { appToken: 'xapp-1-wrong', started: false })
    await expect(chat.start()).rejects.toThrow(/does not know this token/)
    expect(stub.callsOf('apps.connections.open')[0]?.token).toBe('xapp-1-wrong')
    expect(logged.join('\n')).not.toMatch(/xapp-|xoxb-|ticket/)
    expect(stub.callsOf('auth.test')[0]?.token).toBe(slackIds.botToken)
  })
})

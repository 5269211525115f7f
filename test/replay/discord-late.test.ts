import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChatReply } from '../../src/app/ports.ts'
import { discordIds } from '../support/discord.ts'
import { callbackOf, hookOf, openIncoming, settled } from '../support/discord-incoming.ts'
import { autocomplete, buttonClick, publicKeyHex, signed, slashCommand } from '../support/discord-requests.ts'
import { type DiscordStub, startDiscordStub } from '../support/discord-stub.ts'
import {
  answerCard,
  type FakeChatCommands,
  fakeChatCommands,
  replyOf,
} from '../support/fake-chat-commands.ts'

let stub: DiscordStub
beforeEach(async () => {
  stub = await startDiscordStub()
})
afterEach(async () => {
  await stub.stop()
})

const open = (commands: FakeChatCommands) => {
  const opened = openIncoming({ peer: stub, commands, publicKey: publicKeyHex })
  return { ...opened, hook: hookOf(opened) }
}

describe('what takes longer than Discord waits', () => {
  test('C2 a press that is under way is said to be, and its outcome takes the place of that', async () => {
    const later = Promise.withResolvers<ChatReply>()
    const commands = fakeChatCommands({
      press: async () => ({ kind: 'working', reply: replyOf('Working'), later: later.promise }),
    })
    const { hook, incoming } = open(commands)
    const click = buttonClick('act:approve-1')
    const first = await hook(signed(click))
    expect(callbackOf(first)).toMatchObject({ type: 4, data: { flags: 32_832 } })
    expect(first.body).toContain('Working')
    expect(stub.requests).toEqual([])
    later.resolve(replyOf('Approved'))
    await incoming.stop()
    expect(stub.requests).toMatchObject([
      { method: 'PATCH', path: `/webhooks/${discordIds.application}/${click.token}/messages/@original` },
    ])
    expect(JSON.stringify(stub.requests[0])).toContain('Approved')
    expect(stub.violations).toEqual([])
  })

  test('C2 a press of more than 2.5 s is deferred for one person alone, and answered when it is there', async () => {
    const press = Promise.withResolvers<{ kind: 'done'; reply: ChatReply }>()
    const commands = fakeChatCommands({ press: async () => await press.promise })
    const { hook, incoming, timers } = open(commands)
    const response = hook(signed(buttonClick('act:approve-1')))
    await commands.until(() => commands.presses.length === 1)
    timers.advance(2_499)
    timers.advance(1)
    expect(callbackOf(await response)).toEqual({ type: 5, data: { flags: 64 } })
    press.resolve({ kind: 'done', reply: replyOf('Approved') })
    await incoming.stop()
    expect(JSON.stringify(stub.requests)).toContain('Approved')
    expect(stub.violations).toEqual([])
  })

  test('C2 an outcome that comes before Discord knows the first answer is shown all the same', async () => {
    let early = 2
    stub.manners.answers.push(({ path }) =>
      path.endsWith('/@original') && early-- > 0
        ? { status: 404, body: { code: 10_015, message: 'Unknown Webhook' } }
        : null,
    )
    const commands = fakeChatCommands({
      press: async () => ({
        kind: 'working',
        reply: replyOf('Working'),
        later: Promise.resolve(replyOf('Done')),
      }),
    })
    const { hook, incoming, timers, logged } = open(commands)
    callbackOf(await hook(signed(buttonClick('act:approve-1'))))
    for (const tries of [1, 2]) {
      await stub.until(() => stub.requests.length === tries)
      // The answer to the last try must be heard before its pause can begin to pass.
      await settled(() => timers.waiting() === 1)
      timers.advance(10_000)
    }
    await stub.until(() => stub.requests.length === 3)
    await incoming.stop()
    expect(logged).toEqual([])
  })

  test('C2 an outcome that comes after the token has expired is let go without naming the token', async () => {
    stub.manners.answers.push(({ path }) =>
      path.endsWith('/@original')
        ? { status: 401, body: { code: 50_027, message: 'Invalid Webhook Token' } }
        : null,
    )
    const commands = fakeChatCommands({
      press: async () => ({
        kind: 'working',
        reply: replyOf('Working'),
        later: Promise.resolve(replyOf('Done')),
      }),
    })
    const { hook, incoming, logged } = open(commands)
    const click = buttonClick('act:approve-1')
    callbackOf(await hook(signed(click)))
    await incoming.stop()
    expect(logged).toHaveLength(1)
    expect(logged.join()).toContain('50027')
    expect(logged.join()).not.toContain(click.token)
  })

  test('C2 completions that take too long are none', async () => {
    const commands = fakeChatCommands({ suggest: () => new Promise(() => undefined) })
    const { hook, timers } = open(commands)
    const response = hook(signed(autocomplete('show', [{ name: 'incident', value: '', focused: true }])))
    await settled(() => timers.waiting() === 1)
    timers.advance(2_500)
    expect(callbackOf(await response)).toEqual({ type: 8, data: { choices: [] } })
  })

  test('C2 a form that can no longer be opened in time says that nothing was done', async () => {
    const prompt = Promise.withResolvers<{ title: string; label: string; required: boolean; about: string }>()
    const commands = fakeChatCommands({ promptOf: async () => await prompt.promise })
    const { hook, incoming, timers } = open(commands)
    const response = hook(signed(buttonClick('act:reject-1')))
    await settled(() => timers.waiting() === 1)
    timers.advance(2_500)
    expect(callbackOf(await response)).toMatchObject({ type: 5 })
    prompt.resolve({ title: 'Reject', label: 'Why?', required: true, about: '' })
    await incoming.stop()
    expect(JSON.stringify(stub.requests)).toContain('Nothing was done')
    expect(commands.presses).toEqual([])
  })

  test('C2 a command whose form can no longer be opened in time shows its card instead', async () => {
    const asked = Promise.withResolvers<ChatReply>()
    const commands = fakeChatCommands({ command: async () => await asked.promise })
    const { hook, incoming, timers } = open(commands)
    const response = hook(signed(slashCommand('freeze')))
    await settled(() => timers.waiting() === 1)
    timers.advance(2_500)
    expect(callbackOf(await response)).toEqual({ type: 5, data: { flags: 64 } })
    const prompt = { title: 'Freeze', label: 'Freeze', required: true, about: '' }
    asked.resolve({ ...replyOf('What is frozen'), form: { token: 'form-freeze', prompt } })
    await incoming.stop()
    expect(JSON.stringify(stub.requests)).toContain('What is frozen')
    expect(stub.violations).toEqual([])
  })

  test('C2 what asks while Suture stops is told to come again', async () => {
    const commands = fakeChatCommands()
    const { hook, incoming } = open(commands)
    await incoming.stop()
    expect((await hook(signed(buttonClick('act:approve-1')))).status).toBe(503)
    expect(commands.presses).toEqual([])
  })

  test('C2 40,000 characters in an answer still make an answer that Discord takes', async () => {
    const card = answerCard('Long', '@everyone '.repeat(4_000))
    const { hook } = open(fakeChatCommands({ command: async () => ({ card, ephemeral: true }) }))
    expect(callbackOf(await hook(signed(slashCommand('status')))).type).toBe(4)
  })
})

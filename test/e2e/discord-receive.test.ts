import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDiscord } from '../../adapters/discord/index.ts'
import type { CardPost, Chat, ChatReply, PressReply } from '../../src/app/ports.ts'
import { type DiscordPeer, discordIds, startDiscord } from '../support/discord.ts'
import { settled } from '../support/discord-incoming.ts'
import { everyComponent } from '../support/discord-payloads.ts'
import { buttonClick, publicKeyHex, recordedAt, signed } from '../support/discord-requests.ts'
import {
  answerCard,
  type FakeChatCommands,
  fakeChatCommands,
  replyOf,
} from '../support/fake-chat-commands.ts'
import { type HandTimers, handTimers } from '../support/hand-timers.ts'

/** Against a Discord that is not ours, over its own gateway: people press and type there, Suture hears. */

let peer: DiscordPeer
let chat: Chat
let commands: FakeChatCommands
let timers: HandTimers
beforeEach(async () => {
  peer = await startDiscord()
  timers = handTimers(recordedAt * 1_000)
})
afterEach(async () => {
  // First ours: it would take a peer that is gone for an outage.
  await chat.stop()
  await peer.stop()
  expect(peer.violations).toEqual([])
})

const open = async (
  answers: Parameters<typeof fakeChatCommands>[0] = {},
  publicKey: string | null = null,
) => {
  commands = fakeChatCommands(answers)
  const quiet = () => undefined
  chat = openDiscord({
    token: peer.token,
    guildId: peer.guildId,
    publicKey,
    apiUrl: peer.apiUrl,
    consoleUrl: 'https://suture.example.org',
    commands,
    now: timers.now,
    log: { info: quiet, warn: quiet, error: quiet },
    makeRequest: peer.makeRequest,
    timers,
  })
  await chat.start()
  expect(chat.state().connected).toBe(true)
}

const alice = () => peer.twin.channel(discordIds.incidents).user(discordIds.alice)

const answerTo = async (interaction: { readonly id: string }) => {
  const channel = peer.twin.channel(discordIds.incidents)
  await channel.waitForInteractionAck({ interactionId: interaction.id })
  const answer = await channel.getInteractionResponse(interaction.id)
  return { type: answer?.type, data: JSON.parse(answer?.data ?? 'null') as unknown }
}

const post = (over: Partial<CardPost> = {}): CardPost => ({
  tenantId: 'acme',
  channel: 'incidents',
  cardId: 'card-1',
  incidentId: 'inc-7',
  version: 1,
  card: {
    ...answerCard('Checkout is slow'),
    kind: 'incident',
    blocks: [
      {
        kind: 'actions',
        actions: [
          { token: 'approve-1', label: 'Approve', style: 'primary' },
          { token: 'reject-1', label: 'Reject', style: 'danger' },
        ],
      },
    ],
  },
  messageId: null,
  threadId: null,
  uncertain: false,
  ownChannel: null,
  ...over,
})

/** Posts a card; returns the id of its message, and of its buttons as they stand there. */
const posted = async () => {
  const delivered = await chat.port.deliver(post(), new AbortController().signal)
  if (!delivered.done) throw new Error(delivered.why)
  const [, messageId = '', threadId = ''] = delivered.messageId.split('/')
  const messages = await peer.twin.channel(discordIds.incidents).getMessages()
  const message = messages.find(({ id }) => id === messageId)
  const buttons = everyComponent(message?.components).flatMap(({ custom_id }) =>
    typeof custom_id === 'string' ? [custom_id] : [],
  )
  return { part: delivered.messageId, messageId, threadId, buttons }
}

const user = {
  chat: 'discord',
  workspaceId: discordIds.guild,
  userId: discordIds.alice,
  name: 'alice',
} as const

describe('over the gateway', () => {
  test('C2 a slash command is answered to one person', async () => {
    await open()
    const interaction = await alice().runSlashCommand({
      name: 'heal',
      options: [{ name: 'show', type: 1, options: [{ name: 'incident', type: 3, value: 'inc-7' }] }],
    })
    expect(await answerTo(interaction)).toMatchObject({ type: 4, data: { flags: 32_768 | 64 } })
    expect(commands.commanded).toMatchObject([{ user, words: 'show inc-7' }])
  })

  test('C2 the roles of whoever asks come with the question', async () => {
    await open()
    await peer.twin.prisma.guildMember.update({
      where: { guildId_userId: { guildId: discordIds.guild, userId: discordIds.alice } },
      data: { roles: JSON.stringify(['55']) },
    })
    await answerTo(await alice().runSlashCommand({ name: 'heal', options: [{ name: 'status', type: 1 }] }))
    expect(commands.commanded[0]?.user.groups).toEqual(['55'])
  })

  test('C2 a click on a card presses its button, and a double click is answered twice', async () => {
    await open()
    const { messageId, buttons } = await posted()
    expect(buttons).toEqual(['act:approve-1', 'act:reject-1'])
    const clicks = await Promise.all(
      [1, 2].map(() => alice().clickButton({ messageId, customId: 'act:approve-1' })),
    )
    for (const click of clicks)
      expect(await answerTo(click)).toMatchObject({ type: 4, data: { flags: 32_768 | 64 } })
    expect(commands.presses).toMatchObject(
      [1, 2].map(() => ({ user, press: { token: 'approve-1', note: '' } })),
    )
  })

  test('C2 a button that asks why opens a modal, and the reason comes with the press', async () => {
    const prompt = { title: 'Reject', label: 'Why?', required: true, about: 'Restart of checkout' }
    await open({ promptOf: async () => prompt })
    const { messageId } = await posted()
    const click = await alice().clickButton({ messageId, customId: 'act:reject-1' })
    expect(await answerTo(click)).toMatchObject({ type: 9, data: { custom_id: 'prompt:reject-1' } })
    expect(commands.presses).toEqual([])
    const submit = await alice().submitModal({
      customId: 'prompt:reject-1',
      fields: [{ customId: 'note', value: 'too risky at noon' }],
    })
    expect(await answerTo(submit)).toMatchObject({ type: 4, data: { flags: 32_768 | 64 } })
    expect(commands.presses).toMatchObject([{ press: { token: 'reject-1', note: 'too risky at noon' } }])
  })

  test('C2 what is typed is completed', async () => {
    await open({ suggest: async (_, words) => [`${words}7`, `${words}9`] })
    const interaction = await peer.twin.simulateInteraction({
      type: 4,
      channelId: discordIds.incidents,
      userId: discordIds.alice,
      data: {
        id: '1',
        name: 'heal',
        type: 1,
        options: [
          { type: 1, name: 'show', options: [{ type: 3, name: 'incident', value: 'inc-', focused: true }] },
        ],
      },
    })
    const choices = ['inc-7', 'inc-9'].map((value) => ({ name: value, value }))
    expect(await answerTo(interaction)).toEqual({ type: 8, data: { choices } })
  })

  test('C2 what takes more than 2.5 s is deferred, and its answer shown when it is there', async () => {
    const answer = Promise.withResolvers<ChatReply>()
    await open({ command: async () => await answer.promise })
    const interaction = await alice().runSlashCommand({
      name: 'heal',
      options: [{ name: 'status', type: 1 }],
    })
    await commands.until(() => commands.commanded.length === 1)
    await settled(() => timers.waiting() === 1)
    timers.advance(2_500)
    expect(await answerTo(interaction)).toEqual({ type: 5, data: { flags: 64 } })
    answer.resolve(replyOf('All is well'))
    await peer.twin.channel(discordIds.incidents).waitForMessage({
      predicate: (message) => JSON.stringify(message).includes('All is well'),
    })
  })

  test('C2 a mention in the thread of a card is heard as said in that thread, and answered there', async () => {
    await open()
    const { part, threadId } = await posted()
    const thread = peer.twin.thread(threadId)
    const said = await thread
      .user(discordIds.alice)
      .sendMessage({ content: `<@${discordIds.application}> why?` })
    const reply = await thread.waitForMessage({
      predicate: (message) => JSON.stringify(message).includes('Heard: why?'),
    })
    expect(reply.message_reference?.message_id).toBe(said.id)
    expect(commands.sayings).toMatchObject([
      { user, said: { text: 'why?', threadId: part, messageKey: `${threadId}/${said.id}` } },
    ])
  })

  test('C2 a thread that is older than this process is found again', async () => {
    await open()
    const { part, threadId } = await posted()
    await chat.stop()
    await open()
    await peer.twin
      .thread(threadId)
      .user(discordIds.alice)
      .sendMessage({ content: `<@${discordIds.application}> why?` })
    await commands.until(() => commands.sayings.length === 1)
    expect(commands.sayings[0]?.said.threadId).toBe(part)
  })

  test('C2 people who talk with each other are not heard', async () => {
    await open()
    await alice().sendMessage({ content: 'lunch?' })
    await alice().sendMessage({ content: `<@${discordIds.application}> what is open?` })
    await commands.until(() => commands.sayings.length === 1)
    expect(commands.sayings.map(({ said }) => said)).toMatchObject([
      { text: 'what is open?', threadId: null },
    ])
  })
})

describe('signed over HTTP', () => {
  test('C2 what a click leads to takes the place of the first answer, wherever the click came in', async () => {
    const later = Promise.withResolvers<ChatReply>()
    const working: PressReply = { kind: 'working', reply: replyOf('It is under way'), later: later.promise }
    await open({ press: async () => working }, publicKeyHex)
    const { messageId } = await posted()
    // The peer speaks no HTTP interactions: it makes one, and what it would have posted is signed here.
    const made = await alice().clickButton({ messageId, customId: 'act:approve-1' })
    const response = await chat.hook?.(
      signed(buttonClick('act:approve-1', { id: made.id, token: made.token })),
    )
    expect(response?.status).toBe(200)
    expect(commands.presses).toMatchObject([{ press: { token: 'approve-1' } }])
    await fetch(`${peer.apiUrl}/v10/interactions/${made.id}/${made.token}/callback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: response?.body ?? '',
    })
    expect(await answerTo(made)).toMatchObject({ type: 4 })
    later.resolve(replyOf('Approved'))
    await peer.twin.channel(discordIds.incidents).waitForMessage({
      predicate: (message) => JSON.stringify(message).includes('Approved'),
    })
  })

  test('C2 no connection is held', async () => {
    await open({}, publicKeyHex)
    expect(peer.sent.some(({ path }) => path === '/gateway/bot')).toBe(false)
    expect(chat.state().sentence).toContain('listens to signed requests')
  })
})

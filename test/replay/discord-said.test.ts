import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { discordIds } from '../support/discord.ts'
import { type OpenedIncoming, openIncoming, settled } from '../support/discord-incoming.ts'
import { messageCreated, slashCommand } from '../support/discord-requests.ts'
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

/** Whether what the gateway sends is acted on. */
const hears = async (): Promise<void> => {
  const command = slashCommand('status')
  stub.dispatch('INTERACTION_CREATE', command)
  await stub.until(() => stub.requests.some(({ path }) => path.includes(command.id)))
}

describe('what is said to the bot', () => {
  const replies = () =>
    stub.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'))

  test('C2 a mention is heard without its mark and answered below it', async () => {
    await listening()
    const message = messageCreated(`<@${discordIds.application}> what is open?`, { roles: ['55'] })
    stub.dispatch('MESSAGE_CREATE', message)
    await stub.until(() => replies().length === 1)
    expect(commands.sayings).toEqual([
      {
        user: {
          chat: 'discord',
          workspaceId: discordIds.guild,
          userId: discordIds.alice,
          name: 'Alice',
          groups: ['55'],
        },
        said: {
          text: 'what is open?',
          threadId: null,
          // A channel has others in it, who read the answer.
          direct: false,
          messageKey: `${discordIds.incidents}/${message.id}`,
        },
      },
    ])
    expect(replies()[0]).toMatchObject({
      path: `/channels/${discordIds.incidents}/messages`,
      body: { message_reference: { message_id: message.id }, nonce: message.id, enforce_nonce: true },
    })
    expect(stub.violations).toEqual([])
  })

  test('C2 a direct message is heard as said in the server, and answered there', async () => {
    stub.manners.members.set(discordIds.alice, ['55'])
    commands = fakeChatCommands({ say: async () => replyOf('For you', true) })
    await listening()
    stub.dispatch('MESSAGE_CREATE', messageCreated('what is open?', { direct: true, channelId: '71' }))
    await stub.until(() => replies().length === 1)
    expect(commands.sayings[0]?.user).toMatchObject({ workspaceId: discordIds.guild, groups: ['55'] })
    expect(commands.sayings[0]?.said.direct).toBe(true)
    expect(replies()[0]?.path).toBe('/channels/71/messages')
  })

  test('C2 what is for one person alone goes into a direct message', async () => {
    commands = fakeChatCommands({ say: async () => replyOf('For you', true) })
    await listening()
    stub.dispatch('MESSAGE_CREATE', messageCreated('who am I?', { mentionsBot: true }))
    await stub.until(() => replies().length === 1)
    expect(replies()[0]?.path).toBe('/channels/700000000000000001/messages')
    expect(stub.violations).toEqual([])
  })

  test('C2 whoever is closed to direct messages is told how to ask instead, and nothing else', async () => {
    commands = fakeChatCommands({ say: async () => replyOf('A secret', true) })
    stub.manners.answers.push(({ path }) =>
      path === '/channels/700000000000000001/messages'
        ? { status: 403, body: { code: 50_007, message: 'Cannot send messages to this user' } }
        : null,
    )
    await listening()
    stub.dispatch('MESSAGE_CREATE', messageCreated('who am I?', { mentionsBot: true }))
    await stub.until(() => replies().length === 2)
    expect(replies()[1]?.path).toBe(`/channels/${discordIds.incidents}/messages`)
    expect(JSON.stringify(replies()[1])).toContain('/heal')
    expect(JSON.stringify(replies()[1])).not.toContain('secret')
  })

  test('C2 a mention in the thread of an incident says which thread, also after a restart', async () => {
    const thread = '600000000000000001'
    stub.manners.answers.push(({ method, path }) => {
      if (method !== 'GET') return null
      if (path === `/channels/${thread}`)
        return { status: 200, body: { id: thread, type: 11, parent_id: discordIds.incidents } }
      return path === `/channels/${discordIds.incidents}/messages/${thread}`
        ? { status: 200, body: { id: thread, author: { id: discordIds.application } } }
        : null
    })
    await listening()
    for (const text of ['why?', 'what now?'])
      stub.dispatch('MESSAGE_CREATE', messageCreated(text, { channelId: thread, mentionsBot: true }))
    await stub.until(() => replies().length === 2)
    const part = `${discordIds.incidents}/${thread}/${thread}`
    expect(commands.sayings.map(({ said }) => said.threadId)).toEqual([part, part])
  })

  test('C2 a mention in the channel that an incident has of its own says which channel, also after a restart', async () => {
    const own = '600000000000000002'
    const message = (id: string, author: string) => ({ id, author: { id: author } })
    stub.manners.answers.push(({ method, path }) => {
      if (method !== 'GET') return null
      if (path === `/channels/${own}`)
        return { status: 200, body: { id: own, type: 0, topic: 'inc-7: Checkout is slow' } }
      // Newest first, as Discord lists them; somebody wrote before Suture did.
      const listed = [
        message('12', discordIds.application),
        message('9', discordIds.application),
        message('8', '42'),
      ]
      return path === `/channels/${own}/messages` ? { status: 200, body: listed } : null
    })
    await listening()
    stub.dispatch('MESSAGE_CREATE', messageCreated('why?', { channelId: own, mentionsBot: true }))
    await stub.until(() => replies().length === 1)
    expect(commands.sayings.map(({ said }) => said.threadId)).toEqual([`${own}/9`])
  })

  test('C2 the thread that a head was delivered with is known without asking', async () => {
    const { places } = await listening()
    places.learn('1/2/3')
    places.learn('1/4 5/6')
    for (const [channelId, part] of [
      ['3', '1/2/3'],
      ['5', '5/6'],
    ] as const) {
      stub.dispatch('MESSAGE_CREATE', messageCreated('why?', { channelId, mentionsBot: true }))
      await commands.until(() => commands.sayings.some(({ said }) => said.threadId === part))
    }
    expect(stub.requests.some(({ method, path }) => method === 'GET' && path.startsWith('/channels/'))).toBe(
      false,
    )
  })

  test.each([
    ['of a bot', { author: { id: '9', username: 'b', bot: true } }],
    ['of a webhook', { webhook_id: '9' }],
    ['that somebody joined', { type: 7 }],
    ['that mentions somebody else', { content: '<@42> look', mentions: [] }],
    ['without text, as Discord sends what is not for the bot', { content: '', mentions: [] }],
    ['that is no message', { author: null }],
  ])('C2 a message %s is not heard', async (_, more) => {
    const { incoming } = await listening()
    const mention = messageCreated(`<@${discordIds.application}> hello`)
    stub.dispatch('MESSAGE_CREATE', { ...mention, ...more })
    await hears()
    // What was begun is brought to its end first.
    await incoming.stop()
    expect(commands.sayings).toEqual([])
  })

  test('C2 an answer that can not be sent does not stop what comes next', async () => {
    const { logged } = await listening()
    stub.manners.answers.push(({ path }) =>
      path.endsWith('/messages')
        ? { status: 403, body: { code: 50_013, message: 'Missing Permissions' } }
        : null,
    )
    stub.dispatch('MESSAGE_CREATE', messageCreated('what is open?', { mentionsBot: true }))
    await stub.until(() => replies().length === 1)
    await settled(() => logged.join().includes('50013'))
    await hears()
  })
})

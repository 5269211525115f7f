import { DiscordAPIError } from '@discordjs/rest'
import { z } from 'zod'
import type { ChatCommands, ChatReply } from '../../src/app/ports.ts'
import { factsOf } from './answers.ts'
import type { DiscordClient } from './client.ts'
import type { Members } from './members.ts'
import { MessageCreated } from './payloads.ts'
import type { Places } from './places.ts'
import { renderMessage } from './render.ts'
import { whoIs } from './who.ts'

export interface ListenOptions {
  readonly client: DiscordClient
  readonly commands: ChatCommands
  readonly members: Members
  readonly places: Places
  readonly consoleUrl: string | null
}

/** Default and reply; all else is something that Discord says, such as that somebody joined. */
const spoken = [0, 19]

const Sent = z.object({ id: z.string() })

/** A message that was written to the bot: it becomes `say`, and the answer a reply below it. Never throws. */
export const createListen = (options: ListenOptions): ((message: unknown) => Promise<void>) => {
  const { client, commands } = options

  const hear = async (message: MessageCreated): Promise<void> => {
    const { botUserId } = await client.identify()
    const mention = new RegExp(`<@!?${botUserId}>`, 'g')
    const direct = message.guild_id === undefined
    const mentioned = message.mentions.some(({ id }) => id === botUserId) || mention.test(message.content)
    // Nobody spoke to us, and without that Discord hands out no text.
    if (!direct && !mentioned) return
    const user = await whoIs(
      {
        person: message.author,
        guildId: message.guild_id,
        nick: message.member?.nick,
        roles: message.member?.roles,
      },
      client.guildId,
      options.members,
    )
    if (user === null) return await commands.refused({ chat: 'discord', reason: 'unknown_workspace' })
    const reply = await commands.say(user, {
      text: message.content.replace(mention, ' ').trim(),
      threadId: direct ? null : await options.places.of(message.channel_id),
      messageKey: `${message.channel_id}/${message.id}`,
    })
    if (reply === null) return
    if (direct || !reply.ephemeral) await answerBelow(message, reply)
    else await answerDirectly(message, reply)
  }

  const bodyOf = (reply: ChatReply) =>
    renderMessage(reply.card, { consoleUrl: options.consoleUrl, incidentId: null })

  const answerBelow = async (message: MessageCreated, reply: ChatReply): Promise<void> => {
    await client.call(Sent, 'POST', `/channels/${message.channel_id}/messages`, {
      body: {
        ...bodyOf(reply),
        message_reference: { message_id: message.id, fail_if_not_exists: false },
        // Two processes that hear the same message must not both answer it.
        nonce: message.id,
        enforce_nonce: true,
      },
    })
  }

  /** Only answers to an interaction can be for one person alone; to a message the nearest is a direct one. */
  const answerDirectly = async (message: MessageCreated, reply: ChatReply): Promise<void> => {
    try {
      const channel = await client.call(Sent, 'POST', '/users/@me/channels', {
        body: { recipient_id: message.author.id },
      })
      await client.call(Sent, 'POST', `/channels/${channel.id}/messages`, {
        body: { ...bodyOf(reply), nonce: message.id, enforce_nonce: true },
      })
    } catch (error) {
      if (!(error instanceof DiscordAPIError) || error.code !== closedToBots) throw error
      await answerBelow(message, onlyInPrivate)
    }
  }

  return async (raw) => {
    const { data: message } = MessageCreated.safeParse(raw)
    if (message === undefined || !spoken.includes(message.type)) return
    if (message.author.bot === true || message.webhook_id !== undefined) return
    try {
      await hear(message)
    } catch (error) {
      const details = { message: message.id, ...factsOf(error) }
      client.log.warn(details, 'A message on Discord could not be answered')
    }
  }
}

/** Cannot send messages to this user. */
const closedToBots = 50_007

const onlyInPrivate: ChatReply = {
  ephemeral: false,
  card: {
    kind: 'notice',
    title: 'The answer is for you alone',
    status: '',
    tone: 'neutral',
    severity: null,
    blocks: [
      {
        kind: 'text',
        text: [
          { kind: 'plain', text: 'Your direct messages are closed to this server. Use ' },
          { kind: 'code', text: '/heal' },
          { kind: 'plain', text: ': what it answers only you can see.' },
        ],
      },
    ],
  },
}

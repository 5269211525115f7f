import { setTimeout as sleep } from 'node:timers/promises'
import { DiscordAPIError } from '@discordjs/rest'
import { z } from 'zod'
import type { ChatCommands, ChatReply } from '../../src/app/ports.ts'
import { factsOf } from './answers.ts'
import type { DiscordClient } from './client.ts'
import { fileNotSent } from './file-not-sent.ts'
import { gapMs } from './limits.ts'
import type { Members } from './members.ts'
import { MessageCreated } from './payloads.ts'
import { filesOf, type PicturesOf, refusesPictures } from './pictures.ts'
import type { Places } from './places.ts'
import { renderMessage } from './render.ts'
import type { SendFile } from './send-file.ts'
import { whoIs } from './who.ts'

export interface ListenOptions {
  readonly client: DiscordClient
  readonly commands: ChatCommands
  readonly members: Members
  readonly places: Places
  readonly consoleUrl: string | null
  readonly picturesOf: PicturesOf
  readonly sendFile: SendFile
  /** Between two changes of one answer; a test lets it pass by itself. */
  readonly pause?: (ms: number) => Promise<void>
}

/** Default and reply; all else is something that Discord says, such as that somebody joined. */
const spoken = [0, 19]

const Sent = z.object({ id: z.string() })
type Sent = z.infer<typeof Sent>

/** A message that was written to the bot: it becomes `say`, and the answer a reply below it. Never throws. */
export const createListen = (options: ListenOptions): ((message: unknown) => Promise<void>) => {
  const { client, commands, pause = sleep } = options

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
      direct,
      messageKey: `${message.channel_id}/${message.id}`,
    })
    if (reply === null) return
    if (direct || !reply.ephemeral) await answerBelow(message, reply)
    else await answerDirectly(message, reply)
    if (reply.file === undefined) return
    try {
      await options.sendFile(reply.file, message.author.id)
    } catch (error) {
      client.log.warn(factsOf(error), 'Discord did not take a file')
      await send(message.channel_id, { card: fileNotSent, ephemeral: false }, {})
    }
  }

  const send = async (channel: string, reply: ChatReply, rest: object): Promise<void> => {
    const { id } = await sendCard(channel, reply, rest)
    await reply.live?.(async (card) => {
      const body = renderMessage(card, { consoleUrl: options.consoleUrl, incidentId: null })
      await client.call(Sent, 'PATCH', `/channels/${channel}/messages/${id}`, { body })
      await pause(gapMs)
    })
  }

  const sendCard = async (channel: string, { card }: ChatReply, rest: object): Promise<Sent> => {
    const post = async (pictures: Awaited<ReturnType<PicturesOf>>): Promise<Sent> => {
      const body = renderMessage(card, { consoleUrl: options.consoleUrl, incidentId: null, pictures })
      return client.call(Sent, 'POST', `/channels/${channel}/messages`, {
        body: { ...body, ...rest },
        files: filesOf(pictures ?? []),
      })
    }
    const pictures = await options.picturesOf(card)
    try {
      return await post(pictures)
    } catch (error) {
      if (pictures === null || !refusesPictures(error)) throw error
      client.log.warn(factsOf(error), 'Discord did not take a picture; the answer goes without it')
      return await post(null)
    }
  }

  // Two processes that hear the same message must not both answer it.
  const once = (message: MessageCreated) => ({ nonce: message.id, enforce_nonce: true })

  const answerBelow = async (message: MessageCreated, reply: ChatReply): Promise<void> =>
    await send(message.channel_id, reply, {
      message_reference: { message_id: message.id, fail_if_not_exists: false },
      ...once(message),
    })

  /** Only answers to an interaction can be for one person alone; to a message the nearest is a direct one. */
  const answerDirectly = async (message: MessageCreated, reply: ChatReply): Promise<void> => {
    try {
      const channel = await client.call(Sent, 'POST', '/users/@me/channels', {
        body: { recipient_id: message.author.id },
      })
      await send(channel.id, reply, once(message))
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

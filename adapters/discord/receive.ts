import { setTimeout as sleep } from 'node:timers/promises'
import type { RawFile } from '@discordjs/rest'
import type { ChatCommands, ChatReply, ChatUser } from '../../src/app/ports.ts'
import { type Card, chartsOf, plain } from '../../src/domain/card.ts'
import type { FormAnswers } from '../../src/domain/form.ts'
import { choicesFor, wordsOf, wordsTyped } from './commands.ts'
import { fileNotSent } from './file-not-sent.ts'
import { gapMs } from './limits.ts'
import type { Members } from './members.ts'
import { renderPrompt } from './modal.ts'
import type { AskingInteraction } from './payloads.ts'
import { filesOf, type PicturesOf } from './pictures.ts'
import { renderMessage } from './render.ts'
import type { SendFile } from './send-file.ts'
import { whoIs } from './who.ts'

/**
 * The one way in for interactions, whether they came by the gateway or signed over HTTP: an interaction becomes a call of
 * ChatCommands, and what that answers becomes a plan.
 */

/**
 * Discord waits 3 s, counted from when it sent. What takes longer is deferred: the person sees that it is being worked on,
 * and the answer is put in its place within the 15 min that the interaction's token lives.
 */
export const answerWithinMs = 2_500

/** 4 message, 5 a message that follows, 8 completions, 9 a modal. */
export interface Callback {
  readonly type: 4 | 5 | 8 | 9
  readonly data: object
}

export interface Plan {
  /** Sent first, and once. */
  readonly first: Callback
  /** Shows what comes later, in place of the first answer; null when the first says it all. */
  readonly later: ((show: Show) => Promise<void>) | null
}

/** Puts a message in place of the first answer, with the files of its attachments. */
type Show = (message: object, files?: readonly RawFile[]) => Promise<void>

export interface ReceiveOptions {
  readonly commands: ChatCommands
  /** The workspace of whatever is said outside of a guild. */
  readonly guildId: string
  readonly consoleUrl: string | null
  readonly members: Members
  readonly sendFile: SendFile
  readonly picturesOf: PicturesOf
  /** Resolves when so many ms have passed, or never once the signal is aborted. */
  readonly pass: (ms: number, signal: AbortSignal) => Promise<void>
  /** Between two changes of one answer; a test lets it pass by itself. */
  readonly pause?: (ms: number) => Promise<void>
}

/** Null when this interaction came before: what was done then stands. */
export type Receive = (interaction: AskingInteraction) => Promise<Plan | null>

const ephemeral = 1 << 6

type Outcome =
  | {
      readonly kind: 'callback'
      readonly callback: Callback
      /** In place of a form that can no longer be opened. */
      readonly instead?: ChatReply
    }
  | {
      readonly kind: 'reply'
      readonly reply: ChatReply
      readonly later: Promise<ChatReply> | null
      /** Whoever asked: a file without a thread goes to them. */
      readonly userId?: string
    }

export const createReceive = (options: ReceiveOptions): Receive => {
  const { commands, pause = sleep } = options
  const shown = (reply: Pick<ChatReply, 'card'>) =>
    renderMessage(reply.card, { consoleUrl: options.consoleUrl, incidentId: null })
  const message = (reply: ChatReply): Callback => {
    const data = shown(reply)
    return { type: 4, data: { ...data, flags: reply.ephemeral ? data.flags | ephemeral : data.flags } }
  }

  const planOf = async (work: Promise<Outcome>, whenLate: Callback): Promise<Plan> => {
    const inTime = new AbortController()
    const outcome = await Promise.race([
      work,
      options.pass(answerWithinMs, inTime.signal).then(() => 'late' as const),
    ])
    inTime.abort()
    if (outcome === 'late')
      // Completions can't follow later; without `later` what they would have been is let go.
      return whenLate.type === 8
        ? { first: whenLate, later: null }
        : { first: whenLate, later: async (show) => await showLate(await work, show) }
    if (outcome.kind === 'callback') return { first: outcome.callback, later: null }
    const { reply, later } = outcome
    return {
      first: message(reply),
      later:
        later === null &&
        reply.file === undefined &&
        reply.live === undefined &&
        chartsOf(reply.card).length === 0
          ? null
          : async (show) => await follow(outcome, show),
    }
  }

  const follow = async (
    { reply: { card, file, live }, later, userId = '' }: Extract<Outcome, { kind: 'reply' }>,
    show: Show,
  ): Promise<void> => {
    if (file !== undefined)
      try {
        await options.sendFile(file, userId)
      } catch {
        await show(shown({ card: fileNotSent }))
      }
    if (later !== null) return await show(shown(await later))
    if (live !== undefined)
      return await live(async (next) => {
        await show(shown({ card: next }))
        await pause(gapMs)
      })
    // Not with the first answer: that has 3 s, and goes as JSON alone where Discord's own request is answered.
    const pictures = await options.picturesOf(card)
    if (pictures !== null)
      await show(
        renderMessage(card, { consoleUrl: options.consoleUrl, incidentId: null, pictures }),
        filesOf(pictures),
      )
  }

  const showLate = async (outcome: Outcome, show: Show): Promise<void> => {
    // A modal can only be the first answer, and that is given.
    if (outcome.kind === 'callback') return await show(shown(outcome.instead ?? tooSlowForForm))
    await show(shown(outcome.reply))
    await follow(outcome, show)
  }

  const click = async (user: ChatUser, customId: string): Promise<Outcome> => {
    const token = after('act:', customId)
    if (token === null) return answered(unknownButton)
    const prompt = await commands.promptOf(user, token)
    if (prompt !== null) return opened({ token, prompt })
    return await press(user, token, '')
  }

  const press = async (
    user: ChatUser,
    token: string,
    note: string,
    answers?: FormAnswers,
  ): Promise<Outcome> => {
    const pressed = await commands.press(user, {
      token,
      note,
      ...(answers === undefined ? {} : { answers }),
    })
    return { kind: 'reply', reply: pressed.reply, later: pressed.kind === 'working' ? pressed.later : null }
  }

  const submit = async (
    user: ChatUser,
    data: Extract<AskingInteraction, { type: 5 }>['data'],
  ): Promise<Outcome> => {
    const token = after('prompt:', data.custom_id)
    if (token === null) return answered(unknownButton)
    const inputs = data.components.flat()
    const note = inputs.find((input) => input.custom_id === 'note')?.value ?? ''
    const fields = inputs.flatMap(({ custom_id, value }) => {
      const name = after('field:', custom_id)
      return name === null ? [] : [[name, value] as const]
    })
    return await press(user, token, note, fields.length === 0 ? undefined : Object.fromEntries(fields))
  }

  const outcomeFor = async (interaction: AskingInteraction): Promise<Outcome> => {
    const person = interaction.member?.user ?? interaction.user
    const user =
      person === undefined
        ? null
        : await whoIs(
            {
              person,
              guildId: interaction.guild_id,
              nick: interaction.member?.nick,
              roles: interaction.member?.roles,
            },
            options.guildId,
            options.members,
          )
    if (user === null) {
      await commands.refused({ chat: 'discord', reason: 'unknown_workspace' })
      return interaction.type === 4 ? noChoices : answered(stranger)
    }
    switch (interaction.type) {
      case 2:
        return commanded(await commands.command(user, wordsOf(interaction.data)), user.userId)
      case 3:
        return await click(user, interaction.data.custom_id)
      case 4: {
        const typed = wordsTyped(interaction.data)
        const choices = choicesFor(typed, await commands.suggest(user, typed.words))
        return { kind: 'callback', callback: { type: 8, data: { choices } } }
      }
      case 5:
        return await submit(user, interaction.data)
    }
  }

  return async (interaction) => {
    // Completions change nothing, and come with every key that is pressed: asking twice does no harm.
    const completing = interaction.type === 4
    if (!completing && !(await commands.firstTime('discord', `interaction:${interaction.id}`))) return null
    return await planOf(outcomeFor(interaction), completing ? noChoices.callback : deferred)
  }
}

/** Only ever for one person: what follows can't be made more private than this, only less. */
const deferred: Callback = { type: 5, data: { flags: ephemeral } }
const noChoices = { kind: 'callback', callback: { type: 8, data: { choices: [] } } } as const

const answered = (reply: ChatReply) => ({ kind: 'reply', reply, later: null }) as const

const commanded = (reply: ChatReply, userId: string): Outcome =>
  reply.form === undefined ? { ...answered(reply), userId } : { ...opened(reply.form), instead: reply }

const opened = ({ token, prompt }: NonNullable<ChatReply['form']>) =>
  ({ kind: 'callback', callback: { type: 9, data: renderPrompt(prompt, token) } }) as const

const after = (prefix: string, id: string): string | null =>
  id.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : null

const notice = (title: string, text: string): ChatReply => {
  const card: Card = {
    kind: 'notice',
    title,
    status: '',
    tone: 'warning',
    severity: null,
    blocks: [{ kind: 'text', text: [plain(text)] }],
  }
  return { card, ephemeral: true }
}

const stranger = notice(
  'Not for you',
  'You are not a member of the server that Suture works for. Ask somebody there to invite you, then try again.',
)
const unknownButton = notice(
  'Unknown button',
  'Suture does not know this button. Look at the newest card of the incident, or use /heal.',
)
const tooSlowForForm = notice(
  'Press it once more',
  'The form could not be opened in the 3 seconds that Discord allows. Nothing was done.',
)

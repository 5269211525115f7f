import { type Block, type Card, type CardAction, code, type Text, type Tone } from '../domain/card.ts'
import { type CommandName, commandHelp } from '../domain/chat-command.ts'
import { type ToldRefusal, toldRefusal } from './refusal-card.ts'
import { text } from './words.ts'

/** What a person sees in a chat who pressed, asked or typed: short, calm, and what to do next. */

export interface ChatCardInput {
  readonly title: string
  readonly status?: string
  readonly tone?: Tone
  readonly lines: readonly Text[]
  readonly actions?: readonly CardAction[]
  /** Small print below. */
  readonly context?: Text
}

export const chatCard = ({
  title,
  status = '',
  tone = 'neutral',
  lines,
  actions = [],
  context,
}: ChatCardInput): Card => ({
  kind: 'answer',
  title,
  status,
  tone,
  severity: null,
  blocks: [
    ...lines.map((line): Block => ({ kind: 'text', text: line })),
    ...(actions.length === 0 ? [] : [{ kind: 'actions' as const, actions }]),
    ...(context === undefined ? [] : [{ kind: 'context' as const, text: context }]),
  ],
})

/** What came of a button or a command that does something. */
export const outcomeCard = (outcome: {
  readonly done: boolean
  readonly title: string
  readonly message: string
  readonly remedy: string
  /** A word in place of `Done`, where something was only looked at. */
  readonly status?: string
  /** When it was refused: what `toldRefusal` tells. */
  readonly code?: string
  readonly earliest?: string
  readonly facts?: ToldRefusal['facts']
  readonly next?: ToldRefusal['next']
}): Card =>
  outcome.done
    ? {
        ...chatCard({
          title: outcome.title,
          status: outcome.status ?? 'Done',
          tone: outcome.status === undefined ? 'good' : 'info',
          lines: [text(outcome.message), ...(outcome.remedy === '' ? [] : [text(outcome.remedy)])],
        }),
        kind: 'notice',
      }
    : toldRefusal({
        title: outcome.title,
        code: outcome.code ?? '',
        detail: outcome.message,
        remedy: outcome.remedy,
        ...(outcome.earliest === undefined ? {} : { earliest: outcome.earliest }),
        ...(outcome.facts === undefined ? {} : { facts: outcome.facts }),
        ...(outcome.next === undefined ? {} : { next: outcome.next }),
      })

export const faultCard: Card = {
  ...chatCard({
    title: 'That did not work',
    tone: 'bad',
    lines: [
      text('That did not work; nothing was changed.'),
      text('Try again in a minute. If it happens again, /heal status and the console say what is wrong.'),
    ],
  }),
  kind: 'notice',
}

export const workingCard: Card = {
  ...chatCard({
    title: 'Working on it',
    tone: 'info',
    lines: [text('Your click is kept and will be carried out, once. What comes of it follows here.')],
  }),
  kind: 'notice',
}

/** Nothing was begun: the answer was due before it was known who asks. */
export const tooSlowCard: Card = {
  ...chatCard({
    title: 'Too slow just now',
    tone: 'warning',
    lines: [text('Suture could not answer in time; nothing was changed. Press again in a minute.')],
  }),
  kind: 'notice',
}

export const triedAgainCard: Card = {
  ...chatCard({
    title: 'Not done yet',
    tone: 'warning',
    lines: [
      text('That did not work just now. Your click is kept and tried again; the card shows when it is done.'),
    ],
  }),
  kind: 'notice',
}

export const helpCard = (problem?: Text): Card =>
  chatCard({
    title: 'What Suture can do here',
    lines: [
      ...(problem === undefined ? [] : [problem]),
      ...commandHelp.map(({ usage, about }) => text(code(`/heal ${usage}`), ` ${about}`)),
    ],
    context: text('In a thread of an incident, or in a direct message, just ask: “what happened?”'),
  })

export const didYouMean = (words: string, nearest: CommandName | null): Text =>
  nearest === null
    ? text('There is no command ', code(words), '.')
    : text('There is no command ', code(words), '. Did you mean ', code(`/heal ${nearest}`), '?')

/** For whoever wrote something that asks nothing. */
export const shortHelpCard = chatCard({
  title: 'Ask me about an incident',
  lines: [
    text('Such as “which incidents are open?” or “what happened to checkout?”'),
    text(code('/heal help'), ' lists what else there is.'),
  ],
})

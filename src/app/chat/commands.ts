import type { Card } from '../../domain/card.ts'
import { parseChatCommand } from '../../domain/chat-command.ts'
import type { Caller } from '../../domain/person.ts'
import { faultCard, helpCard } from '../../message/chat-cards.ts'
import { isQuestion } from '../../query/is-question.ts'
import type { App } from '../app.ts'
import { whileWaiting } from '../people-first.ts'
import type { ChatCommands, ChatReply, ChatUser } from '../ports.ts'
import { answerOutside } from './ask.ts'
import { formReply } from './form.ts'
import { homeOf } from './home.ts'
import { linkAccount } from './link.ts'
import { turnAway } from './not-known.ts'
import type { ChatContext, ChatOptions } from './options.ts'
import { performCommand } from './perform-command.ts'
import { postmortemReply } from './postmortem.ts'
import { pressButton } from './press.ts'
import { promptOf } from './prompt-of.ts'
import { proofReply } from './prove.ts'
import { createRefusals, firstTime } from './refused-request.ts'
import { hear } from './say.ts'
import { selfTestReply } from './self-test.ts'
import { suggestions } from './suggest.ts'
import { identify } from './who.ts'

/** What a chat may ask for. Nothing here throws: a fault is logged, and told as what it is. */
export const createChatCommands = (app: App, options: ChatOptions): ChatCommands => {
  const context: ChatContext = {
    ...options,
    app,
    refused: createRefusals({ app, workspaces: options.workspaces }),
  }
  const safely = async <T>(
    what: string,
    user: ChatUser | null,
    work: () => Promise<T>,
    otherwise: T,
  ): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      app.log.error({ what, chat: user?.chat, user: user?.userId, error }, 'a chat could not be answered')
      return otherwise
    }
  }
  /** What somebody who pressed waits for: alerts that pour in let it pass. */
  const first = <T>(work: () => Promise<T>): Promise<T> => whileWaiting(app, work)
  const fault: ChatReply = { card: faultCard, ephemeral: true }
  return {
    press: (user, press) =>
      safely('press', user, () => first(() => pressButton(context, user, press)), {
        kind: 'done',
        reply: fault,
      }),
    command: (user, words) =>
      safely(
        'command',
        user,
        async () => ({ ephemeral: true, ...(await answerCommand(context, user, words)) }),
        fault,
      ),
    say: (user, said) => safely('say', user, () => hear(context, user, said), fault),
    home: (user) => safely('home', user, () => homePage(context, user), [faultCard]),
    suggest: (user, words) => safely('suggest', user, () => suggestions(context, user, words), []),
    promptOf: (user, token) =>
      safely('promptOf', user, () => first(() => promptOf(context, user, token)), null),
    refused: (what) => safely('refused', null, () => context.refused(what), undefined),
    // Told apart later by what each does: most of it is idempotent by state.
    firstTime: (chat, key) =>
      safely('firstTime', null, () => first(() => firstTime(context, chat, key)), true),
  }
}

/** A page that is redrawn after each press waits so long at most for those who press. */
const mostCourtesyMs = 250

const homePage = async (context: ChatContext, user: ChatUser): Promise<readonly Card[]> => {
  await context.app.peopleFirst?.free(mostCourtesyMs)
  return homeOf(context, user)
}

const answerCommand = async (
  context: ChatContext,
  user: ChatUser,
  words: string,
): Promise<Omit<ChatReply, 'ephemeral'> & Partial<ChatReply>> => {
  const command = parseChatCommand(words)
  const who = await identify(context, user)
  if (command.name === 'link') return { card: await linkAccount(context, user, who, command.code) }
  if (who.kind === 'known') {
    if (command.name === 'form') return formReply(context.app, who.caller, command.of)
    if (command.name === 'audit') return proofReply(context.app, user.chat, who.caller, command.about)
    if (command.name === 'postmortem') return postmortemReply(context.app, user.chat, who.caller, command.id)
    if (command.name === 'test') return selfTestReply(context.app, who.caller)
    if (command.name === 'ask')
      return (await ask(context, who.caller, command.question)) ?? { card: helpCard() }
    // Whoever forgets the word `ask` still asks.
    const answer =
      command.name === 'unknown' && isQuestion(command.words)
        ? await ask(context, who.caller, command.words)
        : null
    return answer ?? { card: await performCommand(context, who, command) }
  }
  // How to get in is no secret.
  return {
    card:
      who.kind === 'stranger' && command.name === 'help'
        ? helpCard()
        : await turnAway(context, who, command.name === 'form' ? command.of : command.name),
  }
}

/** What is asked by a command is a question, whether or not it looks like one. */
const ask = ({ app }: ChatContext, caller: Caller, question: string) =>
  answerOutside(app, caller, isQuestion(question) ? question : `${question}?`, { alone: true })

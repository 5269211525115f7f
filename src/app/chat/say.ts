import { cleanLines } from '../../domain/clean-text.ts'
import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import { shortHelpCard } from '../../message/chat-cards.ts'
import { noticeCard, refusalCard } from '../../message/notice-card.ts'
import { isQuestion } from '../../query/is-question.ts'
import { incidentOfThread } from '../../storage/chat.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { AnswerFile } from '../answer/reading.ts'
import type { App } from '../app.ts'
import type { ChatReply, ChatUser, Said } from '../ports.ts'
import { postMessage } from '../post-message.ts'
import { answerOutside } from './ask.ts'
import { fileInThread } from './file-in-thread.ts'
import { notKnownCard } from './not-known.ts'
import type { ChatContext } from './options.ts'
import { firstTime } from './refused-request.ts'
import { identify, tenantOf } from './who.ts'

/** As long as a message in a thread may be; what is longer is cut, not refused: it was said already. */
const mostCharacters = 4_000

/** A line to the bot or in an incident's thread. What belongs to a thread is kept and answered there, by a card. */
export const hear = async (context: ChatContext, user: ChatUser, said: Said): Promise<ChatReply | null> => {
  const text = cleanLines(said.text, mostCharacters)
  if (text === '') return null
  const { threadId } = said
  const incidentId = threadId === null ? null : await incidentOf(context, user, threadId)
  // Some other thread of the same channel: none of ours, and nobody there speaks to us.
  if (threadId !== null && incidentId === null) return null
  const [first, who] = await Promise.all([
    firstTime(context, user.chat, `said ${user.workspaceId} ${said.messageKey}`),
    identify(context, user),
  ])
  if (!first) return null
  if (who.kind !== 'known')
    // Whom Suture does not know may talk with others undisturbed.
    return incidentId === null || isQuestion(text) ? { card: notKnownCard(who), ephemeral: true } : null
  if (incidentId !== null) return hearInThread(context, user, who.caller, incidentId, text)
  const answer = await answerOutside(context.app, who.caller, text, {
    addressed: true,
    alone: said.direct === true,
  })
  return { ...(answer ?? { card: shortHelpCard }), ephemeral: false }
}

/** As platforms write their ids, joined by adapters. */
const partPattern = /^[\x21-\x7e]{1,200}$/

const incidentOf = async (context: ChatContext, user: ChatUser, threadId: string): Promise<string | null> => {
  const tenantId = tenantOf(context, user)
  if (tenantId === null || !partPattern.test(threadId)) return null
  return inTenant(context.app.store, tenantId, (tx) => incidentOfThread(tx, user.chat, threadId), {
    readOnly: true,
  })
}

const hearInThread = async (
  { app }: ChatContext,
  { chat }: ChatUser,
  caller: Caller,
  incidentId: string,
  text: string,
): Promise<ChatReply | null> => {
  const mayWrite = caller.person.roles.some((role) => role !== 'viewer')
  // In a chat everybody may talk; what a viewer says to the others is not Suture's to refuse.
  if (!mayWrite && !isQuestion(text)) return null
  const posted = await postMessage(app, caller, incidentId, text)
  if (isRejection(posted)) return { card: refusalCard(posted), ephemeral: true }
  return posted.file === undefined ? null : withFile(app, chat, caller, posted.file)
}

/** The answer is a card of the thread; the file comes with a sentence for whoever asked. */
const withFile = async (
  app: App,
  chat: ChatUser['chat'],
  { tenantId }: Caller,
  given: AnswerFile,
): Promise<ChatReply> => {
  const file = await fileInThread(app, chat, tenantId, given)
  const text =
    file === null
      ? `${given.name} is too large for a chat; the command line writes it.`
      : `${given.name} is in the thread of ${given.incidentId}.`
  const card = noticeCard({ title: 'The file of your answer', tone: 'good', text, context: given.sentence })
  return { card, ephemeral: true, ...(file === null ? {} : { file }) }
}

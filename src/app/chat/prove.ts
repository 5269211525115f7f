import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import { noticeCard, refusalCard } from '../../message/notice-card.ts'
import { fileOfProof } from '../answer/reading.ts'
import type { App } from '../app.ts'
import { proveAbout } from '../audit/prove.ts'
import type { ChatReply, ChatUser } from '../ports.ts'
import { fileInThread } from './file-in-thread.ts'

/** The proof as a file in the incident's thread, and one sentence of what it proves. */
export const proofReply = async (
  app: App,
  chat: ChatUser['chat'],
  caller: Caller,
  about: string,
): Promise<Omit<ChatReply, 'ephemeral'>> => {
  const proved = await proveAbout(app, caller, about)
  if (isRejection(proved)) return { card: refusalCard(proved) }
  const file = await fileInThread(app, chat, caller.tenantId, fileOfProof(proved))
  const where =
    file === null
      ? `It is too large for a chat: suture audit prove ${about} writes it.`
      : file.threadId === null
        ? 'The file comes to you directly.'
        : 'The file is in the thread of the incident.'
  const card = noticeCard({
    title: `Proof about ${about}`,
    tone: 'good',
    text: `${proved.sentence} ${where}`,
    context: 'suture audit verify FILE --key KEY checks it offline',
  })
  return file === null ? { card } : { card, file }
}

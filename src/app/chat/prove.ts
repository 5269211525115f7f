import type { Caller } from '../../domain/person.ts'
import { isRejection } from '../../domain/rejection.ts'
import { noticeCard, refusalCard } from '../../message/notice-card.ts'
import { headOfIncident } from '../../storage/chat.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { proveAbout } from '../audit/prove.ts'
import type { ChatReply, ChatUser } from '../ports.ts'

/** Discord takes 10 MiB a file: https://discord.com/developers/docs/reference#uploading-files */
const mostBytes = 8 * 2 ** 20

/** The proof as a file in the incident's thread, and one sentence of what it proves. */
export const proofReply = async (
  app: App,
  chat: ChatUser['chat'],
  caller: Caller,
  about: string,
): Promise<Omit<ChatReply, 'ephemeral'>> => {
  const proved = await proveAbout(app, caller, about)
  if (isRejection(proved)) return { card: refusalCard(proved) }
  const fits = Buffer.byteLength(proved.text) <= mostBytes
  const threadId = await inTenant(
    app.store,
    caller.tenantId,
    (tx) => headOfIncident(tx, chat, proved.incidentId),
    {
      readOnly: true,
    },
  )
  const where =
    threadId === null ? 'The file comes to you directly.' : 'The file is in the thread of the incident.'
  const card = noticeCard({
    title: `Proof about ${about}`,
    tone: 'good',
    text: `${proved.sentence} ${fits ? where : `It is too large for a chat: suture audit prove ${about} writes it.`}`,
    context: 'suture audit verify FILE --key KEY checks it offline',
  })
  const { fileName: name, text, sentence } = proved
  return fits ? { card, file: { name, contentType: 'application/json', text, sentence, threadId } } : { card }
}

import type { Caller } from '../../domain/person.ts'
import { reject } from '../../domain/rejection.ts'
import { noticeCard, refusalCard } from '../../message/notice-card.ts'
import { headOfIncident } from '../../storage/chat.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { ChatReply, ChatUser } from '../ports.ts'
import { readPostmortem } from '../read/postmortem.ts'

/** The draft as a Markdown file in the incident's thread, where those are who were there. */
export const postmortemReply = async (
  app: App,
  chat: ChatUser['chat'],
  { tenantId }: Pick<Caller, 'tenantId'>,
  incidentId: string,
): Promise<Omit<ChatReply, 'ephemeral'>> => {
  const draft = await readPostmortem(app, tenantId, incidentId)
  if (draft === null)
    return {
      card: refusalCard(
        reject(
          'not_found',
          `There is no incident ${incidentId}.`,
          'The incidents are listed by /heal incidents.',
        ),
      ),
    }
  const threadId = await inTenant(app.store, tenantId, (tx) => headOfIncident(tx, chat, incidentId), {
    readOnly: true,
  })
  const { fileName: name, markdown } = draft
  return {
    card: noticeCard({
      title: `Draft of a postmortem of ${incidentId}`,
      tone: 'good',
      text: `What happened is filled in from the records; what it meant is for people. ${
        threadId === null ? 'The file comes to you directly.' : 'The file is in the thread of the incident.'
      }`,
      context: 'drafted anew each time somebody asks',
    }),
    file: {
      name,
      contentType: 'text/markdown; charset=utf-8',
      text: markdown,
      sentence: `A draft of the postmortem of ${incidentId}, from what is recorded until now.`,
      threadId,
    },
  }
}

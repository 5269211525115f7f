import type { Caller } from '../../domain/person.ts'
import { answerWithRecord, type Question } from '../answer-question.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import type { ChatReply } from '../ports.ts'
import { recordOf } from '../post-message.ts'
import { fileInThread } from './file-in-thread.ts'

/** A question outside of any thread: answered from the whole tenant, and kept like every other. Null when nothing is asked. */
export const answerOutside = async (
  app: App,
  caller: Caller,
  text: string,
  { addressed = false, alone = false }: Pick<Question, 'addressed' | 'alone'> = {},
): Promise<Omit<ChatReply, 'ephemeral'> | null> => {
  const answered = await answerWithRecord(app, caller.tenantId, {
    text,
    incidentId: null,
    askedBy: caller.person,
    via: caller.via,
    scopes: caller.scopes,
    addressed,
    alone,
    follows: true,
  })
  if (answered === null) return null
  // Nothing was done, so nobody waits for the disk: what is committed after it brings it there.
  await commit(
    app,
    caller.tenantId,
    async (_, out) => {
      out.audit({
        event: 'question_answered',
        actor: caller.person.id,
        subject: caller.person.id,
        details: { via: caller.via, ...recordOf(answered) },
      })
    },
    { volatile: true },
  )
  const { card, file, live } = answered
  const attached = file === undefined ? null : await fileInThread(app, caller.via, caller.tenantId, file)
  return {
    card,
    ...(attached === null ? {} : { file: attached }),
    ...(live === undefined ? {} : { live }),
  }
}

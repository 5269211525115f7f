import type { Card } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { answerWithRecord } from '../answer-question.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import { recordOf } from '../post-message.ts'

/** A question outside of any thread: answered from the whole tenant, and kept like every other. Null when nothing is asked. */
export const answerOutside = async (
  app: App,
  caller: Caller,
  text: string,
  addressed = false,
): Promise<Card | null> => {
  const answered = await answerWithRecord(app, caller.tenantId, {
    text,
    incidentId: null,
    askedBy: caller.person,
    via: caller.via,
    scopes: caller.scopes,
    addressed,
  })
  if (answered === null) return null
  await commit(app, caller.tenantId, async (_, out) => {
    out.audit({
      event: 'question_answered',
      actor: caller.person.id,
      subject: caller.person.id,
      details: { via: caller.via, ...recordOf(answered) },
    })
  })
  return answered.card
}

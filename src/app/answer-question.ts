import type { Card } from '../domain/card.ts'
import type { Caller } from '../domain/person.ts'
import type { Answer } from '../query/answer.ts'
import { answerCard, notUnderstoodCard } from '../query/answer-card.ts'
import { isQuestion } from '../query/is-question.ts'
import { type ParsedQuestion, parseQuestion } from '../query/parse-question.ts'
import { inTenant } from '../storage/database.ts'
import { questionContext } from './answer/context.ts'
import { read } from './answer/read.ts'
import type { App } from './app.ts'

export interface Question {
  readonly text: string
  /** The incident of the thread; null outside any. */
  readonly incidentId: string | null
  readonly askedBy: Caller['person']
  /** By which way; nobody says so where nothing but reading is asked for. */
  readonly via?: Caller['via']
  /** What the way of asking allows; nothing but reading where nobody says so. */
  readonly scopes?: Caller['scopes']
  /** Said to Suture alone, so that it asks whatever it looks like. Absent among people, where only questions are answered. */
  readonly addressed?: boolean
}

export interface Answered {
  readonly card: Card
  readonly parsed: ParsedQuestion
  /** Null when the question was not understood. */
  readonly answer: Answer | null
}

/** The card that answers, or null when nothing was asked. Reads, and writes nothing but the entry of a proof or a self-test: whoever posts the card keeps the record. */
export const answerQuestion = async (app: App, tenantId: string, question: Question): Promise<Card | null> =>
  (await answerWithRecord(app, tenantId, question))?.card ?? null

export const answerWithRecord = async (
  app: App,
  tenantId: string,
  { text, incidentId, askedBy, via = 'console', scopes = [], addressed = false }: Question,
): Promise<Answered | null> => {
  if (!addressed && !isQuestion(text)) return null
  const configuration = await app.configuration.of(tenantId)
  const context = await inTenant(
    app.store,
    tenantId,
    (tx) => questionContext(tx, configuration, { incidentId, askedBy }),
    { readOnly: true },
  )
  const parsed = parseQuestion(text, context)
  // Thanks, and talk that asks nothing, get no lecture.
  if (!parsed.understood && !isQuestion(text)) return null
  if (!parsed.understood) return { card: notUnderstoodCard(parsed), parsed, answer: null }
  const caller = { tenantId, person: askedBy, via, scopes }
  const reading = await read(app, caller, parsed.query, context)
  const answer: Answer = {
    query: parsed.query,
    ...reading,
    asOf: context.now.toInstant(),
    people: new Map(context.people.map(({ id, name }) => [id, name])),
  }
  return { card: answerCard(answer), parsed, answer }
}

import type { Card } from '../domain/card.ts'
import type { Caller } from '../domain/person.ts'
import { verdictOf } from '../domain/self-test.ts'
import { selfTestCard } from '../message/self-test-card.ts'
import type { Answer } from '../query/answer.ts'
import { answerCard, notUnderstoodCard } from '../query/answer-card.ts'
import { isQuestion } from '../query/is-question.ts'
import type { ParsedQuestion } from '../query/parse-question.ts'
import { inTenant } from '../storage/database.ts'
import { questionContext } from './answer/context.ts'
import { read, readWithin } from './answer/read.ts'
import type { AnswerFile, Reading } from './answer/reading.ts'
import type { App } from './app.ts'
import { createLiveCard } from './live.ts'
import type { Live } from './ports.ts'

export interface Question {
  readonly text: string
  /** The incident of the thread; null outside any. */
  readonly incidentId: string | null
  readonly askedBy: Caller['person']
  /** By which way; nobody says so where nothing but reading is asked for. */
  readonly via?: Caller['via']
  /** What the way of asking allows; nothing but reading where nobody says so. */
  readonly scopes?: Caller['scopes']
  /** The answer is for whoever asked, and nobody else reads it: a command, a direct message. */
  readonly alone?: boolean
  /** Said to Suture alone, so that it asks whatever it looks like. Absent among people, where only questions are answered. */
  readonly addressed?: boolean
  /** The card is shown as it goes on: a self-test is answered when it begins, and not when it has ended. */
  readonly follows?: boolean
}

export interface Answered {
  readonly card: Card
  readonly parsed: ParsedQuestion
  /** Null when the question was not understood. */
  readonly answer: Answer | null
  readonly file?: AnswerFile
  /** How the card goes on, for whoever has said that they follow it. */
  readonly live?: Live
}

/** The card that answers, or null when nothing was asked. Reads, and writes nothing but the entry of a proof or a self-test: whoever posts the card keeps the record. */
export const answerQuestion = async (app: App, tenantId: string, question: Question): Promise<Card | null> =>
  (await answerWithRecord(app, tenantId, question))?.card ?? null

export const answerWithRecord = async (
  app: App,
  tenantId: string,
  {
    text,
    incidentId,
    askedBy,
    via = 'console',
    scopes = [],
    alone = false,
    addressed = false,
    follows = false,
  }: Question,
): Promise<Answered | null> => {
  if (!addressed && !isQuestion(text)) return null
  // All that Suture knows of words is four megabytes, which nobody need hold who is never asked.
  const { parseQuestion } = await import('../query/parse-question.ts')
  const configuration = await app.configuration.of(tenantId)
  const caller = { tenantId, person: askedBy, via, scopes }
  const asked = await inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const context = await questionContext(tx, configuration, { incidentId, askedBy })
      const parsed = parseQuestion(text, context)
      const reading = parsed.understood ? await readWithin(app, tx, caller, parsed.query, context) : null
      return { context, parsed, reading }
    },
    { readOnly: true, eager: true },
  )
  const { context, parsed } = asked
  // Thanks, and talk that asks nothing, get no lecture.
  if (!parsed.understood && !isQuestion(text)) return null
  if (!parsed.understood) return { card: notUnderstoodCard(parsed), parsed, answer: null }
  const people = new Map(context.people.map(({ id, name }) => [id, name]))
  const answerOf = ({ found, records, missing }: Reading): Answer => ({
    query: parsed.query,
    found,
    records,
    missing,
    asOf: context.now.toInstant(),
    people,
  })
  const going = follows && parsed.query.subject === 'self_test' ? createLiveCard() : null
  const watch =
    going === null
      ? null
      : { step: (reading: Reading) => going.put(cardOf(answerOf(reading))), end: going.end }
  const reading =
    asked.reading ?? (await read(app, caller, parsed.query, { ...context, amongOthers: !alone }, watch))
  const answer = answerOf(reading)
  const isGoing = answer.found.subject === 'self_test' && verdictOf(answer.found.test) === 'running'
  return {
    card: cardOf(answer),
    parsed,
    answer,
    ...(reading.file === undefined ? {} : { file: reading.file }),
    ...(going === null || !isGoing || answer.found.test.waiting === undefined ? {} : { live: going.live }),
  }
}

/** A self-test is told by its report, with what every answer says of itself below. */
const cardOf = (answer: Answer): Card => {
  const card = answerCard(answer)
  if (answer.found.subject !== 'self_test') return card
  const report = selfTestCard(answer.found.test)
  return { ...report, blocks: [...report.blocks, ...card.blocks.slice(-1)] }
}

import type { Card } from '../domain/card.ts'
import type { Person } from '../domain/person.ts'
import type { Answer } from '../query/answer.ts'
import { answerCard, notUnderstoodCard } from '../query/answer-card.ts'
import { isQuestion } from '../query/is-question.ts'
import { type ParsedQuestion, parseQuestion } from '../query/parse-question.ts'
import type { Query } from '../query/query.ts'
import { nameOf } from '../query/say-query.ts'
import { inTenant, type Tx } from '../storage/database.ts'
import { findScope } from './answer/find-scope.ts'
import {
  readApprovals,
  readBlocked,
  readNext,
  readOpenIncidents,
  readRefusals,
  readRuns,
  readStatus,
} from './answer/read-now.ts'
import { readSilenced } from './answer/read-silenced.ts'
import { type Reading, readStory } from './answer/read-story.ts'
import type { App } from './app.ts'

export interface Question {
  readonly text: string
  /** The incident of the thread; null outside any. */
  readonly incidentId: string | null
  readonly askedBy: Person
}

export interface Answered {
  readonly card: Card
  readonly parsed: ParsedQuestion
  /** Null when the question was not understood. */
  readonly answer: Answer | null
}

/** The card that answers, or null when nothing was asked. Reads and writes nothing: whoever posts the card keeps the record. */
export const answerQuestion = async (app: App, tenantId: string, question: Question): Promise<Card | null> =>
  (await answerWithRecord(app, tenantId, question))?.card ?? null

export const answerWithRecord = async (
  app: App,
  tenantId: string,
  { text, incidentId, askedBy }: Question,
): Promise<Answered | null> => {
  if (!isQuestion(text)) return null
  const { catalogue } = await app.configuration.of(tenantId)
  const parsed = parseQuestion(text, { incidentId, services: catalogue.services })
  if (!parsed.understood) return { card: notUnderstoodCard(parsed), parsed, answer: null }
  const answer = await inTenant(
    app.store,
    tenantId,
    async (tx): Promise<Answer> => ({
      query: parsed.query,
      ...(await read(app, tx, parsed.query, askedBy)),
      asOf: tx.now.round({ smallestUnit: 'second' }),
    }),
  )
  return { card: answerCard(answer), parsed, answer }
}

const read = async (app: App, tx: Tx, query: Query, person: Person): Promise<Reading> => {
  const { about } = query
  if (query.subject === 'silences') return readSilenced(tx, about)
  if (about.kind === 'everything')
    return query.subject === 'what_runs' ? readRuns(tx, query.state, null) : readOpenIncidents(tx)
  const scope = await findScope(tx, about)
  if (scope === null) return nothing(query)
  switch (query.subject) {
    case 'what_happened':
      return readStory(tx, scope)
    case 'who_approved':
      return readApprovals(tx, scope)
    case 'why_blocked':
      return readBlocked(tx, scope)
    case 'why_refused':
      return readRefusals(app, tx, scope, query.mine ? person : null)
    case 'what_runs':
      return readRuns(tx, query.state, scope)
    case 'status':
      return readStatus(tx, scope)
    case 'what_next':
      return readNext(app, tx, scope, person)
  }
}

/** Another tenant's records and records that never were look alike. */
const nothing = ({ about }: Query): Reading => ({
  found: {
    subject: 'nothing',
    looked:
      about.kind === 'service'
        ? `There is no incident of ${about.name} on record.`
        : `There is no ${nameOf(about)} here.`,
    remedy:
      about.kind === 'service'
        ? 'It has been quiet since Suture knows it.'
        : 'The console lists what there is; so does the question “which incidents are open?”',
  },
  records: [],
  missing: null,
})

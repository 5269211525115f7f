import type { Caller } from '../../domain/person.ts'
import { askable } from '../../query/nearest.ts'
import type { QuestionContext } from '../../query/parse-question.ts'
import { aboutOf, type Query } from '../../query/query.ts'
import { nameOf } from '../../query/say-query.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { findScope } from './find-scope.ts'
import { readFigures } from './read-figures.ts'
import { readChangeList, readDecisions, readIncidentList, readRunList } from './read-lists.ts'
import {
  readApprovals,
  readBlocked,
  readNext,
  readOpenIncidents,
  readRefusals,
  readRuns,
  readStatus,
} from './read-now.ts'
import {
  readFocusAsked,
  readProof,
  readRecorded,
  readSchedulerAsked,
  readSelfTestAsked,
  type SelfTestWatch,
} from './read-record.ts'
import { readRefusedWidely } from './read-refusals.ts'
import { readGovernanceAsked, readNextAllowed, readWhoCan } from './read-rules.ts'
import { readSilenced } from './read-silenced.ts'
import { readStory } from './read-story.ts'
import { type Reading, unanswerable } from './reading.ts'

/** What a query asks for. Those that go by other use cases bring their own transaction; all others share one. */
export const read = async (
  app: App,
  caller: Caller,
  query: Query,
  { amongOthers, ...context }: QuestionContext & { readonly amongOthers: boolean },
  watch: SelfTestWatch | null = null,
): Promise<Reading> => {
  const { tenantId } = caller
  switch (query.subject) {
    case 'next_allowed':
      return (await readNextAllowed(app, tenantId, query)) ?? nothing(query)
    case 'governance':
      return (await readGovernanceAsked(app, tenantId, query)) ?? nothing(query)
    case 'audit':
      return (await readRecorded(app, caller, query, amongOthers)) ?? nothing(query)
    case 'proof':
      return readProof(app, caller, query)
    case 'focus':
      return readFocusAsked(app, tenantId)
    case 'scheduler':
      return readSchedulerAsked(app, tenantId)
    case 'self_test':
      return readSelfTestAsked(app, caller, watch)
    case 'help':
      return { found: { subject: 'help', examples: askable(context) }, records: [], missing: null }
    case 'what_happened':
    case 'who_approved':
    case 'why_blocked':
    case 'why_refused':
    case 'what_runs':
    case 'status':
    case 'what_next':
    case 'silences':
    case 'learning':
    case 'recovery':
    case 'incidents':
    case 'runs':
    case 'decisions':
    case 'changes':
    case 'who_can':
      return inTenant(app.store, tenantId, (tx) => readIn(app, tx, query, caller, context), { eager: true })
  }
}

/** In a transaction that may only read, for those that need no other; null for all others. */
export const readWithin = async (
  app: App,
  tx: Tx,
  caller: Caller,
  query: Query,
  context: QuestionContext,
): Promise<Reading | null> => {
  switch (query.subject) {
    case 'what_happened':
    case 'who_approved':
    case 'why_blocked':
    case 'what_runs':
    case 'status':
    case 'silences':
    case 'learning':
    case 'recovery':
    case 'incidents':
    case 'runs':
    case 'decisions':
    case 'changes':
      return readIn(app, tx, query, caller, context)
    // What somebody may do is asked with the locks of whoever does it.
    case 'why_refused':
    case 'what_next':
    case 'who_can':
    case 'next_allowed':
    case 'governance':
    case 'audit':
    case 'proof':
    case 'focus':
    case 'scheduler':
    case 'self_test':
    case 'help':
      return null
  }
}

type OfOneReading = Exclude<
  Query,
  {
    subject: 'next_allowed' | 'governance' | 'audit' | 'proof' | 'focus' | 'scheduler' | 'self_test' | 'help'
  }
>

const readIn = async (
  app: App,
  tx: Tx,
  query: OfOneReading,
  { person }: Caller,
  { now }: QuestionContext,
): Promise<Reading> => {
  const { about } = query
  const zone = now.timeZoneId
  switch (query.subject) {
    case 'silences':
      return readSilenced(tx, about)
    case 'learning':
    case 'recovery':
      return readFigures(tx, query, zone)
    case 'incidents':
      return readIncidentList(tx, query, zone)
    case 'runs':
      return (await readRunList(tx, query)) ?? nothing(query)
    case 'decisions':
      return (await readDecisions(tx, query)) ?? nothing(query)
    case 'changes':
      return (await readChangeList(tx, query)) ?? nothing(query)
    case 'who_can':
      return (await readWhoCan(app, tx, query)) ?? nothing(query)
    case 'what_happened':
    case 'who_approved':
    case 'why_blocked':
    case 'why_refused':
    case 'what_runs':
    case 'status':
    case 'what_next':
      return readAboutOne(app, tx, query, person)
  }
}

type AboutOne = Extract<
  OfOneReading,
  {
    subject:
      | 'what_happened'
      | 'who_approved'
      | 'why_blocked'
      | 'why_refused'
      | 'what_runs'
      | 'status'
      | 'what_next'
  }
>

const readAboutOne = async (
  app: App,
  tx: Tx,
  query: AboutOne,
  person: Caller['person'],
): Promise<Reading> => {
  const { about } = query
  if (query.subject === 'why_refused' && (about.kind === 'everything' || query.when.kind !== 'all'))
    return readRefusedWidely(tx, query, person.id)
  if (about.kind === 'everything') {
    if (query.subject === 'status') return readOpenIncidents(tx)
    if (query.subject === 'what_runs') return readRuns(tx, query.state, null)
    // What stands in the way, or can be done, is of one incident: of all, those that are open are the answer.
    if (query.subject === 'why_blocked') return readRuns(tx, 'waiting', null)
    return readOpenIncidents(tx)
  }
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
const nothing = (query: Query): Reading => {
  const about = aboutOf(query)
  return about.kind === 'service'
    ? unanswerable(
        `There is no incident of ${about.name} on record.`,
        'It has been quiet since Suture knows it.',
      )
    : unanswerable(
        `There is no ${nameOf(about)} here.`,
        'The console lists what there is; so does the question “which incidents are open?”',
      )
}

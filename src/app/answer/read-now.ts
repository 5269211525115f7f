import type { Person } from '../../domain/person.ts'
import type { RunFact } from '../../query/answer.ts'
import type { RunState } from '../../query/query.ts'
import type { Tx } from '../../storage/database.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { governanceOf } from '../policy-facts.ts'
import { incidentFact, recordsOfRuns, runFacts } from './facts.ts'
import { runsInScope, type Scope } from './find-scope.ts'
import { escalationIn, type HistoryEntry, historyOfIncident, refusalsIn, textOf } from './history.ts'
import { openProposals, optionsOf } from './options.ts'
import type { Reading } from './reading.ts'

/** Everything but the story: one reading a subject. */

export const readApprovals = async (tx: Tx, scope: Scope): Promise<Reading> => {
  const runs = await runFacts(tx, await runsInScope(tx, scope))
  return {
    found: { subject: 'who_approved', incident: incidentFact(scope.incident), runs },
    records: [scope.incident.id, ...recordsOfRuns(runs)],
    missing: scope.missing,
  }
}

export const readBlocked = async (tx: Tx, scope: Scope): Promise<Reading> => {
  const { incident } = scope
  const [runs, escalation, proposals, { emergency_stop: emergencyStop }] = await Promise.all([
    runsInScope(tx, scope).then((rows) => runFacts(tx, rows)),
    escalationOf(tx, incident),
    openProposals(tx, incident.id),
    governanceOf(tx),
  ])
  const unrequested = proposals.map(({ id, body }) => ({ id, title: body.playbookTitle }))
  return {
    found: {
      subject: 'why_blocked',
      incident: incidentFact(incident),
      runs,
      emergencyStop,
      escalation: escalation === null ? null : textOf(escalation.details['why']),
      unrequested: scope.whole ? unrequested : [],
    },
    records: [incident.id, ...recordsOfRuns(runs), ...(escalation === null ? [] : [escalation.record])],
    missing: scope.missing,
  }
}

/** Why it was handed to a person; null where it was not. */
const escalationOf = async (tx: Tx, { id, status }: Scope['incident']): Promise<HistoryEntry | null> =>
  status === 'escalated' ? escalationIn(await historyOfIncident(tx, id, ['incident_escalated'])) : null

export const readRefusals = async (app: App, tx: Tx, scope: Scope, mine: Person | null): Promise<Reading> => {
  const { incident } = scope
  const [{ rows, runs }, history] = await Promise.all([
    runsInScope(tx, scope).then(async (found) => ({ rows: found, runs: await runFacts(tx, found) })),
    historyOfIncident(tx, incident.id, ['refused']),
  ])
  const known = new Set(recordsOfRuns(runs))
  const refusals = (await refusalsIn(tx, history)).filter(
    (each) => (scope.whole || known.has(each.subject)) && (mine === null || each.by.id === mine.id),
  )
  const rejections = runs.flatMap(({ request }) =>
    request === null || (mine !== null && request.requester.id !== mine.id)
      ? []
      : request.votes.filter((vote) => vote.decision === 'reject').map((vote) => ({ request, vote })),
  )
  const now = mine === null ? [] : await optionsOf(app, tx, incident, liveOf(rows, runs), mine)
  return {
    found: { subject: 'why_refused', incident: incidentFact(incident), refusals, rejections, now },
    records: [incident.id, ...recordsOfRuns(runs), ...refusals.map((refusal) => refusal.record)],
    missing: history.cut ? 'the history is longer than what was read' : scope.missing,
  }
}

export const readNext = async (app: App, tx: Tx, scope: Scope, person: Person): Promise<Reading> => {
  const { incident } = scope
  const [live, escalation] = await Promise.all([
    runsInScope(tx, { ...scope, keeps: () => true }).then(async (rows) =>
      liveOf(rows, await runFacts(tx, rows)),
    ),
    escalationOf(tx, incident),
  ])
  const options = await optionsOf(app, tx, incident, live, person)
  const runs = live.map(({ fact }) => fact)
  return {
    found: {
      subject: 'what_next',
      incident: incidentFact(incident),
      options,
      runs,
      escalation: escalation === null ? null : textOf(escalation.details['why']),
    },
    records: [
      ...new Set([
        incident.id,
        ...recordsOfRuns(runs),
        ...options.map((option) => option.id),
        ...(escalation === null ? [] : [escalation.record]),
      ]),
    ],
    missing: scope.missing,
  }
}

export const readStatus = async (tx: Tx, scope: Scope): Promise<Reading> => {
  const rows = await runsInScope(tx, scope)
  const runs = liveOf(rows, await runFacts(tx, rows)).map(({ fact }) => fact)
  return {
    found: { subject: 'status', incidents: [incidentFact(scope.incident)], runs, single: true },
    records: [scope.incident.id, ...recordsOfRuns(runs)],
    missing: scope.missing,
  }
}

const liveOf = (rows: readonly RunRow[], facts: readonly RunFact[]): { row: RunRow; fact: RunFact }[] =>
  rows.flatMap((row, at) => {
    const fact = facts[at]
    return row.finished_at === null && fact !== undefined ? [{ row, fact }] : []
  })

/** A thread shows so many; of more, the newest. */
const mostListed = 20

export const readOpenIncidents = async (tx: Tx): Promise<Reading> => {
  const rows = await tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '<>', 'resolved')
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(mostListed + 1)
    .execute()
  const incidents = rows.slice(0, mostListed).map(incidentFact)
  return {
    found: { subject: 'status', incidents, runs: [], single: false },
    records: incidents.map((incident) => incident.id),
    missing: rows.length > mostListed ? `only the ${mostListed} newest are shown` : null,
  }
}

const statusesOf = {
  any: ['pending_approval', 'queued', 'running', 'verifying', 'rolling_back'],
  running: ['running', 'verifying', 'rolling_back'],
  waiting: ['pending_approval', 'queued'],
} as const satisfies Record<RunState, readonly RunRow['status'][]>

export const readRuns = async (tx: Tx, state: RunState, scope: Scope | null): Promise<Reading> => {
  const live = tx.db
    .selectFrom('run')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('status', 'in', statusesOf[state])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(mostListed + 1)
  const rows = (
    await (scope === null ? live : live.where('incident_id', '=', scope.incident.id)).execute()
  ).filter((row) => scope?.keeps(row) ?? true)
  const runs = await runFacts(tx, rows.slice(0, mostListed))
  return {
    found: { subject: 'what_runs', runs },
    records: recordsOfRuns(runs),
    missing: rows.length > mostListed ? `only the ${mostListed} newest are shown` : null,
  }
}

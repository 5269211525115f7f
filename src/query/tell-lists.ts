import { bold } from '../domain/card.ts'
import { changeTitles } from '../domain/change.ts'
import type { IncidentFact, ListFound, RunFact } from './answer.ts'
import { counted, type Line, line, quoted } from './line.ts'
import type { Query } from './query.ts'
import { runWords } from './tell-story.ts'

/** Lists of a time, with their exact number first. */
export const tellList = (found: ListFound, query: Query): Line[] => {
  switch (found.subject) {
    case 'incidents':
      return tellIncidents(found, query)
    case 'runs':
      return [
        line(bold(counted(found.total, 'run')), shown(found.runs.length, found.total)),
        ...found.runs.map(tellRun),
      ]
    case 'decisions':
      return [
        line(bold(counted(found.total, 'decision')), shown(found.decisions.length, found.total)),
        ...found.decisions.map(({ at, by, decision, title, service, requestId, runId, reason }) =>
          line(
            at,
            '  ',
            by,
            ` ${decision === 'approve' ? 'approved' : 'rejected'} `,
            bold(title),
            ` on ${service} (${requestId}, ${runId})${reason.trim() === '' ? '' : `: ${quoted(reason)}`}.`,
          ),
        ),
      ]
    case 'audit':
      return found.entries.length === 0
        ? [line('Nothing is on record for that.')]
        : found.entries.map(({ at, text }) => line(at, `  ${text}`))
    case 'changes':
      return tellChanges(found)
  }
}

const shown = (listed: number, total: number): string =>
  listed === 0 ? '.' : listed < total ? `, of which the newest ${listed} are shown.` : '.'

const tellIncidents = (
  { incidents, total, groups, against }: Extract<ListFound, { subject: 'incidents' }>,
  query: Query,
): Line[] => {
  const head =
    against === null
      ? [
          line(
            bold(counted(total, 'incident')),
            groups === null && !isCount(query) ? shown(incidents.length, total) : '.',
          ),
        ]
      : [line(bold(counted(total, 'incident')), `, against ${against}.`)]
  const grouped = (groups ?? []).map(({ key, count }) =>
    line(bold(key === '' ? 'no service' : key), `: ${count}`),
  )
  return [...head, ...grouped, ...incidents.map(tellIncident)]
}

const isCount = (query: Query): boolean => 'count' in query && query.count

const tellIncident = ({ id, title, service, severity, status, openedAt, resolvedAt }: IncidentFact): Line =>
  line(
    openedAt,
    '  ',
    bold(title),
    ` (${id}${service === null ? '' : `, ${service}`}, ${severity}) `,
    ...(resolvedAt === null ? [`is ${status}.`] : ['resolved ', resolvedAt, '.']),
  )

const tellRun = ({ id, title, service, incidentId, status, reason, createdAt }: RunFact): Line =>
  line(
    createdAt,
    '  ',
    bold(title),
    ` on ${service} (${id}, ${incidentId}) ${runWords[status]}${reason.trim() === '' ? '' : `: ${quoted(reason)}`}.`,
  )

const tellChanges = ({ changes, recorded }: Extract<ListFound, { subject: 'changes' }>): Line[] => {
  if (changes.length === 0)
    return [
      line('No change is on record for that.'),
      ...(recorded ? [] : [line('Nobody sends changes to Suture here, so none on record means little.')]),
    ]
  return changes.map(({ at, service, kind, title, by, version, id }) =>
    line(
      at,
      `  ${changeTitles[kind]} on `,
      bold(service),
      `: ${quoted(title)}${version === null ? '' : ` (${version})`}${by === null ? '' : `, by ${by}`} (${id}).`,
    ),
  )
}

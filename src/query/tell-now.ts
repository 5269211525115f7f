import { bold } from '../domain/card.ts'
import type { IncidentStatus } from '../domain/incident.ts'
import type { Found, IncidentFact, OptionFact, RunFact } from './answer.ts'
import { counted, type Line, line, quoted, toned } from './line.ts'
import { approvalsOf } from './tell-approvals.ts'
import { runWords } from './tell-story.ts'

/** What runs or waits, where incidents stand, and what can be done. */

export const tellRuns = ({ runs }: Extract<Found, { subject: 'what_runs' }>): Line[] =>
  runs.length === 0 ? [line('Nothing.')] : runs.map(tellRun)

const tellRun = (run: RunFact): Line => {
  const head = [
    bold(run.title),
    ` on ${run.service} (${run.id}, ${run.incidentId}) ${runWords[run.status]}`,
  ] as const
  if (run.status === 'pending_approval' && run.request !== null)
    return line(...head, `: ${approvalsOf(run.request)} (${run.request.id}).`)
  if (run.startedAt !== null) return line(...head, ', begun ', run.startedAt, '.')
  return line(...head, run.reason === '' ? '.' : `: ${quoted(run.reason)}.`)
}

const states = {
  open: 'open; evidence is being gathered',
  proposed: 'open; it waits for people',
  healing: 'being healed',
  escalated: 'handed to a person',
  resolved: 'resolved',
} as const satisfies Record<IncidentStatus, string>

export const tellStatus = ({ incidents, runs, single }: Extract<Found, { subject: 'status' }>): Line[] => {
  const [first] = incidents
  if (first === undefined)
    return [
      toned(
        'good',
        line('No incident is open. (This rests on alerts received; nothing was probed just now.)'),
      ),
    ]
  if (single) return tellOne(first, runs)
  return incidents.map((incident) =>
    line(
      bold(incident.title),
      ` (${incident.id}${incident.service === null ? '' : `, ${incident.service}`}, ${incident.severity}) is ${states[incident.status]}, since `,
      incident.openedAt,
      '.',
    ),
  )
}

const tellOne = (incident: IncidentFact, runs: readonly RunFact[]): Line[] => {
  const head = line(
    bold(incident.title),
    incident.service === null ? '' : ` on ${incident.service}`,
    ` is ${states[incident.status]}.`,
  )
  const since =
    incident.resolvedAt === null
      ? line(
          'Open since ',
          incident.openedAt,
          `; ${incident.firing === 0 ? 'nothing fires any more' : `${counted(incident.firing, 'alert')} still firing`}.`,
        )
      : line('Opened ', incident.openedAt, ', resolved ', incident.resolvedAt, '.')
  const cause =
    incident.diagnosis === null
      ? []
      : [
          line(
            'Likeliest cause: ',
            bold(incident.diagnosis.title),
            `, ${Math.round(incident.diagnosis.likelihood * 100)} %.`,
          ),
        ]
  return [incident.status === 'resolved' ? toned('good', head) : head, since, ...cause, ...runs.map(tellRun)]
}

const verbs = { approve: 'Approve or reject', request: 'Request', cancel: 'Cancel' } as const

export const tellNext = ({
  incident,
  options,
  runs,
  escalation,
}: Extract<Found, { subject: 'what_next' }>): Line[] => {
  if (incident.status === 'resolved') return [toned('good', line(`Nothing: ${incident.id} has resolved.`))]
  const lines: Line[] = [...runs.map(tellRun), ...may(options), ...mayNot(options)]
  if (incident.status === 'healing' && runs.length === 0)
    lines.unshift(line('The run has ended; the incident closes once its alerts resolve.'))
  if (escalation !== null) lines.push(toned('warning', line(`A person is needed: ${quoted(escalation)}.`)))
  if (options.length === 0 && escalation === null && runs.length === 0)
    lines.push(
      line(
        incident.status === 'open'
          ? 'Nothing yet: Suture is gathering evidence and will propose what to do.'
          : 'Nothing is proposed: heal it by hand.',
      ),
    )
  return lines
}

const may = (options: readonly OptionFact[]): Line[] =>
  options.flatMap(({ what, id, title, refusal }) =>
    refusal === null ? [line(`You can: ${verbs[what]} `, bold(title), ` (${id}).`)] : [],
  )

const mayNot = (options: readonly OptionFact[]): Line[] =>
  options.flatMap(({ what, id, title, refusal }) =>
    refusal === null
      ? []
      : [
          toned(
            'warning',
            line(
              `You can't ${verbs[what].toLowerCase()} `,
              bold(title),
              ` (${id}): ${quoted(refusal.detail)}. ${refusal.remedy}`,
            ),
          ),
        ],
  )

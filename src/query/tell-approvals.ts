import { bold } from '../domain/card.ts'
import type { Found, RequestFact, RunFact } from './answer.ts'
import { counted, type Line, line, listed, quoted, toned } from './line.ts'
import { runWords } from './tell-story.ts'

/** Who asked for what and who said yes or no. */
export const tellApprovals = ({ incident, runs }: Extract<Found, { subject: 'who_approved' }>): Line[] =>
  runs.length === 0 ? [line(`Nobody: nothing has been requested in ${incident.id}.`)] : runs.flatMap(tellRun)

const tellRun = (run: RunFact): Line[] => {
  const what = bold(run.title)
  if (run.request === null)
    return [line('Nobody was asked about ', what, ` (${run.id}): policy allowed it without approval.`)]
  const { request } = run
  const votes = request.votes.map((vote) =>
    line(
      vote.by,
      ` ${vote.decision === 'approve' ? 'approved' : 'rejected'} `,
      what,
      ` (${request.id}, ${run.id}), `,
      vote.at,
      vote.reason === '' ? '.' : `: ${quoted(vote.reason)}.`,
    ),
  )
  const asked = line('It was requested by ', request.requester, ', ', request.requestedAt, '.')
  if (request.votes.length === 0)
    return [line('Nobody has approved ', what, ` (${request.id}). ${endOf(request)}`), asked]
  return [...votes, asked, ...(request.status === 'pending' ? [line(endOf(request))] : [])]
}

const endOf = (request: RequestFact): string => {
  switch (request.status) {
    case 'pending':
      return `It still waits: ${approvalsOf(request)}.`
    case 'expired':
      return 'It expired.'
    case 'canceled':
      return `It was withdrawn: ${quoted(request.reason)}.`
    case 'approved':
    case 'rejected':
      return `It was ${request.status}.`
  }
}

export const approvalsOf = (request: RequestFact): string => {
  const given = request.votes.filter((vote) => vote.decision === 'approve').length
  const roles =
    request.approverRoles.length === 0
      ? 'nobody may approve it'
      : `by ${listed(request.approverRoles, 'or')}, and not by whoever requested it`
  return `${given} of ${counted(request.quorum, 'approval')}, ${roles}`
}

/** What stands in the way of an incident's healing, the nearest obstacle first. */
export const tellBlocked = (found: Extract<Found, { subject: 'why_blocked' }>): Line[] => {
  const { incident, runs, emergencyStop, escalation, unrequested } = found
  const lines: Line[] = []
  if (incident.status === 'resolved')
    lines.push(line(`Nothing stands in the way now: ${incident.id} has resolved.`))
  if (emergencyStop)
    lines.push(toned('bad', line('The emergency stop is on: nothing may run until an admin lifts it.')))
  const [newest] = runs
  const blocked = runs.filter((run) => run.status === 'blocked')
  if (newest !== undefined && newest.finishedAt === null) lines.push(obstacleOf(newest))
  for (const run of blocked)
    lines.push(
      toned(
        'warning',
        line(
          `${run.id} (${run.title}) was blocked, `,
          run.finishedAt ?? run.createdAt,
          `: ${quoted(run.reason)}.`,
        ),
      ),
    )
  if (escalation !== null) lines.push(toned('warning', line(`A person is needed: ${quoted(escalation)}.`)))
  if (newest?.finishedAt !== null && incident.status !== 'resolved')
    for (const proposal of unrequested)
      lines.push(line('Nobody has requested ', bold(proposal.title), ` (${proposal.id}) yet.`))
  if (lines.length === 0) lines.push(line(`Nothing on record stands in the way in ${incident.id}.`))
  return lines
}

const obstacleOf = (run: RunFact): Line => {
  if (run.status === 'pending_approval' && run.request !== null)
    return line(
      `${run.id} (${run.title}) waits for approval (${run.request.id}): ${approvalsOf(run.request)}. It expires `,
      run.request.expiresAt,
      '.',
    )
  if (run.status === 'queued')
    return line(
      `${run.id} (${run.title}) is queued${run.reason === '' ? ' and begins in a moment' : `: ${quoted(run.reason)}`}.`,
    )
  return line(`Nothing: ${run.id} (${run.title}) ${runWords[run.status]}.`)
}

/** Refusals and rejections, newest last, and what would refuse whoever asks at this moment. */
export const tellRefusals = (found: Extract<Found, { subject: 'why_refused' }>, mine: boolean): Line[] => {
  const lines = [
    ...found.refusals.map(({ by, command, subject, detail, at }) =>
      line(at, '  ', by, ` was refused (${command.replaceAll('_', ' ')} ${subject}): ${quoted(detail)}.`),
    ),
    ...found.rejections.map(({ request, vote }) =>
      line(
        vote.at,
        '  ',
        vote.by,
        ` rejected ${request.id} (${request.title}), requested by `,
        request.requester,
        `: ${quoted(vote.reason)}.`,
      ),
    ),
  ]
  const now = mine
    ? found.now.flatMap(({ what, id, refusal }) =>
        refusal === null
          ? []
          : [line(`You can't ${what} ${id} now: ${quoted(refusal.detail)}. ${refusal.remedy}`)],
      )
    : []
  if (lines.length + now.length > 0) return [...lines, ...now]
  return [
    line(
      mine
        ? `Nothing of yours was refused${found.incident === null ? '' : ` in ${found.incident.id}`}, and nothing would be now.`
        : `Nothing was refused${found.incident === null ? '' : ` in ${found.incident.id}`}.`,
    ),
  ]
}

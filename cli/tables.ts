import type { z } from 'zod'
import type { IncidentView } from '../src/http/schemas/incident.ts'
import type { ApprovalView, RunView } from '../src/http/schemas/run.ts'
import type { Session } from './session.ts'
import { type Cell, type Style, shortened, table } from './text.ts'
import { relative } from './when.ts'

/** Lists as tables, the same in every command that shows them. */

type View = Pick<Session, 'paint' | 'now'>

export const words = (name: string): string => name.replaceAll('_', ' ')

const styled = (text: string, style: Style | undefined): Cell =>
  style === undefined ? { text } : { text, style }

const severityStyles: Readonly<Record<string, Style>> = { critical: 'red', high: 'yellow' }

export const incidentTable = ({ paint, now }: View, incidents: readonly IncidentView[]): string[] =>
  table(
    paint,
    ['ID', 'SEVERITY', 'STATUS', 'SERVICE', 'OPENED', 'TITLE', 'NOW'],
    incidents.map((incident) => [
      incident.id,
      styled(incident.severity, severityStyles[incident.severity]),
      incident.status,
      incident.service ?? '-',
      relative(incident.openedAt, now),
      shortened(incident.title, 40),
      shortened(incident.now, 60),
    ]),
  )

const runStyles: Readonly<Record<string, Style>> = {
  succeeded: 'green',
  failed: 'red',
  timed_out: 'red',
  rollback_failed: 'red',
  unknown: 'red',
  blocked: 'yellow',
  rolled_back: 'yellow',
}
export const runStatusCell = (status: string): Cell => styled(words(status), runStyles[status])

export const runTable = ({ paint, now }: View, runs: readonly RunView[]): string[] =>
  table(
    paint,
    ['ID', 'STATUS', 'SERVICE', 'PLAYBOOK', 'INCIDENT', 'REQUESTED BY', 'APPROVED BY', 'CREATED'],
    runs.map((run) => [
      run.id,
      runStatusCell(run.status),
      run.service,
      run.playbook,
      run.incidentId,
      run.requester.name,
      run.approvers.map((person) => person.name).join(', ') || '-',
      relative(run.createdAt, now),
    ]),
  )

export const approvalTable = (
  { paint, now }: View,
  approvals: readonly z.infer<typeof ApprovalView>[],
): string[] =>
  table(
    paint,
    ['ID', 'STATUS', 'WHAT', 'SERVICE', 'IMPACT', 'INCIDENT', 'REQUESTED BY', 'APPROVALS', 'EXPIRES'],
    approvals.map((approval) => [
      approval.id,
      approval.status,
      shortened(approval.gate === null ? approval.playbookTitle : `gate: ${approval.gate}`, 40),
      approval.service,
      approval.impact,
      approval.incidentId,
      approval.requester.name,
      `${approval.votes.filter((vote) => vote.decision === 'approve').length} of ${approval.quorum}`,
      approval.status === 'pending' ? relative(approval.expiresAt, now) : '-',
    ]),
  )

/** How to see the next page, when there is one. */
export const more = (next: string | null): string[] =>
  next === null ? [] : ['', `There are more: add --after ${next}`]

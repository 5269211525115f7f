import type { Command } from 'commander'
import { incidentStatuses } from '../../src/domain/incident.ts'
import { activeRunStatuses } from '../../src/domain/run.ts'
import { page } from '../../src/http/schemas/common.ts'
import { HealthView } from '../../src/http/schemas/identity.ts'
import { IncidentView } from '../../src/http/schemas/incident.ts'
import { ApprovalView, RunView } from '../../src/http/schemas/run.ts'
import type { Open } from '../program.ts'
import { approvalTable, incidentTable, runTable } from '../tables.ts'

const shown = 50
const openStatuses = incidentStatuses.filter((status) => status !== 'resolved')
const liveStatuses = ['queued', ...activeRunStatuses] as const

/** One question a status, so that an old incident is found however many have come since. */
const gather = async <T>(
  statuses: readonly string[],
  ask: (status: string) => Promise<{ items: T[]; next: string | null }>,
): Promise<{ items: T[]; complete: boolean }> => {
  const pages = await Promise.all(statuses.map(ask))
  return { items: pages.flatMap((each) => each.items), complete: pages.every((each) => each.next === null) }
}

const newestFirst = (one: string, other: string): number =>
  Temporal.Instant.compare(Temporal.Instant.from(other), Temporal.Instant.from(one))

export const addStatus = (program: Command, open: Open): void => {
  program
    .command('status')
    .description('health, open incidents, what waits for approval, what runs')
    .action(async (_options: object, command: Command) => {
      const session = open(command)
      const { client, paint } = session
      const [health, incidents, approvals, runs] = await Promise.all([
        client.get('/v1/health', HealthView),
        gather(openStatuses, (status) =>
          client.get('/v1/incidents', page(IncidentView), { status, limit: shown }),
        ),
        gather(['pending'], (status) =>
          client.get('/v1/approvals', page(ApprovalView), { status, limit: shown }),
        ),
        gather(liveStatuses, (status) => client.get('/v1/runs', page(RunView), { status, limit: shown })),
      ])
      const openIncidents = incidents.items.sort((one, other) => newestFirst(one.openedAt, other.openedAt))
      const liveRuns = runs.items.sort((one, other) => newestFirst(one.createdAt, other.createdAt))
      const complete = incidents.complete && approvals.complete && runs.complete
      session.show(
        { health, incidents: openIncidents, approvals: approvals.items, runs: liveRuns, complete },
        () => {
          const marks = {
            pass: paint('green', 'healthy'),
            warn: paint('yellow', 'warning'),
            fail: paint('red', 'FAILING'),
          } as const
          const ailing = Object.entries(health.checks).filter(([, check]) => check.status !== 'pass')
          return [
            `Suture ${health.version} is ${marks[health.status]}.`,
            ...ailing.map(([name, check]) => `  ${name}: ${check.detail}`),
            '',
            ...section(paint('bold', 'Open incidents'), openIncidents.length, () =>
              incidentTable(session, openIncidents),
            ),
            ...section(paint('bold', 'Waiting for approval'), approvals.items.length, () =>
              approvalTable(session, approvals.items),
            ),
            ...section(paint('bold', 'Running or queued'), liveRuns.length, () =>
              runTable(session, liveRuns),
            ),
            ...(complete
              ? []
              : [`There are more than ${shown} of a kind; the lists above are not complete.`]),
          ]
        },
      )
    })
}

const section = (title: string, count: number, rows: () => string[]): string[] => [
  `${title}: ${count === 0 ? 'none' : count}`,
  ...(count === 0 ? [] : rows().map((row) => `  ${row}`)),
  '',
]

import { setTimeout as pause } from 'node:timers/promises'
import type { Cell } from './cell.ts'
import type { Variant } from './estate.ts'
import { latestMs, look, type Seen } from './judge.ts'

/** One incident, from the alert to peace again. */

const pollMs = 15
/** When even a run without a deadline is given up. */
const neverMs = 120_000
/** One more look of the watchdog than is allowed, so that it is told by how much a run was late. */
const sweepMs = 1_000

export interface Asked {
  readonly service: string
  readonly nth: number
  readonly runId: string
  readonly requestId: string
}

/** Numbers the alerts of this process, so that none is taken for an earlier one. */
const alertOf = (function* () {
  for (let nth = 1; ; nth += 1) yield nth
})()

/** The service falls ill, its alert comes in, and Suture asks for approval. */
export const fallIll = async (cell: Cell, variant: Variant): Promise<Asked> => {
  const service = cell.service(variant)
  const nth = alertOf.next().value
  cell.target.fallIll(service)
  await cell.call('sender', '/v1/alerts/alertmanager', alert(variant, service, nth, 'firing'))
  const until = performance.now() + neverMs
  for (;;) {
    const [found] = await cell.rows<{ run_id: string; id: string }>(
      `select request.id, request.run_id from approval_request request join incident on incident.id = request.incident_id
       where incident.service = $1 and incident.status <> 'resolved' and request.status = 'pending'`,
      [service],
    )
    if (found !== undefined) return { service, nth, runId: found.run_id, requestId: found.id }
    if (performance.now() > until) throw new Error(`nobody asked for an approval on ${service}`)
    await pause(pollMs)
  }
}

/** Long enough ago for the last alert not to lie in the future. */
const begun = Date.now() - 24 * 60 * 60_000

const alert = (variant: Variant, service: string, nth: number, status: 'firing' | 'resolved') => {
  const [alertname, summary] =
    variant === 'ill'
      ? ['HighErrorRate', `${service} answers with errors`]
      : ['ServiceDown', `${service} is down`]
  return {
    version: '4',
    status,
    alerts: [
      {
        status,
        labels: { alertname, service, severity: 'critical', nth: String(nth) },
        annotations: { summary },
        startsAt: new Date(begun + nth * 1_000).toISOString(),
        endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
      },
    ],
  }
}

export interface Stand {
  readonly status: string
  readonly finished: boolean
  /** Negative while the deadline is ahead; null before the run has one. */
  readonly lateMs: number | null
  readonly workerId: string | null
}

/** Where each run stands now. */
export const standsOf = async (cell: Cell, runIds: readonly string[]): Promise<Map<string, Stand>> => {
  const rows = await cell.rows<Stand & { id: string }>(
    `select id, status, finished_at is not null as finished, worker_id as "workerId",
       (extract(epoch from now() - deadline_at) * 1000)::float8 as "lateMs" from run where id = any($1::text[])`,
    [runIds],
  )
  return new Map(rows.map(({ id, ...stand }) => [id, stand]))
}

/** What is seen of each run as soon as it has ended, or when it should have long ago. */
export const untilOver = async (cell: Cell, runIds: readonly string[]): Promise<Map<string, Seen>> => {
  const until = performance.now() + neverMs
  const seen = new Map<string, Seen>()
  for (;;) {
    const left = runIds.filter((runId) => !seen.has(runId))
    if (left.length === 0) return seen
    const isOver = ({ finished, lateMs }: Stand): boolean =>
      finished || (lateMs ?? 0) > latestMs + sweepMs || performance.now() > until
    const over = [...(await standsOf(cell, left))].filter(([, stand]) => isOver(stand))
    await Promise.all(over.map(async ([runId]) => seen.set(runId, await look(cell, runId))))
    if (over.length < left.length) await pause(pollMs)
  }
}

/** Nothing of these cases may reach into the next ones. */
export const leaveInPeace = async (
  cell: Cell,
  cases: readonly { variant: Variant; asked: Asked }[],
): Promise<void> => {
  for (const worker of cell.workers()) worker.signal('SIGCONT')
  const ready = cell.workers().filter((worker) => worker.isReady())
  await Promise.all(ready.map((worker) => worker.disarm()))
  await Promise.all(
    cases.map(async ({ variant, asked: { service, nth, runId } }) => {
      const [run] = await cell.rows<{ status: string }>('select status from run where id = $1', [runId])
      if (run?.status === 'unknown')
        await cell.call('approver', `/v1/runs/${runId}/resolution`, {
          resolution: 'happened',
          note: 'The target was asked by the harness.',
        })
      await cell.call('sender', '/v1/alerts/alertmanager', alert(variant, service, nth, 'resolved'))
    }),
  )
}

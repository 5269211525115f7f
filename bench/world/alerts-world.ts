import type { Target } from '../load/http-load.ts'
import type { Question, Reply, Stream } from '../load/load-process.ts'
import { type Child, startChild } from './child.ts'
import type { Closers } from './closers.ts'
import { untilIdle } from './idle.ts'
import { openIncidents } from './open-incidents.ts'
import type { BenchPostgres } from './postgres.ts'
import type { BenchSuture } from './suture.ts'

export type LoadChild = Child<Question, Reply>

export const startLoad = (closers: Closers): LoadChild => {
  const load = startChild<Question, Reply>(new URL('../load/load-process.ts', import.meta.url))
  closers.add(() => load.stop())
  return load
}

export const intakeOf = ({ port, secret }: BenchSuture): Target => ({
  port,
  path: '/v1/alerts/alertmanager',
  headers: { authorization: `Bearer ${secret}` },
})

export const alertmanagerIntake = (port: number): Target => ({ port, path: '/api/v2/alerts', headers: {} })

/** All alerts of a bench begin now, to the second, as Alertmanager forgets old ones. */
export const nowText = (): string => `${new Date().toISOString().slice(0, 19)}Z`

/** A receiver of webhooks in a process of its own; its port. */
export const startSinkProcess = async (closers: Closers): Promise<number> =>
  (await startLoad(closers).ask({ kind: 'sink' })).port

/** Brings Suture to where `groups` services have an open incident each, and nothing is left to do. */
export const openGroups = async (
  suture: BenchSuture,
  postgres: BenchPostgres,
  load: LoadChild,
  groups: number,
): Promise<void> => {
  const stream: Stream = { kind: 'storm', round: 0, alerts: 1, groups: 1, startsAt: nowText() }
  await load.ask({
    kind: 'load',
    stream,
    form: 'webhook',
    target: intakeOf(suture),
    perRequest: 1,
    connections: 1,
  })
  await untilIdle(postgres.ownerUrl)
  await openIncidents(postgres.ownerUrl, 'inc-1', groups)
}

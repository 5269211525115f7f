import pg from 'pg'
import type { Bench, OpenBench } from '../bench.ts'
import type { Stream } from '../load/load-process.ts'
import { alertmanagerMissing, hasAlertmanager, startAlertmanager } from '../world/alertmanager.ts'
import { alertmanagerIntake, intakeOf, nowText, startLoad } from '../world/alerts-world.ts'
import { createClosers, openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const alerts = 5_000
const incidents = 100
const perRequest = 50
const connections = 8

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres }, closers)
    const load = startLoad(closers)
    const sink = hasAlertmanager() ? (await load.ask({ kind: 'sink' })).port : 0
    const told: number[] = []
    const stormOf = (round: number): Stream => ({
      kind: 'storm',
      round,
      alerts,
      groups: incidents,
      startsAt: nowText(),
    })

    const measureAlertmanager = async (round: number): Promise<number> => {
      const fresh = createClosers()
      try {
        const { port } = await startAlertmanager(
          folder,
          { groupBy: 'service', groupWait: '0s', groupInterval: '1s', webhook: `http://127.0.0.1:${sink}/` },
          fresh,
        )
        const { elapsedMs, notifications } = await load.ask({
          kind: 'load_and_hear',
          stream: stormOf(round),
          form: 'alertmanager',
          target: alertmanagerIntake(port),
          perRequest,
          connections,
        })
        told.push(notifications)
        return elapsedMs
      } finally {
        await fresh.closeAll()
      }
    }
    return {
      candidate: {
        name: 'suture',
        measure: async (round) => {
          const { elapsedMs } = await load.ask({
            kind: 'load',
            stream: stormOf(round),
            form: 'webhook',
            target: intakeOf(suture),
            perRequest,
            connections,
          })
          await requireOneMessageEach(postgres.ownerUrl, round)
          await untilIdle(postgres.ownerUrl)
          return elapsedMs
        },
      },
      baselines: [
        hasAlertmanager()
          ? { name: 'alertmanager', measure: measureAlertmanager }
          : { name: 'alertmanager', absent: alertmanagerMissing },
      ],
      remarks: () =>
        told.length === 0
          ? []
          : [
              `Alertmanager needed ${Math.min(...told)} to ${Math.max(...told)} notifications for what Suture shows as ${incidents} messages.`,
            ],
      close: closers.closeAll,
    }
  })

/** A storm that became more than its incidents, or more than one message each, was not taken as it should be. */
const requireOneMessageEach = async (ownerUrl: string, round: number): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ alerts: number; incidents: number; messages: number }>(
      `select (select count(*)::integer from alert where service like $1) as alerts, count(*)::integer as incidents,
        (select count(*)::integer from card where kind = 'incident' and incident_id in (select id from incident where service like $1)) as messages
        from incident where service like $1`,
      [`storm-${round}-%`],
    )
    const [found] = rows
    if (found?.alerts !== alerts || found.incidents !== incidents || found.messages !== incidents)
      throw new Error(
        `expected ${alerts} alerts, ${incidents} incidents and as many messages, found ${JSON.stringify(found)}`,
      )
  } finally {
    await client.end()
  }
}

export const storm: Bench = {
  name: 'storm',
  unit: 'ms',
  about: [
    `${alerts} alerts of ${incidents} services nobody has heard of, mixed, ${perRequest} a request on ${connections} connections. Suture: until the last alert is`,
    `durable, deduplicated and in its incident; then it is checked that there are ${incidents} incidents with one message each in the channel.`,
    'Alertmanager (empty, group_wait 0s, group_interval 1s): until its notifications have told of every alert.',
    'The ratio is time by time: lower is better.',
  ],
  bounds: { alertmanager: { sense: 'at_most', required: 1, aim: 0.5 } },
  open,
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, OpenBench } from '../bench.ts'
import { median } from '../measure/statistics.ts'
import { alertmanagerMissing, hasAlertmanager, startAlertmanager } from '../world/alertmanager.ts'
import { alertmanagerIntake, intakeOf, nowText, startLoad } from '../world/alerts-world.ts'
import { openingWith } from '../world/closers.ts'
import { untilIdle } from '../world/idle.ts'
import { startPostgres } from '../world/postgres.ts'
import { startSuture } from '../world/suture.ts'
import { tempFolder } from '../world/temp-folder.ts'

const samples = 12
const restMs = 30

const open = (): Promise<OpenBench> =>
  openingWith(async (closers) => {
    const folder = tempFolder(closers)
    const postgres = await startPostgres(folder, closers)
    const suture = await startSuture({ folder, database: postgres }, closers)
    const load = startLoad(closers)
    const key = await suture.adminKey()
    const alertmanager = hasAlertmanager()
      ? await startAlertmanager(
          folder,
          {
            groupBy: 'service',
            groupWait: '0s',
            groupInterval: '5m',
            webhook: `http://127.0.0.1:${(await load.ask({ kind: 'sink' })).port}/`,
          },
          closers,
        )
      : null
    const medianOf = async (one: (service: string) => Promise<number>, prefix: string): Promise<number> => {
      const measured: number[] = []
      for (let at = 0; at < samples; at += 1) {
        measured.push(await one(`${prefix}-${at}`))
        await sleep(restMs)
      }
      return median(measured)
    }
    const toSuture = async (service: string): Promise<number> => {
      const { elapsedMs } = await load.ask({
        kind: 'first_card',
        target: intakeOf(suture),
        eventsUrl: `${suture.url}/v1/events`,
        key,
        service,
        startsAt: nowText(),
      })
      await untilIdle(postgres.ownerUrl)
      return elapsedMs
    }
    const toAlertmanager = async (port: number, service: string): Promise<number> =>
      (
        await load.ask({
          kind: 'first_notification',
          target: alertmanagerIntake(port),
          service,
          startsAt: nowText(),
        })
      ).elapsedMs
    return {
      candidate: {
        name: 'suture',
        measure: (round) => medianOf(toSuture, `chat-${round}`),
      },
      baselines: [
        alertmanager === null
          ? { name: 'alertmanager', absent: alertmanagerMissing }
          : {
              name: 'alertmanager',
              measure: (round) =>
                medianOf((service) => toAlertmanager(alertmanager.port, service), `chat-${round}`),
            },
      ],
      remarks: () => [],
      close: closers.closeAll,
    }
  })

export const alertToChat: Bench = {
  name: 'alert-to-chat',
  unit: 'ms',
  about: [
    'Idle. Suture: from the post of the first alert of an unknown service to the card event that an open console hears on /v1/events,',
    'which comes after the commit. Alertmanager (group_wait 0s): from the post to the webhook. Both over a new connection each time;',
    `the median of ${samples} in each round. The ratio is time by time: lower is better.`,
  ],
  bounds: { alertmanager: { sense: 'at_most', required: 10, aim: 4 } },
  open,
}

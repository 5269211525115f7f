import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../src/app/app.ts'
import { expireApproval } from '../src/app/approval/expire-approval.ts'
import { remindApproval } from '../src/app/approval/remind-approval.ts'
import { expireBreakGlass } from '../src/app/break-glass/end.ts'
import { expireFreeze } from '../src/app/freeze/expire-freeze.ts'
import { healIncident } from '../src/app/heal/heal-incident.ts'
import { performRun } from '../src/app/run/perform-run.ts'
import { answerTrial, isTrial } from '../src/app/self-test/queue-trial.ts'
import { turnSilence } from '../src/app/silence/turn-silence.ts'
import type { EffectKind } from '../src/domain/effect.ts'
import { createEndings } from './endings.ts'
import { type BellJob, type BellWorker, openWorker, type QueueConnection, type QueueName } from './queues.ts'

/** Evidence is fetched from outside and may be slow, so many incidents are looked into at a time. */
const healConcurrency = 16

/**
 * In a storm incidents wait this long at most, until it eases: taking alerts comes first, and a diagnosis from half of them
 * would have to be made again.
 */
const stormMs = 2_000

const timerConcurrency = 4

type Work = (app: App, tenantId: string, key: string) => Promise<void>

const timers: Readonly<Record<Exclude<EffectKind, 'heal' | 'run'>, Work>> = {
  expire_approval: expireApproval,
  remind_approval: remindApproval,
  break_glass: expireBreakGlass,
  freeze: expireFreeze,
  silence: turnSilence,
}

const lookMs = 25

/** Somebody waits for a click: what nobody looks at yet begins when they were answered, at the latest after this. */
const mostCourtesyMs = 100

const untilEased = async ({ clock, pressure, peopleFirst }: App): Promise<void> => {
  const latest = clock.monotonicMs() + stormMs
  while (pressure?.isHigh() === true && clock.monotonicMs() < latest) await sleep(lookMs)
  await peopleFirst?.free(mostCourtesyMs)
}

/** A self-test asks whether anybody answers: that is no row's business, and waits for nothing. */
const withTrials =
  (app: App, work: (job: BellJob) => Promise<void>) =>
  (job: BellJob): Promise<void> =>
    isTrial(job.key) ? answerTrial(app, job) : work(job)

const failed = (kind: QueueName, error: Error) =>
  [{ kind, error: error.stack ?? error.message }, 'a job failed; its row stays due'] as const

/** Answers the bells. Each job finds its row, does what the row asks for, and leaves. */
export const openWorkers = async (
  app: App,
  connection: QueueConnection,
  runConcurrency: number,
): Promise<BellWorker> => {
  let closing = false
  const endings = createEndings((error) => app.log.error(...failed('run', error)))
  const answer = (
    name: QueueName,
    concurrency: number,
    work: (job: BellJob) => Promise<void>,
  ): Promise<BellWorker> => {
    return openWorker(name, connection, concurrency, withTrials(app, work), {
      jobError: (error) => app.log.error(...failed(name, error)),
      queueError: (error) => {
        // Connections may end together with a server that is stopped right after this.
        if (!closing)
          app.log.warn({ kind: name, error: error.message }, 'the queue reports an error; it is tried again')
      },
    })
  }
  const workers = await Promise.all([
    answer('heal', healConcurrency, async ({ tenantId, key }) => {
      await untilEased(app)
      await healIncident(app, tenantId, key)
    }),
    answer('run', runConcurrency, async ({ tenantId, key }) => {
      await app.peopleFirst?.free(mostCourtesyMs)
      await endings.untilOver((over) => performRun(app, tenantId, key, over))
    }),
    answer('timer', timerConcurrency, async ({ tenantId, kind, key }) => {
      if (kind !== 'heal' && kind !== 'run') await timers[kind](app, tenantId, key)
    }),
  ])
  return {
    close: async () => {
      closing = true
      await Promise.all(workers.map((worker) => worker.close()))
      await endings.ended()
    },
  }
}

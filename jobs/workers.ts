import type { App } from '../src/app/app.ts'
import { expireApproval } from '../src/app/approval/expire-approval.ts'
import { healIncident } from '../src/app/heal/heal-incident.ts'
import { performRun } from '../src/app/run/perform-run.ts'
import { type BellWorker, openWorker, type QueueConnection } from './queues.ts'

/** Evidence is fetched from outside and may be slow, so many incidents are looked into at a time. */
const healConcurrency = 16

/** Answers the bells. Each job finds its row, does what the row asks for, and leaves. */
export const openWorkers = async (
  app: App,
  connection: QueueConnection,
  runConcurrency: number,
): Promise<BellWorker> => {
  const onError = (kind: string) => ({
    jobError: (error: Error) =>
      app.log.error({ kind, error: error.stack ?? error.message }, 'a job failed; its row stays due'),
    queueError: (error: Error) =>
      app.log.warn({ kind, error: error.message }, 'the queue reports an error; it is tried again'),
  })
  const workers = await Promise.all([
    openWorker(
      'heal',
      connection,
      healConcurrency,
      ({ tenantId, key }) => healIncident(app, tenantId, key),
      onError('heal'),
    ),
    openWorker(
      'run',
      connection,
      runConcurrency,
      ({ tenantId, key }) => performRun(app, tenantId, key),
      onError('run'),
    ),
    openWorker(
      'expire_approval',
      connection,
      2,
      ({ tenantId, key }) => expireApproval(app, tenantId, key),
      onError('expire_approval'),
    ),
  ])
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()))
    },
  }
}

import { fails, notHere, passes } from '../../domain/self-test.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'
import { heard } from './heard.ts'
import { trialKey } from './queue-trial.ts'

/** A job through the real queue: a worker, of whatever process, takes it and says so. */
export const queueCheck = ({ app, tenantId, facts }: SelfTestScope): SelfCheck => ({
  name: 'queue',
  shows: 'a job that is put into the queue is taken by a worker',
  look: async (signal) => {
    if (facts === null) return notHere('this process hears nothing of what workers do')
    const key = trialKey(app.ids.uuid())
    const taken = await heard(facts.feed, tenantId, key, signal, () =>
      app.bell.ring([{ tenantId, kind: 'heal', key, ring: 0 }]),
    )
    return taken
      ? passes('a worker took a job and said so')
      : fails(
          'no worker took a job in time: none runs, all are busy, or the queue is not reached',
          'See that a process with the role worker runs, and that the queue’s PostgreSQL or Redis answers.',
        )
  },
})

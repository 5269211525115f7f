import type { Card } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { type QueueCardInput, queueCard } from '../../message/queue-card.ts'
import { type QueueRun, readQueue } from '../read/queue.ts'
import type { ChatContext } from './options.ts'

/** The answer to `/heal runs`. */
export const runsCard = async ({ app }: ChatContext, caller: Caller): Promise<Card> => {
  const { running, waiting, ended, needsPerson } = await readQueue(app, caller.tenantId)
  return queueCard({
    running: running.map((run) => ({ ...timed(run), deadlineAt: instant(run.deadlineAt) })),
    waiting: waiting.map((run) => ({ ...timed(run), givesUpAt: instant(run.givesUpAt) })),
    ended: ended.map(timed),
    needsPerson: needsPerson.map(timed),
  } satisfies QueueCardInput)
}

export const timed = <T extends QueueRun>(run: T): Omit<T, 'since'> & { since: Temporal.Instant } => ({
  ...run,
  since: Temporal.Instant.from(run.since),
})

const instant = (at: string | null): Temporal.Instant | null =>
  at === null ? null : Temporal.Instant.from(at)

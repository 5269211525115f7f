import type { ReceiverEvent } from '@slack/bolt'
import type { Tasks } from './tasks.ts'

/** Slack waits 3 s for an acknowledgement, https://docs.slack.dev/interactivity/handling-user-interaction; the rest is the way there. */
export const ackWithinMs = 2_500

/** A request of Slack, whichever way it came, after it was proved to be one. */
export interface Incoming {
  readonly body: Record<string, unknown>
  readonly retryNum?: number
  readonly retryReason?: string
}

/** Hands a request to its listener. */
export type Process = (event: ReceiverEvent) => Promise<void>

/**
 * What to acknowledge with: what the listener says, or undefined for a bare acknowledgement once it is silent for `withinMs`,
 * or nobody listens. The listener works on all the same; whoever pressed hears of it later.
 */
export const acknowledge = (
  incoming: Incoming,
  { process, tasks, withinMs }: { process: Process; tasks: Tasks; withinMs: number },
): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const timer = setTimeout(resolve, withinMs)
  const answer = (response?: unknown): void => {
    clearTimeout(timer)
    resolve(response === '' ? undefined : response)
  }
  void tasks
    .run('a request', () =>
      process({
        ...incoming,
        ack: async (response?: unknown) => answer(response),
      }),
    )
    .then(() => answer())
  return promise
}

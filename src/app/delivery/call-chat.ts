import type { CardPost, ChatPort, Delivered, NotDelivered } from '../ports.ts'
import type { Timers } from './timers.ts'

const abortAfterMs = 10_000
/** An adapter that does not obey its signal is waited for no longer than this. Below the lease of a lane. */
const giveUpAfterMs = 15_000

/** One call to the platform, with an end. A defect of the adapter is a failure of this card like any other. */
export const callChat = async (
  chat: ChatPort,
  post: CardPost,
  timers: Timers,
  stopping: AbortSignal,
): Promise<Delivered | NotDelivered> => {
  const time = new AbortController()
  const { promise: late, resolve: giveUp } = Promise.withResolvers<NotDelivered>()
  const end = () => giveUp(unheard(`${chat.name} did not answer in time`))
  const callOffs = [timers.after(abortAfterMs, () => time.abort()), timers.after(giveUpAfterMs, end)]
  const signal = AbortSignal.any([time.signal, stopping])
  try {
    return await Promise.race([chat.deliver(post, signal).catch(defect), late])
  } finally {
    for (const callOff of callOffs) callOff()
  }
}

const unheard = (why: string): NotDelivered => ({
  done: false,
  why,
  retryable: true,
  retryAfterMs: null,
  uncertain: true,
})

const defect = (error: unknown): NotDelivered => ({
  ...unheard(`a defect: ${error instanceof Error ? error.message : String(error)}`),
  retryable: false,
})

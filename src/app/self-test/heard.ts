import type { ProcessFacts } from './process-facts.ts'

/** True once a commit has told of `id`; false when `signal` came first. `send` is what makes somebody tell. */
export const heard = async (
  feed: ProcessFacts['feed'],
  tenantId: string,
  id: string,
  signal: AbortSignal,
  send: () => Promise<void> | void,
): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const stop = feed.subscribe(
    tenantId,
    (event) => {
      if (event.topic === 'self_test' && event.id === id) resolve(true)
    },
    () => undefined,
  )
  const end = () => resolve(false)
  signal.addEventListener('abort', end, { once: true })
  try {
    await send()
    return await promise
  } finally {
    signal.removeEventListener('abort', end)
    stop()
  }
}

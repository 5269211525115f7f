import { Session } from 'node:inspector/promises'

/**
 * Loading some nine hundred files leaves garbage of more than half the size of what stays. V8 sees no reason to collect it before
 * somebody needs the room, so a Suture to which nothing happens held it for minutes. This is the collection that V8
 * makes when a machine runs out of memory, made once: it stops everything for 0.1 to 0.3 s.
 */
export const giveBackMemory = async (): Promise<void> => {
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.collectGarbage')
  } finally {
    session.disconnect()
  }
}

/** Long enough that who waited for the start has had the first pages. */
const afterMs = 2_000

/** To be called when all is ready. Keeps no process alive, and a Node that can't do it is no reason to stop. */
export const giveBackMemorySoon = (): void => {
  setTimeout(() => {
    giveBackMemory().catch(() => undefined)
  }, afterMs).unref()
}

import { setTimeout as pause } from 'node:timers/promises'
import {
  AlreadyRunningError,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../adapters/postgres/embedded.ts'
import type { Log } from '../app/app.ts'

export interface KeptDatabase {
  readonly server: EmbeddedPostgres
  /** In words, why it is away just now; null while it is there. */
  readonly away: () => string | null
  readonly stop: () => Promise<void>
}

const firstWaitMs = 200
const longestWaitMs = 5_000

/**
 * The embedded server, started again whenever it is lost. Everything that connects to it keeps its address, so it has to
 * come back on the same port: while another program holds that, it is tried again and again. `onTaken` tells that another
 * Suture has taken the data over meanwhile: then this one has to go.
 */
export const keepEmbeddedDatabase = async (
  dataDir: string,
  log: Log,
  onTaken: (error: Error) => void,
): Promise<KeptDatabase> => {
  const stopping = new AbortController()
  let away: string | null = null
  let recovering: Promise<void> | null = null

  const start = (port?: number): Promise<EmbeddedPostgres> => {
    let told = false
    return startEmbeddedPostgres({
      dataDir,
      ...(port === undefined ? {} : { port }),
      log: (line) => log.info({ part: 'postgres' }, line),
      onLost: (reason) => {
        if (told || stopping.signal.aborted) return
        told = true
        away = 'the embedded PostgreSQL ended unexpectedly and is being started again'
        log.error(
          { part: 'postgres', reason: reason.message },
          'the embedded database is lost; it is started again',
        )
        recovering = (recovering ?? Promise.resolve()).then(recover)
      },
    })
  }
  const first = await start()
  let current = first

  const startOnSamePort = async (): Promise<EmbeddedPostgres> => {
    const next = await start(first.port)
    if (next.port === first.port) return next
    await next.stop()
    throw new Error(`port ${first.port} is taken by another program; stop that, or start Suture again`)
  }

  const recover = async (): Promise<void> => {
    for (let waitMs = firstWaitMs; !stopping.signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      try {
        current = await startOnSamePort()
        away = null
        log.info({ part: 'postgres', adopted: current.adopted }, 'the embedded database is back')
        return
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (error instanceof AlreadyRunningError) {
          away = 'another Suture has taken over the data of this one'
          onTaken(error)
          return
        }
        away = `the embedded PostgreSQL ended unexpectedly and could not be started again yet: ${reason}`
        log.error(
          { part: 'postgres', reason },
          'the embedded database could not be started; it is tried again',
        )
      }
      await pause(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  return {
    server: first,
    away: () => away,
    stop: async () => {
      stopping.abort()
      await recovering
      await current.stop()
    },
  }
}

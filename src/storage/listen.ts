import pg from 'pg'
import { changeChannel } from './notify.ts'

export interface Listener {
  readonly close: () => Promise<void>
}

/** Payload of `notifyChanges`: the tenant, and what changed in it. */
export type Changes = readonly [tenantId: string, changes: readonly (readonly [topic: string, id: string])[]]

const againMs = 1_000

/** Hears every commit of every process. After a lost connection `onGap` tells that something may have been missed. */
export const listenForChanges = async (
  options: { readonly url: string; readonly assumeAppRole: boolean },
  onChanges: (changes: Changes) => void,
  onGap: () => void,
): Promise<Listener> => {
  let client: pg.Client | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.url,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      application_name: 'suture-listen',
      ...(options.assumeAppRole ? { options: '-c role=suture_app' } : {}),
    })
    next.on('notification', ({ payload }) => {
      if (payload !== undefined) onChanges(JSON.parse(payload) as Changes)
    })
    next.on('error', () => again(next))
    next.on('end', () => again(next))
    try {
      await next.connect()
      await next.query(`listen ${changeChannel}`)
    } catch (error) {
      // Not awaited: a peer that does not answer would never say that it has ended.
      next.end().catch(() => undefined)
      throw error
    }
    if (closed) return next.end()
    client = next
  }
  const again = (lost: pg.Client): void => {
    if (closed || (client !== null && client !== lost)) return
    client = null
    clearTimeout(timer)
    timer = setTimeout(() => {
      connect().then(onGap, () => again(lost))
    }, againMs)
  }

  try {
    await connect()
  } catch (error) {
    // Whoever asked is told; nobody would be there to end what tries again.
    closed = true
    throw error
  }
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end()
    },
  }
}

import pg from 'pg'

/** One process leads at a time, for as long as its connection holds a lock of PostgreSQL's. */
export interface Leadership {
  /** Tries to become the leader where nobody is. Never throws: without the database nobody leads. */
  readonly leads: () => Promise<boolean>
  /** What was known last, without asking. */
  readonly led: () => boolean
  /** Lets another one try, which may be able to do what this one can't. */
  readonly resign: () => Promise<void>
  readonly close: () => Promise<void>
}

/** PostgreSQL notices within half a minute that a host has vanished; by itself it would hold the lock for hours. */
const vanishing = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'

export interface LeadershipOptions {
  readonly url: string
  readonly assumeAppRole: boolean
}

/**
 * PostgreSQL lets go of the lock when the connection ends, however the process ended. A leader that was cut off may believe in itself
 * a moment longer than PostgreSQL does: what it does must be safe all the same.
 */
export const standForLeader = ({ url, assumeAppRole }: LeadershipOptions, name: string): Leadership => {
  const lock = `suture ${name}`
  let client: pg.Client | null = null
  let leading = false
  let closed = false

  const connect = async (): Promise<pg.Client> => {
    const next = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: `suture-${name}`,
      options: [...(assumeAppRole ? ['-c role=suture_app'] : []), vanishing].join(' '),
    })
    const lost = (): void => {
      if (client !== next) return
      client = null
      leading = false
    }
    next.on('error', lost)
    next.on('end', lost)
    try {
      await next.connect()
    } catch (error) {
      // Not awaited: a peer that does not answer would never say that it has ended.
      next.end().catch(() => undefined)
      throw error
    }
    return next
  }

  return {
    leads: async () => {
      if (leading || closed) return leading
      try {
        client ??= await connect()
        const asked = client
        const { rows } = await asked.query<{ leads: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, 0)) as leads',
          [lock],
        )
        leading = client === asked && rows[0]?.leads === true
      } catch {
        leading = false
      }
      return leading
    },
    led: () => leading,
    resign: async () => {
      if (!leading) return
      leading = false
      await client?.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock]).catch(() => undefined)
    },
    close: async () => {
      closed = true
      leading = false
      await client?.end().catch(() => undefined)
    },
  }
}

import pg from 'pg'

/** A pool that survives its database being dropped: its last connections may end together with it, and nobody waits for them. */
export const ownerPool = (connectionString: string, max: number): pg.Pool => {
  const pool = new pg.Pool({ connectionString, max })
  pool.on('error', () => undefined)
  return pool
}

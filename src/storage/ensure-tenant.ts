import pg from 'pg'

/** Makes the tenant's row if there is none. Runs as the owner: `suture_app` may read tenants, never make them. */
export const ensureTenant = async (ownerUrl: string, tenantId: string, name: string): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 })
  // A connection that breaks fails the query; its event would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('insert into tenant (tenant_id, name) values ($1, $2) on conflict do nothing', [
      tenantId,
      name,
    ])
  } finally {
    await client.end()
  }
}

import pg from 'pg'
import type { DatabaseAddress } from '../context.ts'

const appRole = 'suture_app'

/**
 * Sees to it that `suture_app` exists and, when the owner's connections are to become it, that they may. Does what the owner
 * is allowed to do; throws with the statement for an administrator otherwise.
 */
export const ensureAppRole = (ownerUrl: string, assumed: boolean): Promise<void> =>
  withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ me: string; exists: boolean; may: boolean }>(
      `select current_user as me, r.oid is not null as exists,
         coalesce(pg_has_role(current_user, r.oid, 'member'), false) as may
       from (select 1) one left join pg_roles r on r.rolname = $1`,
      [appRole],
    )
    const [found] = rows
    if (found === undefined) return
    const me = pg.escapeIdentifier(found.me)
    const create = `create role ${appRole} nologin nosuperuser nobypassrls nocreatedb nocreaterole`
    const grant = `grant ${appRole} to ${me}`
    const missing = [...(found.exists ? [] : [create]), ...(assumed && !found.may ? [grant] : [])]
    for (const statement of missing)
      try {
        await client.query(statement)
      } catch (cause) {
        // Another process of the same start may have been quicker.
        if (codeOf(cause) === duplicateObject) continue
        throw new Error(
          `DATABASE_URL: ${found.me} works with the tables as the role ${appRole}, and may not set that up itself. As an administrator of the server run:  ${missing.join('; ')};${found.exists ? '  Or set DATABASE_APP_URL.' : ''}`,
          { cause },
        )
      }
  })

/** Throws when `address` would see every tenant's rows: row-level security binds neither superusers nor owners of tables. */
export const refuseAllSeeing = ({ url, assumeAppRole }: DatabaseAddress): Promise<void> =>
  withClient(url, async (client) => {
    if (assumeAppRole) await client.query(`set role ${appRole}`)
    const { rows } = await client.query<{ me: string; sees: boolean }>(
      `select current_user as me, r.rolsuper or r.rolbypassrls or pg_has_role(current_user, c.relowner, 'usage') as sees
       from pg_roles r, pg_class c where r.rolname = current_user and c.oid = 'incident'::regclass`,
    )
    if (rows[0]?.sees === true)
      throw new Error(
        `DATABASE_APP_URL: ${rows[0].me} passes row-level security, so it would see the rows of every tenant. Let it connect as ${appRole}, or as a role that owns nothing and is a member of ${appRole}.`,
      )
  })

const duplicateObject = '42710'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const withClient = async (url: string, work: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

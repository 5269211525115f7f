import { type Kysely, sql } from 'kysely'
import { audit } from './0001-main-job/audit.ts'
import { cards } from './0001-main-job/cards.ts'
import { configuration } from './0001-main-job/configuration.ts'
import { crossTenantDoors } from './0001-main-job/cross-tenant-doors.ts'
import { decisions } from './0001-main-job/decisions.ts'
import { delivery } from './0001-main-job/delivery.ts'
import { grants } from './0001-main-job/grants.ts'
import { identity } from './0001-main-job/identity.ts'
import { intake } from './0001-main-job/intake.ts'
import { learning } from './0001-main-job/learning.ts'
import { numbers } from './0001-main-job/numbers.ts'
import { rowLevelSecurity } from './0001-main-job/row-level-security.ts'
import { runs } from './0001-main-job/runs.ts'

/**
 * The main job's tables. Every table carries `tenant_id` and row-level security; `suture_app`, which processes connect
 * as, owns nothing and cannot bypass it. A query that forgets its tenant sees no row.
 */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    numbers,
    identity,
    configuration,
    intake,
    cards,
    decisions,
    runs,
    learning,
    audit,
    delivery,
  ])
    await sql.raw(statement).execute(db)
  await sql.raw(rowLevelSecurity).execute(db)
  await sql.raw(crossTenantDoors).execute(db)
  await sql.raw(grants).execute(db)
}

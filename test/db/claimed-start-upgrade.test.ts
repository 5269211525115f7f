import { Kysely, PostgresDialect, sql } from 'kysely'
import { expect, it } from 'vitest'
import { up } from '../../migrations/0004-claimed-start.ts'
import { testApp, testTenant } from '../support/app.ts'
import { ownerPool } from '../support/owner-pool.ts'

it('I3 O8 an alert stored with a start in the future is bounded by the upgrade, and others are left alone', async () => {
  const t = await testApp()
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: ownerPool(t.ownerUrl, 1) }),
  })
  try {
    await sql`alter table alert drop column claimed_starts_at`.execute(db)
    for (const [fingerprint, startsAt] of [
      ['ahead', '2099-01-01T00:00:00Z'],
      ['skewed', '2026-06-01T12:05:00Z'],
      ['past', '2026-06-01T11:00:00Z'],
    ])
      await sql`insert into alert (tenant_id, fingerprint, source, status, severity, title, summary, labels, links, starts_at,
          first_received_at, last_received_at, received)
        values (${testTenant}, ${fingerprint}, 'generic', 'firing', 'low', 'A', '', '{}', '[]', ${startsAt}::timestamptz,
          '2026-06-01T10:00:00Z', '2026-06-01T12:00:00Z', 1)`.execute(db)
    await up(db)
    const { rows } = await sql<{
      fingerprint: string
      starts: string
      claimed: string | null
    }>`select fingerprint,
        starts_at at time zone 'utc' || '' as starts, claimed_starts_at at time zone 'utc' || '' as claimed
      from alert order by fingerprint`.execute(db)
    expect(rows).toEqual([
      { fingerprint: 'ahead', starts: '2026-06-01 12:00:00', claimed: '2099-01-01 00:00:00' },
      { fingerprint: 'past', starts: '2026-06-01 11:00:00', claimed: null },
      { fingerprint: 'skewed', starts: '2026-06-01 12:05:00', claimed: null },
    ])
  } finally {
    await db.destroy()
    await t.close()
  }
})

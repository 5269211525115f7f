import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { expect, it } from 'vitest'
import { migrate, migrationNames } from '../../src/storage/migrate.ts'
import { ownerPool } from '../support/owner-pool.ts'
import { emptyDatabase } from '../support/postgres.ts'

const load = async (): Promise<Record<string, Migration>> => {
  const loaded: Record<string, Migration> = {}
  for (const name of await migrationNames())
    loaded[name] = (await import(`../../migrations/${name}.ts`)) as Migration
  return loaded
}

const at = '2026-06-01T10:00:00Z'

it('C5 C6 a database from before the chats is brought up with its people, presses and cards', async () => {
  const database = await emptyDatabase()
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: ownerPool(database.ownerUrl, 2) }),
  })
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: load } })
    expect((await migrator.migrateTo('0005-retention-indexes')).error).toBeUndefined()
    for (const statement of [
      `insert into tenant (tenant_id, name) values ('lab', 'Lab')`,
      `insert into person (tenant_id, id, name, kind, roles) values ('lab', 'person_ada', 'Ada', 'human', '{approver}')`,
      `insert into identity (tenant_id, provider, external_id, person_id) values ('lab', 'slack', 'T1:U1', 'person_ada')`,
      `insert into incident (tenant_id, id, group_key, service, severity, title, summary, status, opened_at)
        select 'lab', 'inc-' || n, 'g' || n, 'shop', 'high', 'A', '', 'open', '${at}' from generate_series(1, 3) n`,
      `insert into card (tenant_id, id, incident_id, kind, channel, body, version, created_at, updated_at)
        select 'lab', 'inc-' || n || '/incident', 'inc-' || n, 'incident', 'shop', '{}', 3, '${at}', '${at}' from generate_series(1, 3) n`,
      `insert into card_delivery (tenant_id, card_id, chat, desired_version, delivered_version, changed_at, message_id) values
        ('lab', 'inc-1/incident', 'console', 3, 1, '${at}', 'c'), ('lab', 'inc-1/incident', 'slack', 3, 0, '${at}', null),
        ('lab', 'inc-2/incident', 'slack', 3, 3, '${at}', 'C1/1.2 C2/3.4'), ('lab', 'inc-3/incident', 'discord', 3, 2, '${at}', '')`,
      `insert into click (tenant_id, id, token, person_id, received_at, outcome) values
        ('lab', gen_random_uuid(), 't', 'person_ada', '${at}', null)`,
    ])
      await sql.raw(statement).execute(db)
    const applied = await migrate(database.ownerUrl)
    expect(applied.slice(0, 3).map((name) => name.slice(0, 4))).toEqual(['0006', '0007', '0008'])
    const { rows: deliveries } = await sql`select card_id, chat, lane, position > 0 as placed,
        due_at = changed_at as due, first_part, last_part from card_delivery order by card_id, chat`.execute(
      db,
    )
    expect(deliveries).toEqual([
      {
        card_id: 'inc-1/incident',
        chat: 'console',
        lane: '',
        placed: false,
        due: null,
        first_part: 'c',
        last_part: 'c',
      },
      {
        card_id: 'inc-1/incident',
        chat: 'slack',
        lane: 'shop',
        placed: true,
        due: true,
        first_part: null,
        last_part: null,
      },
      {
        card_id: 'inc-2/incident',
        chat: 'slack',
        lane: 'shop',
        placed: true,
        due: true,
        first_part: 'C1/1.2',
        last_part: 'C2/3.4',
      },
      {
        card_id: 'inc-3/incident',
        chat: 'discord',
        lane: 'shop',
        placed: true,
        due: true,
        first_part: '',
        last_part: '',
      },
    ])
    const due = async (chat: string) =>
      (await sql<{ lane: string }>`select lane from due_lanes(${chat}, null, now())`.execute(db)).rows
    expect([await due('slack'), await due('discord')]).toEqual([[{ lane: 'shop' }], [{ lane: 'shop' }]])
    // A press from before, of which nobody knows by what way it came, is not carried out a year later.
    const { rows: claimed } = await sql`select * from claim_waiting_clicks(now(), now(), 5, 10)`.execute(db)
    expect(claimed).toEqual([])
    const { rows: people } = await sql`select p.came_by, i.roles, i.unlinked_at from person p
      join identity i on i.tenant_id = p.tenant_id and i.person_id = p.id`.execute(db)
    expect(people).toEqual([{ came_by: null, roles: [], unlinked_at: null }])
    expect(await migrate(database.ownerUrl)).toEqual([])
  } finally {
    await db.destroy()
    await database.drop()
  }
})

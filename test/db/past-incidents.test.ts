import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readApart } from '../../src/storage/read-apart.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

let world: CoreWorld
beforeAll(async () => {
  world = await coreWorld()
})
afterAll(() => world.close())

const asOwner = async (...statements: readonly string[]): Promise<void> => {
  const owner = new pg.Client({ connectionString: world.ownerUrl })
  await owner.connect()
  for (const statement of statements) await owner.query(statement)
  await owner.end()
}

const pastOf = (incidentId: string) =>
  world.read((tx) =>
    tx.db
      .selectFrom('evidence')
      .select(['source', 'status', 'summary'])
      .where('incident_id', '=', incidentId)
      .where('source', '=', 'past_incidents')
      .execute(),
  )

describe('past incidents as evidence', () => {
  it('D2 they are told with the diagnosis', async () => {
    const { name } = world.take()
    const id = await world.proposed(name)
    expect(await pastOf(id)).toEqual([
      { source: 'past_incidents', status: 'ok', summary: `No earlier incident of ${name} is on record.` },
    ])
  })

  it('D6 D2 a history that can not be read is evidence that it failed, and stops neither diagnosis nor proposal', async () => {
    // What diagnosis and policy need besides stays readable.
    await asOwner(
      'revoke select on learning_outcome from suture_app',
      'grant select (tenant_id, service, run_id, at, status, recovery) on learning_outcome to suture_app',
    )
    const id = await world.proposed(world.take().name)
    await asOwner('grant select on learning_outcome to suture_app')
    expect(await pastOf(id)).toEqual([
      { source: 'past_incidents', status: 'failed', summary: 'Past incidents could not be asked.' },
    ])
    const incident = await world.incident(id)
    expect(incident.status).toBe('proposed')
    expect(JSON.stringify(incident.diagnosis)).toContain(
      'Past incidents gave nothing: Past incidents could not be asked.',
    )
  })
})

describe('reading apart', () => {
  it.each([
    ['fails', 'failed', () => sql`select 1 / 0`],
    ['takes too long', 'timed_out', () => sql`select pg_sleep(600)`],
  ] as const)('D6 a statement that %s leaves its transaction as it was', async (_, status, statement) => {
    const seen = await world.read(async (tx) => {
      await sql`create temporary table kept (n int) on commit drop`.execute(tx.db)
      const limit = () => sql<{ limit: string }>`select current_setting('statement_timeout') as limit`
      const limitBefore = (await limit().execute(tx.db)).rows
      const reading = await readApart(tx, 50, () => statement().execute(tx.db))
      const kept = await sql`select * from kept`.execute(tx.db)
      return {
        reading,
        kept: kept.rows,
        isLimitKept: limitBefore[0]?.limit === (await limit().execute(tx.db)).rows[0]?.limit,
      }
    })
    expect(seen).toEqual({
      reading: { status, error: expect.any(Error) as unknown },
      kept: [],
      isLimitKept: true,
    })
  })

  it('D6 what is thrown by no statement is told as well', async () => {
    const error = new Error('broken')
    const reading = await world.read((tx) => readApart(tx, 50, () => Promise.reject(error)))
    expect(reading).toEqual({ status: 'failed', error })
  })
})

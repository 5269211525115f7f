import type { SelfCheckResult, SelfTest } from '../domain/self-test.ts'
import type { Tx } from './database.ts'
import { notifyChanges } from './notify.ts'

export interface ToClaim {
  readonly claim: string
  readonly personId: string
  readonly total: number
  /** One that began longer ago is given up. */
  readonly longestMs: number
}

/** False while another one goes on. */
export const claimSelfTest = async (
  tx: Tx,
  { claim, personId, total, longestMs }: ToClaim,
): Promise<boolean> => {
  const begun = {
    claim,
    started_at: tx.now,
    ended_at: null,
    by_person: personId,
    done: 0,
    total,
    checks: '[]',
    trial: '',
  }
  const row = await tx.db
    .insertInto('self_test')
    .values({ tenant_id: tx.tenantId, ...begun })
    .onConflict((conflict) =>
      conflict
        .column('tenant_id')
        .doUpdateSet(begun)
        .where((eb) =>
          eb.or([
            eb('self_test.ended_at', 'is not', null),
            eb('self_test.started_at', '<', tx.now.subtract({ milliseconds: longestMs })),
          ]),
        ),
    )
    .returning('claim')
    .executeTakeFirst()
  return row !== undefined
}

/** Those who watch are told. */
export const noteDone = async (tx: Tx, claim: string, done: number): Promise<void> => {
  for (const statement of notifyChanges(tx, [['self_test', claim]])) await statement.execute(tx.db)
  await tx.db
    .updateTable('self_test')
    .set({ done })
    .where('tenant_id', '=', tx.tenantId)
    .where('claim', '=', claim)
    .where('ended_at', 'is', null)
    .execute()
}

export const endSelfTest = async (
  tx: Tx,
  claim: string,
  checks: readonly SelfCheckResult[],
): Promise<void> => {
  await tx.db
    .updateTable('self_test')
    .set({ ended_at: tx.now, done: checks.length, checks: JSON.stringify(checks) })
    .where('tenant_id', '=', tx.tenantId)
    .where('claim', '=', claim)
    .execute()
}

const never: SelfTest = { startedAt: null, endedAt: null, by: null, done: 0, total: 0, checks: [] }

export const readSelfTestRow = async (tx: Tx): Promise<SelfTest> => {
  const row = await tx.db
    .selectFrom('self_test')
    .innerJoin('person', (join) =>
      join
        .onRef('person.id', '=', 'self_test.by_person')
        .onRef('person.tenant_id', '=', 'self_test.tenant_id'),
    )
    .select(['started_at', 'ended_at', 'by_person', 'person.name', 'done', 'total', 'checks'])
    .where('self_test.tenant_id', '=', tx.tenantId)
    .executeTakeFirst()
  if (row === undefined) return never
  return {
    startedAt: row.started_at,
    endedAt: row.ended_at,
    by: { id: row.by_person, name: row.name },
    done: row.done,
    total: row.total,
    checks: row.checks,
  }
}

export const writeTrial = async (tx: Tx, trial: string): Promise<void> => {
  await tx.db.updateTable('self_test').set({ trial }).where('tenant_id', '=', tx.tenantId).execute()
}

/** Null where nobody has ever asked for a self-test. */
export const readTrial = async (tx: Tx): Promise<string | null> => {
  const row = await tx.db
    .selectFrom('self_test')
    .select('trial')
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirst()
  return row?.trial ?? null
}

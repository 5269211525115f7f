import type { Tx } from './database.ts'
import { type LogHead, readCheckpoint } from './log.repository.ts'

/** How far the log was shown to somebody outside, who can tell later what was cut off or rewritten. */

export interface WitnessRow {
  readonly size: number
  readonly shown_at: Temporal.Instant | null
  readonly due_at: Temporal.Instant
  readonly attempts: number
}

const rowOf = (tx: Tx, witness: string) =>
  tx.db
    .selectFrom('audit_witness')
    .select(['size', 'shown_at', 'due_at', 'attempts'])
    .where('tenant_id', '=', tx.tenantId)
    .where('witness', '=', witness)

/** Undefined as long as it was shown nothing. */
export const findWitness = (tx: Tx, witness: string): Promise<WitnessRow | undefined> =>
  rowOf(tx, witness).executeTakeFirst()

/** The witness's row, held to the end of the transaction; made when it is told for the first time. */
export const lockWitness = async (tx: Tx, witness: string): Promise<WitnessRow> => {
  await tx.db
    .insertInto('audit_witness')
    .values({ tenant_id: tx.tenantId, witness, due_at: Temporal.Instant.fromEpochMilliseconds(0) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return rowOf(tx, witness).forUpdate().executeTakeFirstOrThrow()
}

export const updateWitness = async (
  tx: Tx,
  witness: string,
  change: {
    readonly size?: number
    readonly shown_at?: Temporal.Instant
    readonly due_at?: Temporal.Instant
    readonly attempts?: number
    readonly last_error?: string
  },
): Promise<void> => {
  await tx.db
    .updateTable('audit_witness')
    .set(change)
    .where('tenant_id', '=', tx.tenantId)
    .where('witness', '=', witness)
    .execute()
}

/** The last checkpoint before `before`, of more than `size` entries; null when there is none. */
export const readCheckpointBefore = async (
  tx: Tx,
  before: Temporal.Instant,
  size: number,
): Promise<LogHead | null> => {
  const row = await tx.db
    .selectFrom('audit_checkpoint')
    .select('size')
    .where('tenant_id', '=', tx.tenantId)
    .where('at', '<', before)
    .orderBy('at', 'desc')
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined || row.size <= size ? null : readCheckpoint(tx, row.size)
}

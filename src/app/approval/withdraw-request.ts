import type { Tx } from '../../storage/database.ts'
import type { RunRow } from '../../storage/run.repository.ts'
import type { Outbound } from '../commit.ts'

/** Ends a pending approval request without a vote. Does nothing when it was decided before. */
export const withdrawRequest = async (
  tx: Tx,
  out: Outbound,
  run: RunRow,
  status: 'canceled' | 'expired',
  reason: string,
  actor = 'person_suture',
): Promise<boolean> => {
  const row = await tx.db
    .updateTable('approval_request')
    .set((eb) => ({ status, reason, decided_at: tx.now, version: eb('version', '+', 1) }))
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .where('status', '=', 'pending')
    .returning('id')
    .executeTakeFirst()
  if (row === undefined) return false
  out.settle('expire_approval', row.id)
  out.settle('remind_approval', row.id)
  out.audit(
    {
      event: status === 'expired' ? 'approval_expired' : 'approval_canceled',
      actor,
      subject: row.id,
      details: { run: run.id, reason },
    },
    run.incident_id,
  )
  out.changed('approval', row.id)
  return true
}

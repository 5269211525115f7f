import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { Outbound } from '../commit.ts'

/** What kept Suture from these is gone before its time: where it meant to look again at `until` or later, that is now. */
export const lookAgainNow = async (
  tx: Tx,
  out: Outbound,
  incidents: readonly Pick<IncidentRow, 'id' | 'status' | 'look_again_at'>[],
  until: Temporal.Instant,
): Promise<void> => {
  const waiting = incidents.filter(
    ({ status, look_again_at: at }) =>
      status === 'escalated' && at !== null && Temporal.Instant.compare(at, until) >= 0,
  )
  if (waiting.length === 0) return
  await tx.db
    .updateTable('incident')
    .set((eb) => ({ look_again_at: tx.now, version: eb('version', '+', 1) }))
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '=', 'escalated')
    .where('look_again_at', '>=', until)
    .where(
      'id',
      'in',
      waiting.map(({ id }) => id),
    )
    .execute()
  for (const { id } of waiting) out.effect({ kind: 'heal', key: id })
}

import type { Rejection } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { moveRun, type RunRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import type { Outbound } from '../commit.ts'
import { escalate } from '../heal/escalate.ts'
import { resolveIncident } from '../resolve-incident.ts'
import { finishRun } from './finish-run.ts'
import { neverUndid } from './never-undid.ts'
import { standingBefore } from './stop-at-gate.ts'

/** A queued run that may no longer start ends here, without one call to an executor. */
export const blockRun = async (
  app: App,
  tx: Tx,
  out: Outbound,
  run: RunRow,
  incident: IncidentRow,
  refusal: Rejection,
): Promise<void> => {
  refused(out, { actor: run.requester_id, subject: run.id, incidentId: incident.id, command: 'run' }, refusal)
  await tx.db
    .updateTable('permit')
    .set({ status: 'revoked' })
    .where('tenant_id', '=', tx.tenantId)
    .where('run_id', '=', run.id)
    .where('status', '=', 'issued')
    .execute()
  const cause =
    refusal.code === 'precondition' ? 'precondition' : refusal.code === 'permit' ? 'permit' : 'policy'
  const blocked = await moveRun(tx, run, 'blocked', {
    cause,
    reason: `${refusal.detail} ${refusal.remedy}`.trim(),
    finished_at: tx.now,
  })
  await finishRun(app, tx, out, blocked, { recovery: incident.firing === 0 ? 'recovered' : 'not_measured' })
  if (incident.status === 'resolved') return
  if (incident.firing === 0 && !neverUndid(blocked))
    await resolveIncident(app, tx, out, incident, 'every alert resolved before the run began')
  else
    await escalate(
      app,
      tx,
      out,
      incident,
      `${run.id} was blocked. ${refusal.detail} ${refusal.remedy} ${await standingBefore(tx, run)}`.trim(),
      // Looked at anew by itself, the stages that stand would be proposed and done again.
      refusal.earliest === undefined || run.stage > 0 ? null : Temporal.Instant.from(refusal.earliest),
    )
}

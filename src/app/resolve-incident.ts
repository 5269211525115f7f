import type { Tx } from '../storage/database.ts'
import { type IncidentRow, moveIncident } from '../storage/incident.repository.ts'
import { recordOutcome, recordRecovery } from '../storage/learning.repository.ts'
import { liveRunsOfIncident, moveRun } from '../storage/run.repository.ts'
import type { App } from './app.ts'
import { withdrawRequest } from './approval/withdraw-request.ts'
import type { Outbound } from './commit.ts'
import { finishRun } from './run/finish-run.ts'
import { showIncidents } from './show/incident.ts'
import { showProposalsOfIncident } from './show/proposal.ts'

/** Closes an incident: what still waits for people is withdrawn, and recovery without a run is learned from. */
export const resolveIncident = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  why: string,
): Promise<void> => {
  const resolved = await moveIncident(tx, incident, 'resolved')
  out.settle('heal', incident.id)
  out.audit(
    {
      event: 'incident_resolved',
      actor: 'person_suture',
      subject: incident.id,
      details: { why, from: incident.status },
    },
    incident.id,
  )
  for (const run of await liveRunsOfIncident(tx, incident.id)) {
    if (run.status === 'pending_approval') {
      await withdrawRequest(tx, out, run, 'canceled', 'the incident has resolved')
      await finishRun(
        app,
        tx,
        out,
        await moveRun(tx, run, 'canceled', ended(tx, 'the incident has resolved by itself')),
        { recovery: 'recovered' },
      )
    } else if (run.status === 'queued') out.effect({ kind: 'run', key: run.id })
  }
  await withdrawProposals(tx, incident.id)
  await learnRecovery(app, tx, resolved)
  await showProposalsOfIncident(app, tx, out, incident.id)
  await showIncidents(app, tx, out, [resolved])
}

const ended = (tx: Tx, reason: string) => ({ cause: 'superseded' as const, reason, finished_at: tx.now })

export const withdrawProposals = async (tx: Tx, incidentId: string): Promise<void> => {
  await tx.db
    .updateTable('proposal')
    .set({ withdrawn_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .where('withdrawn_at', 'is', null)
    .execute()
}

/** How long it took, and the base rate that honest odds are measured against: what got well although nothing was done. */
const learnRecovery = async (app: App, tx: Tx, incident: IncidentRow): Promise<void> => {
  const acted = await tx.db
    .selectFrom('run')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incident.id)
    .where('started_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  // As it is stored: should the incident open again, the same is taken back.
  const ms = (incident.resolved_at ?? tx.now).epochMilliseconds - incident.opened_at.epochMilliseconds
  await recordRecovery(tx, { service: incident.service, ms, alone: acted === undefined })
  if (acted !== undefined || incident.service === null) return
  await recordOutcome(tx, app.ids.uuid(), {
    incidentId: incident.id,
    runId: null,
    service: incident.service,
    playbook: null,
    diagnosisCode: incident.diagnosis?.hypotheses[0]?.code ?? null,
    status: 'self_recovered',
    recovery: 'recovered',
    durationMs: ms,
    stated: null,
  })
}

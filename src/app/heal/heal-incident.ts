import { actionCatalogue } from '../../domain/actions/index.ts'
import { diagnose } from '../../domain/diagnose.ts'
import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { Proposal } from '../../domain/proposal.ts'
import { propose, whyNoProposal } from '../../domain/propose.ts'
import type { Service } from '../../domain/service.ts'
import { alertsOfIncident } from '../../storage/alert.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { type IncidentRow, lockIncident, moveIncident } from '../../storage/incident.repository.ts'
import { lastRunOf } from '../../storage/learning.repository.ts'
import { liveRunsOfIncident } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import { commit, type Outbound } from '../commit.ts'
import { withdrawProposals } from '../resolve-incident.ts'
import { showEvidence } from '../show/evidence.ts'
import { showProposalsOfIncident } from '../show/proposal.ts'
import { alertsSettleMs } from './alerts-settle.ts'
import { escalate } from './escalate.ts'
import { fetchEvidence } from './fetch-evidence.ts'
import { offerProposals } from './offer-proposals.ts'
import { historyOf, pastIncidents } from './past-incidents.ts'

/** The second of the five commits. Evidence is fetched outside any transaction; then pure rules; then one commit. */
export const healIncident = async (app: App, tenantId: string, incidentId: string): Promise<void> => {
  const configuration = await app.configuration.of(tenantId)
  const { seen, service, afterRun, past } = await inTenant(app.store, tenantId, async (tx) => {
    const incident = await tx.db
      .selectFrom('incident')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', incidentId)
      .executeTakeFirst()
    const found = incident?.service == null ? undefined : configuration.serviceOf(incident.service)
    const last = found === undefined ? null : await lastRunOf(tx, found.name)
    // Read here rather than in the commit, which must not wait for what it can do without.
    const before =
      incident !== undefined && isSuturesTurn(incident, tx.now) && incident.service !== null
        ? await pastIncidents(app, tx, incident.service, incident.id)
        : null
    return {
      seen: incident !== undefined && isSuturesTurn(incident, tx.now) ? incident : undefined,
      service: found,
      afterRun: last,
      past: before,
    }
  })
  const fetched =
    seen !== undefined && service !== undefined
      ? await fetchEvidence(app, service, { tenantId, beganAt: seen.opened_at }, { afterRun })
      : []
  await app.checkpoint('evidence_fetched')
  await commit(app, tenantId, async (tx, out) => {
    const locked = await lockIncident(tx, incidentId)
    out.settle('heal', incidentId)
    if (locked?.status === 'healing') return lookAgain(app, tx, out, locked)
    // Another ring was first, or the incident resolved meanwhile: nothing to do, and no harm in having looked.
    if (locked === undefined || !isSuturesTurn(locked, tx.now)) {
      if (locked?.look_again_at != null)
        out.effect({ kind: 'heal', key: incidentId, dueAt: locked.look_again_at })
      return
    }
    const incident = await moveIncident(tx, locked, 'open')
    const evidence = past === null ? fetched : [...fetched, past]
    const diagnosis = await makeDiagnosis(app, tx, out, incident, evidence)
    await withdrawProposals(tx, incident.id)
    await showProposalsOfIncident(app, tx, out, incident.id)
    const proposals = await findProposals(tx, configuration, incident, diagnosis, service)
    if (typeof proposals === 'string') await escalate(app, tx, out, incident, proposals)
    else await offerProposals(app, tx, out, incident, configuration, proposals)
  })
}

/** Nobody has looked yet, or a person was asked to until Suture may do something again. */
const isSuturesTurn = ({ status, look_again_at: again }: IncidentRow, now: Temporal.Instant): boolean =>
  status === 'open' || (status === 'escalated' && again !== null && Temporal.Instant.compare(again, now) <= 0)

/** A run has healed the service, but its alerts never resolved: the two disagree, and a person decides who is right. */
const lookAgain = async (app: App, tx: Tx, out: Outbound, incident: IncidentRow): Promise<void> => {
  if ((await liveRunsOfIncident(tx, incident.id)).length > 0) return
  const settledAt = (await lastHealedAt(tx, incident.id))?.add({ milliseconds: alertsSettleMs })
  // A ring that came twice or late: the alerts still have time.
  if (settledAt !== undefined && Temporal.Instant.compare(tx.now, settledAt) < 0)
    return out.effect({ kind: 'heal', key: incident.id, dueAt: settledAt })
  await escalate(app, tx, out, incident, 'The service answers as healthy, but its alerts have not resolved.')
}

const lastHealedAt = async (tx: Tx, incidentId: string): Promise<Temporal.Instant | undefined> => {
  const run = await tx.db
    .selectFrom('run')
    .select('finished_at')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .where('status', '=', 'succeeded')
    .orderBy('finished_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return run?.finished_at ?? undefined
}

const makeDiagnosis = async (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  evidence: readonly Evidence[],
): Promise<Diagnosis> => {
  const alerts = await alertsOfIncident(tx, incident.id)
  const firing = alerts.filter((alert) => alert.status === 'firing')
  const diagnosis = diagnose({
    service: incident.service,
    alerts: firing.length > 0 ? firing : alerts,
    evidence,
    beganAt: incident.opened_at,
  })
  if (evidence.length > 0)
    await tx.db
      .insertInto('evidence')
      .values(
        evidence.map((each) => ({
          tenant_id: tx.tenantId,
          id: app.ids.uuid(),
          incident_id: incident.id,
          source: each.source,
          subject: each.subject,
          status: each.status,
          summary: each.summary,
          facts: JSON.stringify(each.facts),
          observed_at: each.observedAt,
          duration_ms: Math.round(each.durationMs),
        })),
      )
      .execute()
  await tx.db
    .updateTable('incident')
    .set({ diagnosis: JSON.stringify(diagnosis) })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', incident.id)
    .execute()
  out.audit(
    {
      event: 'diagnosis_made',
      actor: 'person_suture',
      subject: incident.id,
      details: {
        hypotheses: diagnosis.hypotheses.map(({ code, likelihood }) => ({
          code,
          likelihood: Math.round(likelihood * 1000) / 1000,
        })),
        evidence: evidence.map(({ source, status }) => ({ source, status })),
      },
    },
    incident.id,
  )
  await showEvidence(app, tx, out, incident, evidence, diagnosis)
  return diagnosis
}

/** Runs an incident may see before it is a person's alone. */
const mostRuns = 3

/** What to offer, or a sentence that says why there is nothing. */
const findProposals = async (
  tx: Tx,
  configuration: Configuration,
  incident: IncidentRow,
  diagnosis: Diagnosis,
  service: Service | undefined,
): Promise<Proposal[] | string> => {
  const tried = await triedPlaybooks(tx, incident.id)
  if (tried.length >= mostRuns) return `${tried.length} runs have not healed it; a person should look.`
  const history = await historyOf(tx)
  const input = {
    diagnosis,
    catalogue: configuration.catalogue,
    actions: actionCatalogue,
    playbooks: configuration.playbooks
      .map((loaded) => loaded.playbook)
      .filter((playbook) => !tried.includes(playbook.name)),
    history: history.playbook,
    selfRecovery: history.selfRecovery,
  }
  const proposals = service === undefined ? [] : propose({ ...input, service })
  return proposals.length > 0 ? proposals : whyNoProposal({ ...input, service: service ?? null })
}

/** Playbooks that were run for this incident since it was last opened and did not heal it. */
const triedPlaybooks = async (tx: Tx, incidentId: string): Promise<string[]> => {
  const rows = await tx.db
    .selectFrom('run')
    .innerJoin('proposal', (join) =>
      join.onRef('proposal.tenant_id', '=', 'run.tenant_id').onRef('proposal.id', '=', 'run.proposal_id'),
    )
    .select('proposal.playbook')
    .where('run.tenant_id', '=', tx.tenantId)
    .where('run.incident_id', '=', incidentId)
    .where('run.started_at', 'is not', null)
    .where('run.status', '<>', 'succeeded')
    .execute()
  return rows.map((row) => row.playbook)
}

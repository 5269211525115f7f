import type { AlertLink, AlertSourceName, AlertStatus, Severity } from '../../domain/alert.ts'
import { type TriageCode, triageTitles } from '../../domain/diagnosis.ts'
import type { EvidenceSourceName, EvidenceStatus, Fact } from '../../domain/evidence.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { asView, type IncidentView, situationsOf } from './incidents.ts'

export interface AlertView {
  readonly fingerprint: string
  readonly source: AlertSourceName
  readonly status: AlertStatus
  readonly severity: Severity
  readonly title: string
  readonly summary: string
  readonly labels: Record<string, string>
  readonly links: AlertLink[]
  readonly startsAt: string
  /** What the sender said, where it was too far in the future to be true. */
  readonly claimedStartsAt: string | null
  readonly endsAt: string | null
  readonly received: number
}

export interface EvidenceView {
  readonly id: string
  readonly source: EvidenceSourceName
  readonly subject: string
  readonly status: EvidenceStatus
  readonly summary: string
  readonly facts: Record<string, Fact>
  readonly observedAt: string
  readonly durationMs: number
}

export interface HypothesisView {
  readonly code: TriageCode
  readonly title: string
  readonly likelihood: number
  readonly evidenceFor: string[]
  readonly evidenceAgainst: string[]
}

export interface IncidentDetail extends IncidentView {
  readonly alerts: AlertView[]
  readonly evidence: EvidenceView[]
  readonly hypotheses: HypothesisView[]
  readonly runIds: string[]
  readonly proposalIds: string[]
}

/** Of a storm of alerts, as many as a page can show; the count in `firing` is always the whole. */
const maxAlerts = 200
export const maxEvidence = 200
const maxRuns = 200

export const readIncident = async (
  app: App,
  tenantId: string,
  id: string,
): Promise<IncidentDetail | null> => {
  const configuration = await app.configuration.of(tenantId)
  return inTenant(app.store, tenantId, async (tx) => {
    const row = await tx.db
      .selectFrom('incident')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      ...asView(configuration, row, await situationsOf(tx, [id])),
      alerts: await alertsOf(tx, id),
      evidence: await evidenceOf(tx, id),
      hypotheses: (row.diagnosis?.hypotheses ?? []).map((each) => ({
        code: each.code,
        title: triageTitles[each.code],
        likelihood: each.likelihood,
        evidenceFor: [...each.evidenceFor],
        evidenceAgainst: [...each.evidenceAgainst],
      })),
      runIds: await runIdsOf(tx, id),
      proposalIds: await proposalIdsOf(tx, id),
    }
  })
}

/** Firing ones first, then the latest to arrive. */
const alertsOf = async (tx: Tx, incidentId: string): Promise<AlertView[]> => {
  const rows = await tx.db
    .selectFrom('alert')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('status')
    .orderBy('last_received_at', 'desc')
    .limit(maxAlerts)
    .execute()
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    source: row.source,
    status: row.status,
    severity: row.severity,
    title: row.title,
    summary: row.summary,
    labels: row.labels,
    links: row.links,
    startsAt: row.starts_at.toString(),
    claimedStartsAt: row.claimed_starts_at?.toString() ?? null,
    endsAt: row.ends_at?.toString() ?? null,
    received: row.received,
  }))
}

/** Newest first. */
export const evidenceOf = async (tx: Tx, incidentId: string): Promise<EvidenceView[]> => {
  const rows = await tx.db
    .selectFrom('evidence')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('observed_at', 'desc')
    .limit(maxEvidence)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    subject: row.subject,
    status: row.status,
    summary: row.summary,
    facts: row.facts,
    observedAt: row.observed_at.toString(),
    durationMs: row.duration_ms,
  }))
}

const runIdsOf = async (tx: Tx, incidentId: string): Promise<string[]> => {
  const rows = await tx.db
    .selectFrom('run')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('created_at', 'desc')
    .limit(maxRuns)
    .execute()
  return rows.map((row) => row.id)
}

export const incidentExists = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.db
    .selectFrom('incident')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()) !== undefined

/** What is proposed now, best first. */
const proposalIdsOf = async (tx: Tx, incidentId: string): Promise<string[]> => {
  const rows = await tx.db
    .selectFrom('proposal')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('incident_id', '=', incidentId)
    .where('withdrawn_at', 'is', null)
    .orderBy('rank')
    .execute()
  return rows.map((row) => row.id)
}

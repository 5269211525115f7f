import type { About } from '../../query/query.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import { type RunRow } from '../../storage/run.repository.ts'

/** The incident a question is about, and which of its runs. */
export interface Scope {
  readonly incident: IncidentRow
  readonly keeps: (run: { readonly id: string; readonly proposal_id: string }) => boolean
  /** True when every run of the incident is meant. */
  readonly whole: boolean
  /** What an answer about this incident alone leaves out; null when nothing. */
  readonly missing: string | null
}

export const findScope = async (tx: Tx, about: About): Promise<Scope | null> => {
  switch (about.kind) {
    case 'incident':
      return whole(await incidentOf(tx, about.id), null)
    case 'run': {
      const run = await one(tx, 'run', about.id)
      return run === undefined
        ? null
        : part(await incidentOf(tx, run.incident_id), (each) => each.id === about.id)
    }
    case 'request': {
      const request = await tx.db
        .selectFrom('approval_request')
        .select(['incident_id', 'run_id'])
        .where('tenant_id', '=', tx.tenantId)
        .where('id', '=', about.id)
        .executeTakeFirst()
      return request === undefined
        ? null
        : part(await incidentOf(tx, request.incident_id), (each) => each.id === request.run_id)
    }
    case 'proposal': {
      const proposal = await one(tx, 'proposal', about.id)
      return proposal === undefined
        ? null
        : part(await incidentOf(tx, proposal.incident_id), (each) => each.proposal_id === about.id)
    }
    case 'service':
      return newestOfService(tx, about.name)
    case 'everything':
      return null
  }
}

const whole = (incident: IncidentRow | undefined, missing: string | null): Scope | null =>
  incident === undefined ? null : { incident, keeps: () => true, whole: true, missing }

const part = (incident: IncidentRow | undefined, keeps: Scope['keeps']): Scope | null =>
  incident === undefined ? null : { incident, keeps, whole: false, missing: null }

const one = (tx: Tx, table: 'run' | 'proposal', id: string): Promise<{ incident_id: string } | undefined> =>
  tx.db
    .selectFrom(table)
    .select('incident_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()

const incidentOf = (tx: Tx, id: string): Promise<IncidentRow | undefined> =>
  tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', id)
    .executeTakeFirst()

/** By group key, which has indexes: the open incident, or the one that resolved last. */
const newestOfService = async (tx: Tx, service: string): Promise<Scope | null> => {
  const ofGroup = tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('group_key', '=', `service:${service}`)
  const [open, resolved] = await Promise.all([
    ofGroup.where('status', '<>', 'resolved').executeTakeFirst(),
    ofGroup.where('status', '=', 'resolved').orderBy('resolved_at', 'desc').limit(2).execute(),
  ])
  const found = open ?? resolved[0]
  const earlier = open === undefined ? resolved.length > 1 : resolved.length > 0
  return whole(
    found,
    earlier && found !== undefined
      ? `${service} has had other incidents; this is about ${found.id} alone`
      : null,
  )
}

/** Newest first. */
export const runsInScope = async (tx: Tx, scope: Scope): Promise<RunRow[]> =>
  (
    await tx.db
      .selectFrom('run')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('incident_id', '=', scope.incident.id)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
  ).filter(scope.keeps)

import { sql } from 'kysely'
import type { TriageCode } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { PlaybookHistory, SelfRecovery } from '../../domain/score.ts'
import type { Tx } from '../../storage/database.ts'

/** What history says of one service, read from rollups: as cheap after ten million outcomes as after ten. */
export interface History {
  readonly playbook: (name: string, code: TriageCode) => PlaybookHistory
  readonly selfRecovery: (code: TriageCode) => SelfRecovery
}

interface RollupRow {
  playbook: string
  code: string
  status: string
  recovery: string
  outcomes: number
  totalMs: number
}

/** Statuses of runs that never began: they are recorded, but they say nothing about whether the playbook works. */
const neverBegan = new Set(['blocked', 'canceled'])

export const historyOf = async (tx: Tx): Promise<History> => {
  const { rows } = await sql<RollupRow>`select playbook, diagnosis_code as code, status, recovery,
      sum(outcomes) as outcomes, sum(total_ms) as "totalMs"
    from learning_rollup where tenant_id = ${tx.tenantId} group by 1, 2, 3, 4`.execute(tx.db)
  return {
    playbook: (name, code) => {
      const mine = rows.filter((row) => row.playbook === name && row.code === code && !neverBegan.has(row.status))
      const tried = sum(mine)
      const worked = mine.filter((row) => row.status === 'succeeded' && row.recovery === 'recovered')
      const totalMs = worked.reduce((ms, row) => ms + row.totalMs, 0)
      // Rollups keep sums, so this is the mean of what worked; it stands in for the median.
      return { worked: sum(worked), tried, medianMs: sum(worked) === 0 ? null : Math.round(totalMs / sum(worked)) }
    },
    selfRecovery: (code) => {
      const mine = rows.filter((row) => row.code === code && !neverBegan.has(row.status))
      return { recovered: sum(mine.filter((row) => row.status === 'self_recovered')), of: sum(mine) }
    },
  }
}

const sum = (rows: readonly RollupRow[]): number => rows.reduce((total, row) => total + row.outcomes, 0)

interface LastIncident {
  id: string
  playbook: string | null
  status: string | null
}

/** Past incidents of the same service as evidence: how many, how they ended, what was tried last. */
export const pastIncidents = async (tx: Tx, service: string, exceptId: string): Promise<Evidence> => {
  const counted = await sql<{ total: number; alone: number; medianMinutes: number | null }>`
    select count(*) as total, count(*) filter (where o.status = 'self_recovered') as alone,
      percentile_cont(0.5) within group (order by extract(epoch from i.resolved_at - i.opened_at) / 60) as "medianMinutes"
    from (select * from incident where tenant_id = ${tx.tenantId} and group_key = ${`service:${service}`} and status = 'resolved'
      and id <> ${exceptId} order by resolved_at desc limit 200) i
    left join learning_outcome o on o.tenant_id = i.tenant_id and o.incident_id = i.id and o.status = 'self_recovered'`.execute(tx.db)
  const last = await sql<LastIncident>`select i.id, o.playbook, o.status from incident i
    left join lateral (select playbook, status from learning_outcome o where o.tenant_id = i.tenant_id and o.incident_id = i.id order by at desc limit 1) o on true
    where i.tenant_id = ${tx.tenantId} and i.group_key = ${`service:${service}`} and i.status = 'resolved' and i.id <> ${exceptId}
    order by i.resolved_at desc limit 1`.execute(tx.db)
  const { total = 0, alone = 0, medianMinutes = null } = counted.rows[0] ?? {}
  const [latest] = last.rows
  return {
    source: 'past_incidents',
    subject: service,
    status: 'ok',
    summary: inWords(service, total, alone, latest),
    facts: {
      total,
      recoveredAlone: alone,
      medianMinutes: medianMinutes === null ? null : Math.round(Number(medianMinutes) * 10) / 10,
      lastIncident: latest?.id ?? null,
      lastPlaybook: latest?.playbook ?? null,
      lastOutcome: latest?.status ?? null,
    },
    observedAt: tx.now,
    durationMs: 0,
  }
}

const inWords = (service: string, total: number, alone: number, latest: LastIncident | undefined): string => {
  if (total === 0 || latest === undefined) return `No earlier incident of ${service} is on record.`
  const before = `${total} earlier ${total === 1 ? 'incident' : 'incidents'} of ${service}, ${alone} recovered without help.`
  if (latest.playbook !== null) return `${before} The last one, ${latest.id}: ${latest.playbook} ${(latest.status ?? '').replaceAll('_', ' ')}.`
  return `${before} The last one was ${latest.id}.`
}

import type { TriageCode } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { PlaybookHistory, SelfRecovery } from '../../domain/score.ts'
import type { Tx } from '../../storage/database.ts'
import {
  type PastIncidents,
  type RollupRow,
  readPastIncidents,
  readRollups,
} from '../../storage/learning.repository.ts'

/** What history says of one service, read from rollups: as cheap after ten million outcomes as after ten. */
export interface History {
  readonly playbook: (name: string, code: TriageCode) => PlaybookHistory
  readonly selfRecovery: (code: TriageCode) => SelfRecovery
}

/** Statuses of runs that never began: they are recorded, but they say nothing about whether the playbook works. */
const neverBegan = new Set(['blocked', 'canceled'])

export const historyOf = async (tx: Tx): Promise<History> => {
  const rows = await readRollups(tx)
  return {
    playbook: (name, code) => {
      const mine = rows.filter(
        (row) => row.playbook === name && row.code === code && !neverBegan.has(row.status),
      )
      const tried = sum(mine)
      const worked = mine.filter((row) => row.status === 'succeeded' && row.recovery === 'recovered')
      const totalMs = worked.reduce((ms, row) => ms + row.totalMs, 0)
      // Rollups keep sums, so this is the mean of what worked; it stands in for the median.
      return {
        worked: sum(worked),
        tried,
        medianMs: sum(worked) === 0 ? null : Math.round(totalMs / sum(worked)),
      }
    },
    selfRecovery: (code) => {
      const mine = rows.filter((row) => row.code === code && !neverBegan.has(row.status))
      return { recovered: sum(mine.filter((row) => row.status === 'self_recovered')), of: sum(mine) }
    },
  }
}

const sum = (rows: readonly RollupRow[]): number => rows.reduce((total, row) => total + row.outcomes, 0)

/** Past incidents of the same service as evidence: how many, how they ended, what was tried last. */
export const pastIncidents = async (tx: Tx, service: string, exceptId: string): Promise<Evidence> => {
  const {
    total,
    alone,
    medianMinutes,
    last: latest,
  } = await readPastIncidents(tx, `service:${service}`, exceptId)
  return {
    source: 'past_incidents',
    subject: service,
    status: 'ok',
    summary: inWords(service, total, alone, latest),
    facts: {
      total,
      recoveredAlone: alone,
      medianMinutes: medianMinutes === null ? null : Math.round(medianMinutes * 10) / 10,
      lastIncident: latest?.id ?? null,
      lastPlaybook: latest?.playbook ?? null,
      lastOutcome: latest?.status ?? null,
    },
    observedAt: tx.now,
    durationMs: 0,
  }
}

const inWords = (service: string, total: number, alone: number, latest: PastIncidents['last']): string => {
  if (total === 0 || latest === null) return `No earlier incident of ${service} is on record.`
  const before = `${total} earlier ${total === 1 ? 'incident' : 'incidents'} of ${service}, ${alone} recovered without help.`
  if (latest.playbook !== null)
    return `${before} The last one, ${latest.id}: ${latest.playbook} ${(latest.status ?? '').replaceAll('_', ' ')}.`
  return `${before} The last one was ${latest.id}.`
}

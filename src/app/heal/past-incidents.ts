import type { TriageCode } from '../../domain/diagnosis.ts'
import { type Evidence, evidenceTitles } from '../../domain/evidence.ts'
import { neverBegan } from '../../domain/learning.ts'
import type { PlaybookHistory, SelfRecovery } from '../../domain/score.ts'
import type { Tx } from '../../storage/database.ts'
import {
  type PastIncidents,
  type RollupRow,
  readPastIncidents,
  readRollups,
} from '../../storage/learning.repository.ts'
import { readApart } from '../../storage/read-apart.ts'
import type { App } from '../app.ts'

/** What history says of one service, read from rollups: as cheap after ten million outcomes as after ten. */
export interface History {
  readonly playbook: (name: string, code: TriageCode) => PlaybookHistory
  readonly selfRecovery: (code: TriageCode) => SelfRecovery
}

const began = ({ status }: RollupRow): boolean => !neverBegan.some((each) => each === status)

export const historyOf = async (tx: Tx): Promise<History> => {
  const rows = await readRollups(tx, 'all')
  return {
    playbook: (name, code) => {
      const mine = rows.filter((row) => row.playbook === name && row.code === code && began(row))
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
      const mine = rows.filter((row) => row.code === code && began(row))
      return { recovered: sum(mine.filter((row) => row.status === 'self_recovered')), of: sum(mine) }
    },
  }
}

const sum = (rows: readonly RollupRow[]): number => rows.reduce((total, row) => total + row.outcomes, 0)

/** For each of its statements. They go through an index, so what takes as long as other sources may is stuck. */
const pastIncidentsMs = 5_000

/**
 * Past incidents of the same service as evidence: how many, how they ended, what was tried last. A reading that fails is
 * evidence that it failed, and leaves the transaction as it was.
 */
export const pastIncidents = async (
  { clock, log }: Pick<App, 'clock' | 'log'>,
  tx: Tx,
  service: string,
  exceptId: string,
): Promise<Evidence> => {
  const startedMs = clock.monotonicMs()
  const reading = await readApart(tx, pastIncidentsMs, () =>
    readPastIncidents(tx, `service:${service}`, exceptId),
  )
  const about = {
    source: 'past_incidents',
    subject: service,
    observedAt: tx.now,
    durationMs: clock.monotonicMs() - startedMs,
  } as const
  if (reading.status === 'ok') return { ...about, status: 'ok', ...asFound(service, reading.value) }
  const { status, error } = reading
  log.error({ source: about.source, service, error }, 'an evidence source failed; the others go on')
  const what =
    status === 'timed_out' ? `did not answer within ${pastIncidentsMs / 1_000} s` : 'could not be asked'
  return { ...about, status, summary: `${evidenceTitles.past_incidents} ${what}.`, facts: {} }
}

const asFound = (
  service: string,
  { total, alone, medianMinutes, last }: PastIncidents,
): Pick<Evidence, 'summary' | 'facts'> => ({
  summary: inWords(service, total, alone, last),
  facts: {
    total,
    recoveredAlone: alone,
    medianMinutes: medianMinutes === null ? null : Math.round(medianMinutes * 10) / 10,
    lastIncident: last?.id ?? null,
    lastPlaybook: last?.playbook ?? null,
    lastOutcome: last?.status ?? null,
  },
})

const inWords = (service: string, total: number, alone: number, latest: PastIncidents['last']): string => {
  if (total === 0 || latest === null) return `No earlier incident of ${service} is on record.`
  const before = `${total} earlier ${total === 1 ? 'incident' : 'incidents'} of ${service}, ${alone} recovered without help.`
  if (latest.playbook !== null)
    return `${before} The last one, ${latest.id}: ${latest.playbook} ${(latest.status ?? '').replaceAll('_', ' ')}.`
  return `${before} The last one was ${latest.id}.`
}

import {
  approvalsChart,
  incidentsChart,
  type Labelled,
  pictureTime,
  recoveryChart,
  successChart,
} from '../../domain/chart/figure-charts.ts'
import type { Chart } from '../../domain/chart.ts'
import { type LearningFigures, ranked } from '../../domain/learning/figures.ts'
import { countIncidentsBy } from '../../storage/asked.repository.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { pendingRequests } from '../../storage/pending-requests.repository.ts'
import type { App } from '../app.ts'
import { type Bucket, readLearningBy, readRecoveryBy, spanOf } from './learning.ts'

export interface Charts {
  readonly success_by_playbook: Chart
  readonly success_by_service: Chart
  readonly time_to_recover: Chart
  readonly incidents_by_service: Chart
  /** Now, whatever the bucket. */
  readonly approvals_waiting: Chart
}

const whenWords = { '24h': 'Last 24 hours', '7d': 'Last 7 days', all: 'All time' } as const satisfies Record<
  Bucket,
  string
>

/** The charts of the console, read at one moment, as pictures in a thread show them. */
export const readCharts = (
  app: Pick<App, 'store'>,
  tenantId: string,
  bucket: Bucket,
): Promise<{ readonly now: Temporal.Instant; readonly charts: Charts }> =>
  inTenant(app.store, tenantId, async (tx) => ({ now: tx.now, charts: await chartsOf(tx, bucket) }), {
    readOnly: true,
  })

const chartsOf = async (tx: Tx, bucket: Bucket): Promise<Charts> => {
  const span = spanOf(bucket, tx.now)
  const counted = span ?? { from: tx.now.subtract({ hours: mostDays * 24 }), to: tx.now }
  const [playbooks, services, recoveries, incidents, waiting] = [
    await readLearningBy(tx, span, {}, { group: 'playbook' }),
    await readLearningBy(tx, span, {}, { group: 'service' }),
    await readRecoveryBy(tx, span, null, { group: 'service' }),
    await countIncidentsBy(
      tx,
      { span: counted, service: null, state: 'any', severity: null },
      'service',
      'UTC',
    ),
    await pendingRequests(tx),
  ]
  const asOf = `as of ${pictureTime(tx.now)}`
  const foot = `${whenWords[bucket]} · ${asOf}`
  return {
    success_by_playbook: successChart(surest(playbooks), { title: 'Success by playbook', foot }, true),
    success_by_service: successChart(surest(services), { title: 'Success by service', foot }, true),
    time_to_recover: recoveryChart(
      labelled(recoveries.toSorted((one, other) => (other.medianMs ?? 0) - (one.medianMs ?? 0))),
      { title: 'Time to recover by service', foot },
    ),
    incidents_by_service: incidentsChart(
      incidents.map(({ key, count }) => ({ key: serviceName(key), count })),
      { title: 'Incidents by service', foot: span === null ? `Last ${mostDays} days · ${asOf}` : foot },
    ),
    approvals_waiting: approvalsChart(waiting, tx.now, { title: 'Approvals waiting', foot: asOf }),
  }
}

/** Incidents are counted one by one: of everything that would cost more with every year. */
const mostDays = 30

const serviceName = (key: string): string => (key === '' ? 'no service' : key)

const labelled = <T extends { readonly key: string }>(all: readonly T[]): Labelled<T>[] =>
  all.map((of) => ({ label: serviceName(of.key), of }))

const surest = (figures: readonly LearningFigures[]): Labelled<LearningFigures>[] => labelled(ranked(figures))

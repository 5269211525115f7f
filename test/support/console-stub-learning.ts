import {
  approvalsChart,
  incidentsChart,
  recoveryChart,
  successChart,
} from '../../src/domain/chart/figure-charts.ts'
import type { Chart } from '../../src/domain/chart.ts'
import { layoutOf } from '../../src/message/chart/layout.ts'
import { figures, recoveries } from '../unit/support/charts.ts'
import { hostile } from './console-stub-data.ts'

/** Learning as the API tells it, of an estate of three playbooks. */

const now = Temporal.Instant.from('2026-11-23T03:10:00Z')
const foot = 'Last 7 days · as of 2026-11-23 03:10 UTC'
const drawn = (chart: Chart) => ({ chart, drawing: layoutOf(chart) })
const labelled = <T extends { readonly key: string }>(...all: T[]) => all.map((of) => ({ label: of.key, of }))
const waiting = (service: string, title: string, minutes: number, left: number) => ({
  service,
  title,
  requestedAt: now.subtract({ minutes }),
  expiresAt: now.add({ minutes: left }),
  given: 0,
  quorum: 2,
})

/** The real layout of canned figures. */
export const stubCharts = {
  success_by_playbook: drawn(
    successChart(
      labelled(figures('restart-service', 38, 42), figures('scale-up', 8, 14), figures('warm-cache', 0, 9)),
      { title: 'Success by playbook', foot },
      true,
    ),
  ),
  success_by_service: drawn(
    successChart(
      labelled(figures('checkout', 31, 37), figures(hostile, 16, 23)),
      { title: 'Success by service', foot },
      true,
    ),
  ),
  time_to_recover: drawn(
    recoveryChart(
      labelled(
        recoveries('payments', 1_860_000, 4_320_000, 14),
        recoveries('checkout', 720_000, 1_500_000, 41),
      ),
      { title: 'Time to recover by service', foot },
    ),
  ),
  incidents_by_service: drawn(
    incidentsChart(
      [
        { key: 'checkout', count: 41 },
        { key: 'payments', count: 14 },
      ],
      { title: 'Incidents by service', foot },
    ),
  ),
  approvals_waiting: drawn(
    approvalsChart(
      [
        waiting('payments', 'Roll back the deploy', 52, 8),
        waiting('checkout', 'Restart the service', 22, 38),
        waiting('search', 'Scale instances', 3, 57),
      ],
      now,
      { title: 'Approvals waiting', foot: 'as of 2026-11-23 03:10 UTC' },
    ),
  ),
  metadata: { generated_at: now.toString() },
}

const head = { title: 'Nothing', foot }
const emptyCharts = {
  ...stubCharts,
  success_by_playbook: drawn(successChart([], head)),
  success_by_service: drawn(successChart([], head)),
  time_to_recover: drawn(recoveryChart([], head)),
  incidents_by_service: drawn(incidentsChart([], head)),
  approvals_waiting: drawn(approvalsChart([], now, head)),
}

const rates = (succeeded: number, total: number, low: number, high: number, seconds: number) => ({
  total,
  succeeded,
  failed: total - succeeded,
  success_rate: succeeded / total,
  interval: { low, high },
  avg_duration_seconds: seconds,
})

const learning = {
  total_runs: 64,
  overall_success_rate: 47 / 60,
  interval: { low: 0.66, high: 0.87 },
  by_playbook: {
    'restart-service': rates(38, 42, 0.78, 0.96, 48),
    'scale-up': rates(8, 14, 0.33, 0.79, 131),
    'warm-cache': rates(1, 4, 0.05, 0.7, 12),
  },
  by_service: { checkout: rates(31, 37, 0.69, 0.92, 62), payments: rates(16, 23, 0.49, 0.84, 80) },
  metadata: { self_recovered: 9 },
}

const focus = {
  health_distress: { score: 70, critical_count: 1, degraded_count: 0, healthy_count: 4, open_incidents: 2 },
  recommendations: [
    {
      subject: 'inc-42',
      what: 'Look at inc-42 of checkout: checkout does not answer',
      why: 'critical, open since 2026-11-23T03:02:11Z',
    },
    { subject: 'approvals', what: 'Decide the request for approval', why: 'Nothing of theirs runs before' },
  ],
  metadata: { guardrails: 'tightened' },
}

const calibration = {
  outcomes: 60,
  mean_error: 0.07,
  tenths: [
    {
      from: 0.6,
      outcomes: 18,
      stated: 0.66,
      observed: 0.61,
      interval: { low: 0.39, high: 0.8 },
      honest: true,
    },
    {
      from: 0.9,
      outcomes: 42,
      stated: 0.94,
      observed: 0.79,
      interval: { low: 0.64, high: 0.88 },
      honest: false,
    },
  ],
}

export const learningAnswers = {
  'GET /v1/learning': learning,
  'GET /v1/learning/recovery': { incidents: 31, recovered_alone: 9, median_seconds: 252, p90_seconds: 1_480 },
  'GET /v1/learning/calibration': calibration,
  'GET /v1/focus': focus,
  'GET /v1/charts': stubCharts,
} as const

/** The same of an estate where nothing has happened yet. */
export const nothingLearned = {
  'GET /v1/learning': {
    ...learning,
    total_runs: 0,
    overall_success_rate: null,
    by_playbook: {},
    by_service: {},
    metadata: { self_recovered: 0 },
  },
  'GET /v1/learning/recovery': { incidents: 0, recovered_alone: 0, median_seconds: null, p90_seconds: null },
  'GET /v1/learning/calibration': { outcomes: 0, mean_error: null, tenths: [] },
  'GET /v1/focus': {
    health_distress: { score: 0, critical_count: 0, degraded_count: 0, healthy_count: 5, open_incidents: 0 },
    recommendations: [],
    metadata: { guardrails: 'may_loosen' },
  },
  'GET /v1/charts': emptyCharts,
} as const

import { listCycles, readFocus } from '../../app/read/focus.ts'
import { calibrationReport, learningReport, recoveryReport } from '../../app/read/learning-report.ts'
import { listOutcomes } from '../../app/read/outcomes.ts'
import { readScheduler } from '../../app/read/scheduler.ts'
import { type LearningFigures, ranked } from '../../domain/learning/figures.ts'
import { loosenBelow, tightenAbove } from '../../domain/learning/focus.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { pageQuery } from '../schemas/common.ts'
import {
  CalibrationQuery,
  CalibrationView,
  CyclesView,
  FocusView,
  LearningQuery,
  LearningView,
  OutcomesQuery,
  OutcomesView,
  RecoveryView,
  SchedulerCountersView,
  SchedulerHealthView,
} from '../schemas/learning.ts'

const most = 10

export const learningRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/learning',
    aliases: ['/api/self_heal/learning'],
    id: 'getLearning',
    summary:
      'How remediations did: counts, rates with intervals, rankings and trends of 24 hours, 7 days or everything',
    tag: 'learning',
    scopes: ['read'],
    query: LearningQuery,
    answers: LearningView,
    handle: async ({ caller, query: { bucket, service = null } }) => {
      const { span, now, all, byPlaybook, byService, byDay } = await learningReport(app, caller.tenantId, {
        bucket,
        service,
      })
      return {
        bucket,
        time_range: { from: span?.from.toString() ?? null, to: now.toString() },
        total_runs: all.total - all.selfRecovered,
        overall_success_rate: all.rate,
        interval: { low: all.low, high: all.high },
        by_status: all.byStatus,
        by_playbook: byKey(byPlaybook),
        by_service: byKey(byService),
        playbook_rankings: ranked(byPlaybook)
          .slice(0, most)
          .map((each) => ({ playbook: each.key, ...ratesOf(each) })),
        recent_trends: byDay.slice(-most).map((each) => ({ day: each.key, ...ratesOf(each) })),
        metadata: {
          generated_at: now.toString(),
          self_recovered: all.selfRecovered,
          service_filter: service,
          complete: true,
        },
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/learning/outcomes',
    aliases: ['/api/self_heal/learning/outcomes'],
    id: 'listOutcomes',
    summary: 'What each run and recovery taught, newest first, at most 500',
    tag: 'learning',
    scopes: ['read'],
    query: OutcomesQuery,
    answers: OutcomesView,
    handle: async ({ caller, query }) => {
      const rows = await listOutcomes(app, caller.tenantId, query)
      return {
        outcomes: rows.map((row) => ({
          id: row.id,
          incident: row.incident_id,
          run: row.run_id,
          service: row.service,
          playbook: row.playbook,
          diagnosis: row.diagnosis_code,
          status: row.status,
          recovery: row.recovery,
          duration_seconds: row.duration_ms / 1_000,
          at: row.at.toString(),
        })),
        count: rows.length,
        service_filter: query.service ?? null,
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/learning/recovery',
    id: 'getRecovery',
    summary: 'How long incidents took to recover',
    tag: 'learning',
    scopes: ['read'],
    query: LearningQuery,
    answers: RecoveryView,
    handle: async ({ caller, query: { bucket, service = null } }) => {
      const figures = await recoveryReport(app, caller.tenantId, { bucket, service })
      return {
        bucket,
        incidents: figures.incidents,
        recovered_alone: figures.alone,
        mean_seconds: seconds(figures.meanMs),
        median_seconds: seconds(figures.medianMs),
        p90_seconds: seconds(figures.p90Ms),
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/learning/calibration',
    id: 'getCalibration',
    summary: 'How often what proposals said came true',
    tag: 'learning',
    scopes: ['read'],
    query: CalibrationQuery,
    answers: CalibrationView,
    handle: async ({ caller, query: { playbook = null } }) => {
      const { calibration, now } = await calibrationReport(app, caller.tenantId, playbook)
      return {
        outcomes: calibration.outcomes,
        mean_error: calibration.error,
        tenths: calibration.tenths.map(({ low, high, ...tenth }) => ({ ...tenth, interval: { low, high } })),
        metadata: { generated_at: now.toString(), playbook_filter: playbook },
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/scheduler/counters',
    aliases: ['/api/self_heal/scheduler_counters'],
    id: 'getSchedulerCounters',
    summary:
      'What was proposed, what was not and why, what waits after failures, and how much is allowed an hour',
    tag: 'learning',
    scopes: ['read'],
    answers: SchedulerCountersView,
    handle: async ({ caller }) => {
      const now = await readScheduler(app, caller.tenantId)
      return {
        scheduler_state: {
          running: now.running,
          mode: now.mode,
          emergency_stop: now.emergencyStop,
          last_cycle_at: now.lastCycleAt?.toString() ?? null,
        },
        backoff: now.backOffs.map((each) => ({ ...each, until: each.until.toString() })),
        rate_limiting: {
          most_per_hour: now.mostPerHour,
          services: now.services.map(({ service, proposals }) => ({
            service,
            proposals_last_hour: proposals,
          })),
        },
        statistics: {
          proposed: now.proposed,
          skipped: now.skipped,
          skipped_by_reason: now.skippedByReason,
        },
        metadata: { generated_at: now.at.toString() },
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/scheduler/health',
    aliases: ['/api/self_heal/scheduler_health'],
    id: 'getSchedulerHealth',
    summary: 'Whether Suture looks for something to propose',
    tag: 'learning',
    scopes: ['read'],
    answers: SchedulerHealthView,
    handle: async ({ caller }) => {
      const now = await readScheduler(app, caller.tenantId)
      const healthy = now.running && !now.emergencyStop
      return {
        status: healthyOr(healthy, now.running),
        poll_interval_seconds: now.pollIntervalSeconds,
        backoff_entries: now.backOffs.length,
        rate_tracked_services: now.services.length,
        healthy,
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/focus',
    aliases: ['/api/meta/focus'],
    id: 'getFocus',
    summary: 'How bad it stands, what to look at first, and why',
    tag: 'learning',
    scopes: ['read'],
    answers: FocusView,
    handle: async ({ caller }) => {
      const { distress, incidents, cycle, recommendations, at } = await readFocus(app, caller.tenantId)
      return {
        current_cycle: cycle?.number ?? 0,
        health_distress: {
          score: distress.score,
          critical_count: distress.critical.length,
          degraded_count: distress.degraded.length,
          healthy_count: distress.healthy,
          open_incidents: distress.open,
        },
        critical_services: [...distress.critical],
        degraded_services: [...distress.degraded],
        open_incidents: incidents.map(({ openedAt, ...incident }) => ({
          ...incident,
          opened_at: openedAt.toString(),
        })),
        recommendations,
        metadata: {
          generated_at: at.toString(),
          guardrails: distress.guardrails,
          tighten_above: tightenAbove,
          loosen_below: loosenBelow,
        },
      }
    },
  }),
  operation({
    method: 'get',
    path: '/v1/cycles',
    aliases: ['/api/meta/cycles'],
    id: 'listCycles',
    summary: 'How bad it stood at each look, newest first',
    tag: 'learning',
    scopes: ['read'],
    query: pageQuery,
    answers: CyclesView,
    handle: ({ caller, query }) => listCycles(app, caller.tenantId, query),
  }),
]

const healthyOr = (healthy: boolean, running: boolean): 'healthy' | 'stopped' | 'not_running' => {
  if (healthy) return 'healthy'
  return running ? 'stopped' : 'not_running'
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

const ratesOf = ({ tried, worked, failed, rate, low, high, averageMs }: LearningFigures) => ({
  total: tried,
  succeeded: worked,
  failed,
  success_rate: rate,
  interval: { low, high },
  avg_duration_seconds: seconds(averageMs),
})

const byKey = (figures: readonly LearningFigures[]) =>
  Object.fromEntries(figures.map((each) => [each.key, ratesOf(each)]))

import { z } from '@hono/zod-openapi'
import { guardrails } from '../../domain/learning/focus.ts'
import { learningStatuses, recoveries } from '../../domain/learning.ts'
import { modes } from '../../domain/policy/modes.ts'
import { Instant, page } from './common.ts'

const count = z.int().min(0)
const share = z.number().min(0).max(1)
export const bucket = z.enum(['24h', '7d', 'all'])

export const LearningQuery = z.strictObject({
  bucket: bucket.default('all').openapi({ description: 'The last 24 hours, the last 7 days, or everything' }),
  service: z.string().min(1).max(200).optional(),
})

/** Of the runs that began: those that did their steps and after which the service was measured to be well, and all others. */
const rates = {
  total: count.openapi({ description: 'Runs that began' }),
  succeeded: count,
  failed: count,
  success_rate: share
    .nullable()
    .openapi({ description: 'succeeded / (succeeded + failed); null without any' }),
  interval: z.object({ low: share, high: share }).openapi({ description: '95 %, Wilson' }),
  avg_duration_seconds: z.number().min(0).nullable(),
}
export const LearningRates = z.object(rates).openapi('LearningRates')

export const LearningView = z
  .object({
    bucket,
    time_range: z.object({ from: Instant.nullable(), to: Instant }),
    total_runs: count.openapi({ description: 'All runs on record, also those that never began' }),
    overall_success_rate: share.nullable(),
    interval: z.object({ low: share, high: share }),
    by_status: z.record(z.enum(learningStatuses), count),
    by_playbook: z.record(z.string(), LearningRates),
    by_service: z.record(z.string(), LearningRates),
    playbook_rankings: z
      .array(z.object({ playbook: z.string(), ...rates }))
      .max(10)
      .openapi({ description: 'By the lower end of the interval' }),
    recent_trends: z
      .array(z.object({ day: z.iso.date(), ...rates }))
      .max(10)
      .openapi({ description: 'The last ten days of the bucket on which something ended, in UTC' }),
    metadata: z.object({
      generated_at: Instant,
      self_recovered: count.openapi({ description: 'Incidents that got well with nobody doing anything' }),
      service_filter: z.string().nullable(),
      complete: z.boolean(),
    }),
  })
  .openapi('Learning')

export const OutcomesQuery = z.strictObject({
  service: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})
export const OutcomesView = z
  .object({
    outcomes: z.array(
      z.object({
        id: z.string(),
        incident: z.string(),
        run: z.string().nullable(),
        service: z.string(),
        playbook: z.string().nullable(),
        diagnosis: z.string().nullable(),
        status: z.enum(learningStatuses),
        recovery: z.enum(recoveries),
        duration_seconds: z.number().min(0),
        at: Instant,
      }),
    ),
    count: count.openapi({ description: 'Of those shown' }),
    service_filter: z.string().nullable(),
  })
  .openapi('Outcomes')

export const RecoveryView = z
  .object({
    bucket,
    incidents: count,
    recovered_alone: count,
    mean_seconds: z.number().min(0).nullable(),
    median_seconds: z.number().min(0).nullable().openapi({ description: 'Within 2.5 %' }),
    p90_seconds: z.number().min(0).nullable().openapi({ description: 'Within 2.5 %' }),
  })
  .openapi('Recovery')

export const CalibrationQuery = z.strictObject({ playbook: z.string().min(1).max(200).optional() })
export const CalibrationView = z
  .object({
    outcomes: count,
    mean_error: share.nullable(),
    tenths: z.array(
      z.object({
        from: share,
        to: share,
        outcomes: count,
        worked: count,
        stated: share,
        observed: share,
        interval: z.object({ low: share, high: share }),
        honest: z.boolean().openapi({ description: 'What was said lies in the interval of what came true' }),
      }),
    ),
    metadata: z.object({ generated_at: Instant, playbook_filter: z.string().nullable() }),
  })
  .openapi('Calibration')

export const SchedulerCountersView = z
  .object({
    scheduler_state: z.object({
      running: z.boolean(),
      mode: z.enum(modes),
      emergency_stop: z.boolean(),
      last_cycle_at: Instant.nullable(),
    }),
    backoff: z.array(
      z.object({ service: z.string(), diagnosis: z.string(), failures: count, until: Instant }),
    ),
    rate_limiting: z.object({
      most_per_hour: count,
      services: z.array(z.object({ service: z.string(), proposals_last_hour: count })),
    }),
    statistics: z.object({
      proposed: count,
      skipped: count,
      skipped_by_reason: z.record(z.string(), count),
    }),
    metadata: z.object({ generated_at: Instant }),
  })
  .openapi('SchedulerCounters')

export const SchedulerHealthView = z
  .object({
    status: z.enum(['healthy', 'stopped', 'not_running']),
    poll_interval_seconds: z.number().positive(),
    backoff_entries: count,
    rate_tracked_services: count,
    healthy: z.boolean(),
  })
  .openapi('SchedulerHealth')

const names = z.array(z.string())
export const FocusView = z
  .object({
    current_cycle: z.int().min(0).openapi({ description: '0 before the first' }),
    health_distress: z.object({
      score: z.number().min(0).max(100).openapi({
        description: 'min(100, 30 a critical service + 10 a degraded one + 20 an open incident)',
      }),
      critical_count: count,
      degraded_count: count,
      healthy_count: count,
      open_incidents: count,
    }),
    critical_services: names,
    degraded_services: names,
    open_incidents: z.array(
      z.object({
        id: z.string(),
        service: z.string().nullable(),
        severity: z.string(),
        title: z.string(),
        opened_at: Instant,
      }),
    ),
    recommendations: z.array(z.object({ subject: z.string(), what: z.string(), why: z.string() })),
    metadata: z.object({
      generated_at: Instant,
      guardrails: z.enum(guardrails),
      tighten_above: z.number(),
      loosen_below: z.number(),
    }),
  })
  .openapi('Focus')

export const CyclesView = page(
  z
    .object({
      cycle: z.int().min(1),
      at: Instant,
      score: z.number().min(0).max(100),
      critical_services: names,
      degraded_services: names,
      healthy_count: count,
      open_incidents: count,
      guardrails: z.enum(guardrails),
    })
    .openapi('Cycle'),
)

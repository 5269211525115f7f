/** Learning as the API tells it, of an estate of three playbooks. */

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
} as const

import { z } from 'zod'
import type { ParsedAlerts } from '../../src/domain/alert.ts'
import { type ParseOptions, PayloadError } from '../../src/domain/alert-parser.ts'
import { readBatch } from './batch.ts'
import { fieldAt, firstProblem } from './field-problem.ts'
import { readLegacyAlert } from './grafana-legacy.ts'
import { readPrometheusAlert } from './prometheus-alert.ts'

/** The webhook contact point of unified alerting: Alertmanager's form, with Grafana's own URLs in each alert. */
const UnifiedWebhook = z.object({
  alerts: z.array(z.unknown()),
  status: z.string().nullish(),
  externalURL: z.unknown().optional(),
})

/** The legacy webhook has no list: the whole payload is one change of one rule. */
const isLegacy = (payload: unknown): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  !Object.hasOwn(payload, 'alerts') &&
  (Object.hasOwn(payload, 'ruleId') ||
    Object.hasOwn(payload, 'ruleName') ||
    Object.hasOwn(payload, 'evalMatches'))

export const parse = (payload: unknown, options: ParseOptions): ParsedAlerts => {
  if (isLegacy(payload)) {
    return readBatch(
      [payload],
      () => '',
      (raw, field) => readLegacyAlert(raw, field, options.receivedAt),
    )
  }
  const result = UnifiedWebhook.safeParse(payload)
  if (!result.success) {
    const { field, problem } = firstProblem(result.error, payload, '')
    throw new PayloadError(field, problem)
  }
  const { alerts, status, externalURL } = result.data
  const envelope = { source: 'grafana', status, externalURL, externalLabel: 'Grafana' } as const
  return readBatch(
    alerts,
    (index) => fieldAt('alerts', index),
    (raw, field) => readPrometheusAlert(raw, field, envelope, options.receivedAt),
  )
}

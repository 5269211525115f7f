import { z } from 'zod'
import type { ParsedAlerts } from '../../src/domain/alert.ts'
import { type ParseOptions, PayloadError } from '../../src/domain/alert-parser.ts'
import { readBatch } from './batch.ts'
import { fieldAt, firstProblem } from './field-problem.ts'
import { readPrometheusAlert } from './prometheus-alert.ts'

/**
 * The webhook of Alertmanager, https://prometheus.io/docs/alerting/latest/configuration/#webhook_config: version 4,
 * version 3 (before 0.6, `groupKey` a number) and version 1 as Google's managed Alertmanager sends it. The version is
 * not checked: the three differ only where Suture does not look, and a fourth that still lists alerts can be read.
 */
const Webhook = z.object({
  alerts: z.array(z.unknown()),
  status: z.string().nullish(),
  externalURL: z.unknown().optional(),
})

export const parse = (payload: unknown, options: ParseOptions): ParsedAlerts => {
  const result = Webhook.safeParse(payload)
  if (!result.success) {
    const { field, problem } = firstProblem(result.error, payload, '')
    throw new PayloadError(field, problem)
  }
  const { alerts, status, externalURL } = result.data
  const envelope = { source: 'alertmanager', status, externalURL, externalLabel: 'Alertmanager' } as const
  return readBatch(
    alerts,
    (index) => fieldAt('alerts', index),
    (raw, field) => readPrometheusAlert(raw, field, envelope, options.receivedAt),
  )
}

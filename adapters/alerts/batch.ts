import type { Alert, ParsedAlerts, RejectedAlert } from '../../src/domain/alert.ts'
import { maxAlertsPerRequest, PayloadError } from '../../src/domain/alert-parser.ts'
import { FieldProblem } from './field-problem.ts'
import { requireStorable } from './storable.ts'

/**
 * Reads every alert on its own, so that a bad one is kept aside and the others land. `fieldOf` names the alert at an
 * index, such as `alerts[3]`. Throws PayloadError above the limit of alerts a request.
 */
export const readBatch = (
  items: readonly unknown[],
  fieldOf: (index: number) => string,
  read: (raw: unknown, field: string) => Alert,
): ParsedAlerts => {
  if (items.length > maxAlertsPerRequest) {
    throw new PayloadError(
      'alerts',
      `expected at most ${maxAlertsPerRequest} alerts a request, found ${items.length}; send smaller batches`,
    )
  }
  const alerts: Alert[] = []
  const rejected: RejectedAlert[] = []
  for (const [index, raw] of items.entries()) {
    const field = fieldOf(index)
    try {
      requireStorable(raw, field)
      alerts.push(read(raw, field))
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error
      rejected.push({ index, field: error.field, problem: error.problem })
    }
  }
  return { alerts, rejected }
}

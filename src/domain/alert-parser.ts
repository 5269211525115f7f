import { z } from 'zod'
import type { ParsedAlerts } from './alert.ts'

/** What every reader of a source's webhook promises, so that the intake can treat all sources alike. */

/** Most alerts one request may hold; Alertmanager's own batches stay far below. */
export const maxAlertsPerRequest = 1000

/** A dotted path into a payload, such as `event.labels.service`; a number is a position in an array. */
const Path = z.string().min(1).max(200)
/** The first path that holds something wins. */
const Paths = z.array(Path).max(20)

/**
 * Where the generic source finds each field, one list of dotted paths per field. A field left out keeps its default.
 * `labels` paths may hold an object (all its scalars become labels) or a scalar (named by the path's last part).
 * `key` names a stable identity of the alert, the same when it fires and when it resolves; without one, Suture makes
 * identity out of title, service and labels. `firing` and `resolved` list the words of `status`, in any case.
 */
export const GenericMapping = z
  .strictObject({
    alerts: Paths,
    key: Paths,
    title: Paths,
    summary: Paths,
    status: Paths,
    severity: Paths,
    service: Paths,
    startsAt: Paths,
    endsAt: Paths,
    labels: Paths,
    links: Paths,
    firing: z.array(z.string().min(1).max(100)).max(50),
    resolved: z.array(z.string().min(1).max(100)).max(50),
  })
  .partial()
export type GenericMapping = z.infer<typeof GenericMapping>

export interface ParseOptions {
  /** When the request arrived: the start (or end) of an alert whose payload gives none. */
  readonly receivedAt: Temporal.Instant
  /** Read by the generic source only. */
  readonly mapping?: GenericMapping
}

/** Pure. Throws PayloadError when the envelope is wrong; a single wrong alert is returned in `rejected` instead. */
export type AlertParser = (payload: unknown, options: ParseOptions) => ParsedAlerts

/** The request as a whole cannot be read as this source's webhook: nothing of it lands. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError'
  /** Path of the field that is wrong; empty for the payload itself. */
  readonly field: string
  /** What was expected, what was found, and what to do. */
  readonly problem: string

  constructor(field: string, problem: string) {
    super(field === '' ? problem : `${field}: ${problem}`)
    this.field = field
    this.problem = problem
  }
}

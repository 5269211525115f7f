import { z } from 'zod'

/** A source's signal about one thing that is, or was, wrong. Sources differ; this is what they all mean. */

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
export const Severity = z.enum(severities)
export type Severity = z.infer<typeof Severity>

export const alertStatuses = ['firing', 'resolved'] as const
export const AlertStatus = z.enum(alertStatuses)
export type AlertStatus = z.infer<typeof AlertStatus>

export const alertSources = ['alertmanager', 'grafana', 'generic'] as const
export const AlertSourceName = z.enum(alertSources)
export type AlertSourceName = z.infer<typeof AlertSourceName>

export interface AlertLink {
  readonly label: string
  /** Absolute http or https URL; anything else is dropped by the parser. */
  readonly url: string
}

export interface Alert {
  readonly source: AlertSourceName
  /**
   * The dedup key: hex SHA-256 over source and identifying labels, computed by Suture. A source's own fingerprint is
   * not trusted to be unique: Alertmanager payloads in the wild repeat one fingerprint over different labels.
   */
  readonly fingerprint: string
  readonly status: AlertStatus
  readonly severity: Severity
  /** The catalogue name of the service the alert is about, or null when the payload does not say. */
  readonly service: string | null
  /** The alert rule's name, at most 200 characters. */
  readonly title: string
  /** One or two sentences in the source's words, at most 2,000 characters; may be empty. */
  readonly summary: string
  readonly labels: Readonly<Record<string, string>>
  readonly startsAt: Temporal.Instant
  /** The start that the sender gave, where it was too far ahead to be true and `startsAt` is the arrival instead. */
  readonly claimedStartsAt?: Temporal.Instant
  /** Set only when the status is resolved. */
  readonly endsAt: Temporal.Instant | null
  readonly links: readonly AlertLink[]
}

/** One alert of a batch that could not be understood. It is kept aside; the others of the batch land. */
export interface RejectedAlert {
  /** Position in the batch, from 0. */
  readonly index: number
  /** Path of the field that is wrong, such as `alerts[3].startsAt`. */
  readonly field: string
  /** What was expected, what was found, and what to do. */
  readonly problem: string
}

export interface ParsedAlerts {
  readonly alerts: readonly Alert[]
  readonly rejected: readonly RejectedAlert[]
}

/** A worse severity has a lower rank: critical is 0. */
export const severityRank = (severity: Severity): number => severities.indexOf(severity)

export const worstOf = (one: Severity, other: Severity): Severity =>
  severityRank(one) <= severityRank(other) ? one : other

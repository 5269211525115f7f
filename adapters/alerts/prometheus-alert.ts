import { z } from 'zod'
import type { Alert, AlertStatus } from '../../src/domain/alert.ts'
import { FieldProblem, fieldAt, firstProblem } from './field-problem.ts'
import { fingerprintOf, identityOf } from './fingerprint.ts'
import { readInstant, readInterval } from './instant.ts'
import { toLabels } from './labels.ts'
import { toLinks } from './links.ts'
import { serviceOf } from './service.ts'
import { severityOfLabels } from './severity.ts'
import { textOf, toSummary, toTitle, valuesText } from './text.ts'

/**
 * One alert as Alertmanager's webhook writes it. Grafana's unified alerting took the form over and added its own URLs
 * and `values`; Google's managed Alertmanager adds a `description`. Only what makes an alert is required: unknown
 * fields, and annotations of any shape, are no reason to lose it.
 */
const PrometheusAlert = z.object({
  status: z.string().nullish(),
  labels: z.record(z.string(), z.unknown()),
  annotations: z.record(z.string(), z.unknown()).nullish(),
  startsAt: z.unknown().optional(),
  endsAt: z.unknown().optional(),
  description: z.unknown().optional(),
  values: z.unknown().optional(),
  generatorURL: z.unknown().optional(),
  silenceURL: z.unknown().optional(),
  dashboardURL: z.unknown().optional(),
  panelURL: z.unknown().optional(),
})

/** What the envelope adds to each of its alerts. */
export interface Envelope {
  readonly source: 'alertmanager' | 'grafana'
  /** Used for an alert without a status of its own; otherwise the batch's status says nothing about one alert. */
  readonly status: string | null | undefined
  readonly externalURL: unknown
  /** What the person who follows `externalURL` arrives at. */
  readonly externalLabel: string
}

const readStatus = (status: string | null | undefined, field: string): AlertStatus => {
  const word = status?.trim().toLowerCase()
  if (word === 'firing' || word === 'resolved') return word
  const found = word === undefined ? 'nothing' : JSON.stringify(word.slice(0, 40).toWellFormed())
  throw new FieldProblem(fieldAt(field, 'status'), `expected firing or resolved, found ${found}`)
}

/** Grafana's alerts about a broken rule all share one alertname; the rule's own name is in `rulename`. */
const aboutRule: ReadonlySet<string> = new Set(['DatasourceNoData', 'DatasourceError'])

const readTitle = (
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, unknown>>,
): string => {
  const name = textOf(labels.alertname)
  const rule = textOf(labels.rulename)
  if (name !== null && rule !== null && aboutRule.has(name)) return toTitle(`${name}: ${rule}`)
  return toTitle(name ?? rule ?? textOf(annotations.title) ?? textOf(annotations.summary) ?? 'Unnamed alert')
}

/** Throws FieldProblem, with fields named from `field` on. */
export const readPrometheusAlert = (
  raw: unknown,
  field: string,
  envelope: Envelope,
  receivedAt: Temporal.Instant,
): Alert => {
  const result = PrometheusAlert.safeParse(raw)
  if (!result.success) throw firstProblem(result.error, raw, field)
  const alert = result.data
  const labels = toLabels(alert.labels, fieldAt(field, 'labels'))
  const identity = identityOf(labels)
  if (Object.keys(identity).length === 0) {
    throw new FieldProblem(
      fieldAt(field, 'labels'),
      'expected at least one label that identifies the alert, found none; add one, such as alertname',
    )
  }
  const annotations = alert.annotations ?? {}
  const status = readStatus(alert.status ?? envelope.status, field)
  const interval = readInterval(
    status,
    readInstant(alert.startsAt, fieldAt(field, 'startsAt')),
    // A firing alert's end is not looked at, so that nonsense in it costs nothing.
    status === 'resolved' ? readInstant(alert.endsAt, fieldAt(field, 'endsAt')) : null,
    receivedAt,
  )
  const said = toSummary(annotations.summary, annotations.message, annotations.description, alert.description)
  return {
    source: envelope.source,
    fingerprint: fingerprintOf(envelope.source, identity),
    status,
    severity: severityOfLabels(labels),
    service: serviceOf(labels),
    title: readTitle(labels, annotations),
    summary: said === '' ? toSummary(valuesText(alert.values)) : said,
    labels,
    ...interval,
    links: toLinks([
      ['Source', alert.generatorURL],
      ['Dashboard', alert.dashboardURL],
      ['Panel', alert.panelURL],
      ['Runbook', annotations.runbook_url ?? labels.runbook_url],
      ['Silence', alert.silenceURL],
      [envelope.externalLabel, envelope.externalURL],
    ]),
  }
}

import { z } from 'zod'
import type { Alert, AlertStatus } from '../../src/domain/alert.ts'
import { FieldProblem, fieldAt, firstProblem } from './field-problem.ts'
import { fingerprintOf } from './fingerprint.ts'
import { readInterval } from './instant.ts'
import { toLabels } from './labels.ts'
import { toLinks } from './links.ts'
import { serviceOf } from './service.ts'
import { severityOfLabels } from './severity.ts'
import { textOf, toSummary, toTitle, valuesText } from './text.ts'

const Id = z.union([z.string(), z.number()])

const EvalMatch = z.object({
  metric: z.unknown().optional(),
  value: z.unknown().optional(),
  tags: z.record(z.string(), z.unknown()).nullish(),
})

/** One state change of one rule: the webhook of Grafana's dashboard alerts, up to version 8 (and 9 and 10 on request). */
const LegacyWebhook = z.object({
  state: z.string(),
  ruleId: Id.nullish(),
  ruleName: z.string().nullish(),
  ruleUrl: z.unknown().optional(),
  title: z.unknown().optional(),
  message: z.unknown().optional(),
  orgId: Id.nullish(),
  tags: z.record(z.string(), z.unknown()).nullish(),
  evalMatches: z.array(EvalMatch).nullish(),
})
type LegacyWebhook = z.infer<typeof LegacyWebhook>

/** No data is a notification Grafana was asked to send because something is wrong: the rule's target is silent. */
const statusByState: Readonly<Record<string, AlertStatus>> = {
  alerting: 'firing',
  no_data: 'firing',
  ok: 'resolved',
}

const readStatus = (state: string, field: string): AlertStatus => {
  const word = state.trim().toLowerCase()
  const status = Object.hasOwn(statusByState, word) ? statusByState[word] : undefined
  if (status !== undefined) return status
  throw new FieldProblem(
    fieldAt(field, 'state'),
    word === 'paused' || word === 'pending'
      ? `${word} means neither firing nor resolved, so nothing changed; nothing to do`
      : `expected alerting, no_data or ok, found ${JSON.stringify(word.slice(0, 40).toWellFormed())}`,
  )
}

const originOf = (url: unknown): string => (typeof url === 'string' ? (URL.parse(url)?.origin ?? '') : '')

/**
 * The rule is the identity: tags of the series that match are there when it fires and gone when it is ok. A rule's
 * number is unique in one Grafana only, hence the origin beside it.
 */
const identityOfRule = (rule: LegacyWebhook, field: string): Record<string, string> => {
  const id = textOf(rule.ruleId)
  const name = textOf(rule.ruleName)
  if (id === null && name === null) {
    throw new FieldProblem(
      fieldAt(field, 'ruleId'),
      'expected the number of the rule, found nothing; send ruleId',
    )
  }
  return {
    [id === null ? 'ruleName' : 'ruleId']: id ?? name ?? '',
    orgId: textOf(rule.orgId) ?? '',
    origin: originOf(rule.ruleUrl),
  }
}

/** The rule's own tags, and of the series that match only what all of them share. */
const labelsOf = (rule: LegacyWebhook): Record<string, unknown> => {
  const [first, ...others] = rule.evalMatches ?? []
  const shared = Object.entries(first?.tags ?? {}).filter(([name, value]) =>
    others.every(({ tags }) => tags?.[name] === value),
  )
  return { ...Object.fromEntries(shared), ...rule.tags }
}

const measured = (rule: LegacyWebhook): string | null =>
  valuesText(
    Object.fromEntries(
      (rule.evalMatches ?? []).map(({ metric, value }) => [textOf(metric) ?? 'value', value]),
    ),
  )

/** Throws FieldProblem, with fields named from `field` on. */
export const readLegacyAlert = (raw: unknown, field: string, receivedAt: Temporal.Instant): Alert => {
  const result = LegacyWebhook.safeParse(raw)
  if (!result.success) throw firstProblem(result.error, raw, field)
  const rule = result.data
  const status = readStatus(rule.state, field)
  const identity = identityOfRule(rule, field)
  const labels = toLabels(labelsOf(rule), fieldAt(field, 'evalMatches'))
  const said = toSummary(rule.message)
  return {
    source: 'grafana',
    fingerprint: fingerprintOf('grafana', identity),
    status,
    severity: severityOfLabels(labels),
    service: serviceOf(labels),
    title: toTitle(textOf(rule.ruleName) ?? textOf(rule.title) ?? `Rule ${textOf(rule.ruleId) ?? ''}`),
    summary: said === '' ? toSummary(measured(rule)) : said,
    labels,
    ...readInterval(status, null, null, receivedAt),
    links: toLinks([['Rule', rule.ruleUrl]]),
  }
}

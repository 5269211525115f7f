import type { Alert, AlertStatus, ParsedAlerts } from '../../src/domain/alert.ts'
import { type ParseOptions, PayloadError } from '../../src/domain/alert-parser.ts'
import { readBatch } from './batch.ts'
import { FieldProblem, fieldAt, kindOf } from './field-problem.ts'
import { fingerprintOf, identityOf } from './fingerprint.ts'
import { type Reader, readerOf, valueAt } from './generic-mapping.ts'
import { readInstant, readInterval } from './instant.ts'
import { toLabels } from './labels.ts'
import { toLinks } from './links.ts'
import { serviceOf } from './service.ts'
import { severityOfLabels, toSeverity } from './severity.ts'
import { textOf, toSummary, toTitle } from './text.ts'

/** Any JSON whose fields a mapping names: one object, a list of them, or an object that holds the list. */

type Paths = readonly (readonly string[])[]

const nameOf = (parent: string, path: readonly string[]): string => path.reduce(fieldAt, parent)

const firstText = (raw: unknown, paths: Paths): string | null => {
  for (const path of paths) {
    const text = textOf(valueAt(raw, path))
    if (text !== null) return text
  }
  return null
}

const firstInstant = (raw: unknown, paths: Paths, field: string): Temporal.Instant | null => {
  for (const path of paths) {
    const instant = readInstant(valueAt(raw, path), nameOf(field, path))
    if (instant !== null) return instant
  }
  return null
}

/** Most senders of their own JSON only ever send problems, so that no status at all means firing. */
const readStatus = (raw: unknown, reader: Reader, field: string): AlertStatus => {
  for (const path of reader.status) {
    const word = textOf(valueAt(raw, path))?.toLowerCase()
    if (word === undefined) continue
    if (reader.firing.has(word)) return 'firing'
    if (reader.resolved.has(word)) return 'resolved'
    throw new FieldProblem(
      nameOf(field, path),
      `expected one of ${[...reader.firing, ...reader.resolved].join(', ')}; found ` +
        `${JSON.stringify(word.slice(0, 40).toWellFormed())}; add it to firing or resolved of the mapping`,
    )
  }
  return 'firing'
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Scalars of an object, or one scalar under its own name; lists, objects and null are no labels here. */
const readLabels = (raw: unknown, paths: Paths, field: string): Record<string, string> => {
  const labels: [string, unknown][] = []
  for (const path of paths) {
    const value = valueAt(raw, path)
    for (const [name, item] of isObject(value)
      ? Object.entries(value)
      : [[path.at(-1) ?? '', value] as const]) {
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
        labels.push([name, item])
    }
  }
  return toLabels(Object.fromEntries(labels), fieldAt(field, 'labels'))
}

const readLinks = (raw: unknown, paths: Paths): Alert['links'] =>
  toLinks(
    paths.flatMap((path): (readonly [string, unknown])[] => {
      const value = valueAt(raw, path)
      const label = path.at(-1) ?? ''
      if (Array.isArray(value))
        return value.map((item) => [label, isObject(item) ? (item.url ?? item.href) : item])
      return isObject(value) ? Object.entries(value) : [[label === 'url' ? 'Source' : label, value]]
    }),
  )

const readAlert = (raw: unknown, field: string, reader: Reader, receivedAt: Temporal.Instant): Alert => {
  if (!isObject(raw))
    throw new FieldProblem(field, `expected an object, found ${kindOf(raw)}; send one alert each`)
  const title = firstText(raw, reader.title)
  if (title === null) {
    const paths = reader.title.map((path) => path.join('.')).join(', ')
    throw new FieldProblem(
      nameOf(field, reader.title[0] ?? ['title']),
      `expected the alert's name in one of ${paths}, found none; send one, or name its path in the mapping`,
    )
  }
  const labels = readLabels(raw, reader.labels, field)
  const service = firstText(raw, reader.service) ?? serviceOf(labels)
  const severity = firstText(raw, reader.severity)
  const key = firstText(raw, reader.key)
  const status = readStatus(raw, reader, field)
  const identity =
    key === null
      ? { ...identityOf(labels), '\u0001title': title, '\u0001service': service ?? '' }
      : { '\u0001key': key }
  return {
    source: 'generic',
    fingerprint: fingerprintOf('generic', identity),
    status,
    severity: severity === null ? severityOfLabels(labels) : toSeverity(severity),
    service,
    title: toTitle(title),
    summary: toSummary(...reader.summary.map((path) => valueAt(raw, path))),
    labels,
    ...readInterval(
      status,
      firstInstant(raw, reader.startsAt, field),
      status === 'resolved' ? firstInstant(raw, reader.endsAt, field) : null,
      receivedAt,
    ),
    links: readLinks(raw, reader.links),
  }
}

const listIn = (payload: unknown, reader: Reader): { items: readonly unknown[]; field: string } | null => {
  if (Array.isArray(payload)) return { items: payload, field: '' }
  for (const path of reader.alerts) {
    const items = valueAt(payload, path)
    if (Array.isArray(items)) return { items, field: nameOf('', path) }
  }
  return null
}

export const parse = (payload: unknown, options: ParseOptions): ParsedAlerts => {
  const reader = readerOf(options.mapping)
  const read = (raw: unknown, field: string): Alert => readAlert(raw, field, reader, options.receivedAt)
  const list = listIn(payload, reader)
  if (list !== null) return readBatch(list.items, (index) => fieldAt(list.field, index), read)
  if (isObject(payload)) return readBatch([payload], () => '', read)
  throw new PayloadError(
    '',
    `expected an object or a list of alerts, found ${kindOf(payload)}; send JSON objects`,
  )
}

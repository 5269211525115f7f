import type { GenericMapping } from '../../src/domain/alert-parser.ts'

/** Where most senders of their own JSON put things. An `id` is not taken for identity: it often counts events. */
const defaultMapping: { readonly [Field in keyof GenericMapping]-?: readonly string[] } = {
  alerts: ['alerts'],
  key: ['fingerprint', 'dedup_key', 'dedupKey', 'alert_key', 'alertKey'],
  title: ['title', 'name', 'alertname', 'alert', 'rule', 'labels.alertname'],
  summary: ['summary', 'annotations.summary', 'message', 'text', 'description', 'annotations.description'],
  status: ['status', 'state'],
  severity: ['severity', 'labels.severity', 'priority', 'level'],
  service: ['service', 'service.name', 'labels.service'],
  startsAt: ['startsAt', 'starts_at', 'startedAt', 'started_at', 'lastReceived', 'timestamp', 'time'],
  endsAt: ['endsAt', 'ends_at', 'endedAt', 'ended_at', 'resolvedAt', 'resolved_at'],
  labels: ['labels', 'tags', 'environment', 'region', 'cluster', 'namespace', 'host', 'instance'],
  links: ['url', 'link', 'links', 'dashboardURL', 'runbook_url', 'generatorURL'],
  firing: ['firing', 'alerting', 'active', 'open', 'opened', 'triggered', 'problem', 'down', 'error'],
  resolved: ['resolved', 'ok', 'closed', 'recovered', 'recovery', 'cleared', 'inactive', 'normal', 'up'],
}

type PathField = Exclude<keyof GenericMapping, 'firing' | 'resolved'>

/** A mapping ready to read with: every path split once. */
export type Reader = Readonly<Record<PathField, readonly (readonly string[])[]>> & {
  readonly firing: ReadonlySet<string>
  readonly resolved: ReadonlySet<string>
}

const split = (paths: readonly string[]): string[][] => paths.map((path) => path.split('.'))
const lower = (words: readonly string[]): Set<string> =>
  new Set(words.map((word) => word.trim().toLowerCase()))

const compile = (mapping: GenericMapping): Reader => {
  const full = (name: PathField): string[][] => split(mapping[name] ?? defaultMapping[name])
  return {
    alerts: full('alerts'),
    key: full('key'),
    title: full('title'),
    summary: full('summary'),
    status: full('status'),
    severity: full('severity'),
    service: full('service'),
    startsAt: full('startsAt'),
    endsAt: full('endsAt'),
    labels: full('labels'),
    links: full('links'),
    firing: lower(mapping.firing ?? defaultMapping.firing),
    resolved: lower(mapping.resolved ?? defaultMapping.resolved),
  }
}

const byDefault = compile({})

export const readerOf = (mapping: GenericMapping | undefined): Reader =>
  mapping === undefined ? byDefault : compile(mapping)

/** What stands at the path; undefined when nothing does. Only own properties count. */
export const valueAt = (value: unknown, path: readonly string[]): unknown => {
  let here = value
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined
    here = (here as Record<string, unknown>)[part]
  }
  return here
}

import type { Fact } from '../../src/domain/evidence.ts'

/** Reads a health answer in the form of the IETF draft health+json (draft-inadarei-api-health-check-06). */

export type HealthStatus = 'pass' | 'warn' | 'fail'

export interface HealthCheck {
  /** `memory:utilization`, `circuit:payments`. */
  readonly name: string
  readonly status: HealthStatus | null
  readonly value: Fact
  readonly unit: string | null
  readonly since: string | null
}

export interface Health {
  readonly status: HealthStatus
  readonly checks: readonly HealthCheck[]
}

const MAX_CHECKS = 50
const MAX_TEXT = 200

/** The draft lets `ok` and `up`, `error` and `down` stand for pass and fail, as common frameworks write them. */
const statuses: ReadonlyMap<string, HealthStatus> = new Map([
  ['pass', 'pass'],
  ['ok', 'pass'],
  ['up', 'pass'],
  ['warn', 'warn'],
  ['fail', 'fail'],
  ['error', 'fail'],
  ['down', 'fail'],
])

/** Null when the body is no health answer. A malformed check is left out; the others count. */
export function readHealth(contentType: string, body: string | null): Health | null {
  if (body === null || !/[/+]json\b/i.test(contentType)) return null
  const document = parse(body)
  if (!isRecord(document)) return null
  const status = statusOf(document['status'])
  if (status === null) return null
  const { checks } = document
  return { status, checks: isRecord(checks) ? readChecks(checks) : [] }
}

function readChecks(checks: Record<string, unknown>): HealthCheck[] {
  return Object.entries(checks)
    .slice(0, MAX_CHECKS)
    .flatMap(([name, observations]) => {
      const readable = (Array.isArray(observations) ? observations : [observations]).filter(isRecord)
      const all = readable.slice(0, MAX_CHECKS).map((one) => readCheck(text(name), one))
      return all.toSorted((a, b) => rank(b) - rank(a) || numeric(b) - numeric(a)).slice(0, 1)
    })
}

const readCheck = (name: string, observation: Record<string, unknown>): HealthCheck => ({
  name,
  status: statusOf(observation['status']),
  value: factOf(observation['observedValue']),
  unit: textOrNull(observation['observedUnit']),
  since: textOrNull(observation['since']),
})

/** Of several observations (one a node) the worst stands for the check; among equals the highest. */
const rank = ({ status }: HealthCheck): number =>
  status === null ? 0 : { pass: 1, warn: 2, fail: 3 }[status]
const numeric = ({ value }: HealthCheck): number =>
  typeof value === 'number' ? value : Number.MIN_SAFE_INTEGER

const statusOf = (value: unknown): HealthStatus | null =>
  typeof value === 'string' ? (statuses.get(value.toLowerCase()) ?? null) : null

const factOf = (value: unknown): Fact =>
  typeof value === 'number' || typeof value === 'boolean' ? value : textOrNull(value)

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? text(value) : null)

/** Printable, on one line, bounded: a service may write anything here. */
const text = (value: string): string =>
  [...value.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')].slice(0, MAX_TEXT).join('')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

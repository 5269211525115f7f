import { statfs } from 'node:fs/promises'
import type { App } from '../app/app.ts'
import { damagedEntry } from '../app/audit/seal.ts'
import type { IngestWriter } from '../app/ingest/batch-writer.ts'
import type { ChatState, Clock } from '../app/ports.ts'
import type { Context } from '../context.ts'
import { type Backlog, type DeliveryLag, readBacklog, readDeliveryLag } from '../storage/health.repository.ts'
import { readSealingLag, type SealingLag } from '../storage/log.repository.ts'
import { readSiemLag, type SiemLag } from '../storage/siem.repository.ts'
import { createClockWatch } from './clock-watch.ts'

export type HealthStatus = 'pass' | 'warn' | 'fail'
export interface Check {
  readonly status: HealthStatus
  readonly detail: string
  /** Since when it fails, as far as it was looked at; absent while it does not. */
  readonly since?: Temporal.Instant
}
export interface HealthReport {
  readonly status: HealthStatus
  readonly version: string
  readonly checks: Readonly<Record<string, Check>>
}

export interface HealthFacts {
  readonly database: {
    readonly describe: string
    readonly directory: string | null
    readonly away: () => string | null
  }
  readonly version: string
  /** Null where no watchdog belongs to this process. */
  readonly watchdogAlive: (() => boolean) | null
  /** True where steps are performed: how their processes are held is told too. */
  readonly performs?: boolean
  readonly configuration: () => Check
  /** How the chats stand that this process is connected to. */
  readonly connections?: () => readonly (ChatState & { readonly platform: string })[]
  /** In words, what keeps this process from sealing the history; absent where it does not seal. */
  readonly sealing?: () => readonly string[]
  /** Under which the SIEM's cursors are kept; null or absent where there is none. */
  readonly siem?: string | null
  readonly ingest: Pick<IngestWriter, 'waiting'>
  /** How long the database may take to answer; 3 s when it is not given. */
  readonly patienceMs?: number
}

/** Whoever asks is mostly a probe that waits no longer than this, or a person at night. */
const patienceMs = 3_000

/** Older unfinished work than this is told as a warning. */
const lateMs = 30_000
/** A chat that shows what was true longer ago than this is told as a warning. */
const behindMs = 60_000
/** PostgreSQL writes its log in pieces of 16 MiB: below two of them it may stop at any moment. */
const diskFailBytes = 32 * 1024 * 1024
const diskWarnBytes = 256 * 1024 * 1024

/** What works, what doesn't, in words. Never throws: a database that is gone is a finding. */
export const createHealth = (
  context: Pick<Context, 'app' | 'containment'>,
  facts: HealthFacts,
): (() => Promise<HealthReport>) => {
  const clock = createClockWatch(context.app.clock)
  const since = rememberFailures(context.app.clock)
  const look = patientLook(() => readDue(context.app, facts.siem ?? null), facts.patienceMs ?? patienceMs)
  return async () => {
    const [found, disk] = await Promise.all([look(), diskCheck(facts.database.directory)])
    const known = isDue(found) ? found : null
    const checks = since({
      database: databaseCheck(known === null ? found : null, facts.database),
      clock: clock.check(known?.backlog.now ?? null),
      ...(known === null ? {} : dueChecks(known)),
      ...(known === null ? {} : { audit: auditCheck(known.sealing, facts.sealing?.() ?? []) }),
      ...(known === null || known.siem === null ? {} : { siem: siemCheck(known.siem) }),
      ...(disk === null ? {} : { disk }),
      configuration: facts.configuration(),
      ...connectionChecks(facts.connections?.() ?? []),
      ...(facts.watchdogAlive === null ? {} : { watchdog: watchdogCheck(facts.watchdogAlive()) }),
      ...(facts.performs === true ? { containment: containmentCheck(context) } : {}),
      intake: { status: 'pass', detail: `${facts.ingest.waiting()} alerts wait to be written` },
    })
    const worst =
      (['fail', 'warn', 'pass'] as const).find((status) =>
        Object.values(checks).some((check) => check.status === status),
      ) ?? 'pass'
    return { status: worst, version: facts.version, checks }
  }
}

/**
 * Asks once at a time: a database that holds on to a question without answering would otherwise be asked again by every
 * probe, until it holds all connections. What comes too late is an error that says so.
 */
const patientLook = (ask: () => Promise<unknown>, waitMs: number): (() => Promise<unknown>) => {
  let asked: Promise<unknown> | null = null
  return async () => {
    asked ??= ask()
      .catch((error: unknown) => error)
      .finally(() => {
        asked = null
      })
    const { promise: late, resolve } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => resolve(new Error(`it does not answer within ${waitMs / 1000} s`)), waitMs)
    return Promise.race([asked, late]).finally(() => clearTimeout(timer))
  }
}

/** Adds to each check that fails when it was first seen to fail. */
const rememberFailures = (clock: Pick<Clock, 'now'>) => {
  let failing: Readonly<Record<string, Temporal.Instant>> = {}
  return (checks: Readonly<Record<string, Check>>): Readonly<Record<string, Check>> => {
    const now = clock.now()
    failing = Object.fromEntries(
      Object.entries(checks)
        .filter(([, { status }]) => status === 'fail')
        .map(([name]) => [name, failing[name] ?? now]),
    )
    return Object.fromEntries(
      Object.entries(checks).map(([name, check]) => {
        const since = failing[name]
        return [name, since === undefined ? check : { ...check, since }]
      }),
    )
  }
}

interface Due {
  readonly backlog: Backlog
  readonly chats: readonly DeliveryLag[]
  readonly sealing: SealingLag
  readonly siem: SiemLag | null
}

const readDue = async (
  { store, chats }: Pick<App, 'store' | 'chats'>,
  siemName: string | null,
): Promise<Due> => {
  const [backlog, sealing, siem, ...lags] = await Promise.all([
    readBacklog(store),
    readSealingLag(store),
    siemName === null ? null : readSiemLag(store, siemName),
    ...chats.map((chat) => readDeliveryLag(store, chat)),
  ])
  return { backlog, sealing, siem, chats: lags }
}

const isDue = (value: unknown): value is Due =>
  typeof value === 'object' && value !== null && 'backlog' in value

const databaseCheck = (fault: unknown, { describe, away }: HealthFacts['database']): Check => {
  if (fault === null) return { status: 'pass', detail: describe }
  const reason = away() ?? (fault instanceof Error ? fault.message : 'no reason was given')
  return {
    status: 'fail',
    detail: `cannot be reached: ${reason}. Alerts are answered with 503 until it is back, so their senders try again.`,
  }
}

const dueChecks = ({ backlog, chats }: Due): Record<string, Check> => ({
  queue:
    backlog.oldestDueMs > lateMs
      ? {
          status: 'warn',
          detail: `the oldest work has been due for ${Math.round(backlog.oldestDueMs / 1000)} s (${backlog.due} due)`,
        }
      : { status: 'pass', detail: backlog.due === 0 ? 'nothing waits' : `${backlog.due} due` },
  ...Object.fromEntries(chats.map((lag) => [`chat_${lag.chat}`, chatCheck(lag)])),
})

/**
 * A warning, however bad: healing goes on without, and an answer of 503 would take a Suture out of service that takes alerts as
 * well as ever.
 */
const auditCheck = ({ waiting, oldestMs, damaged }: SealingLag, problems: readonly string[]): Check => {
  const said = damaged === null ? problems : [damagedEntry(damaged.tenantId, damaged.seq)]
  if (said.length > 0)
    return { status: 'warn', detail: `${said.join('; ')} (${waiting} entries wait to be sealed)` }
  if (oldestMs > lateMs)
    return {
      status: 'warn',
      detail: `${waiting} entries of the history wait to be sealed, the oldest for ${Math.round(oldestMs / 1000)} s. A process with the role worker and the log's key seals them`,
    }
  return {
    status: 'pass',
    detail:
      waiting === 0 ? 'the history is sealed' : `${waiting} entries of the history are about to be sealed`,
  }
}

/** A warning alone: nothing waits for the SIEM. */
const siemCheck = ({ waiting, oldestMs, lastError }: SiemLag): Check => {
  if (waiting === 0) return { status: 'pass', detail: 'the SIEM has every sealed entry' }
  const why = lastError === '' ? '' : `; the last try failed: ${lastError}`
  return {
    status: oldestMs > lateMs || lastError !== '' ? 'warn' : 'pass',
    detail: `${waiting} sealed entries wait for the SIEM, the oldest for ${Math.round(oldestMs / 1000)} s${why}`,
  }
}

const chatCheck = ({ behind, oldestMs, lastError }: DeliveryLag): Check => {
  if (behind === 0) return { status: 'pass', detail: 'every card is shown' }
  const why = lastError === '' ? '' : `; the last try failed: ${lastError}`
  const cards = behind === 1 ? '1 card is on its way' : `${behind} cards are on their way`
  return oldestMs > behindMs
    ? { status: 'warn', detail: `${Math.round(oldestMs / 1000)} s behind: ${cards}${why}` }
    : { status: 'pass', detail: `${cards}${why}` }
}

/** A warning alone: the console heals without them, and their cards wait. */
const connectionChecks = (
  states: readonly (ChatState & { readonly platform: string })[],
): Record<string, Check> =>
  Object.fromEntries(
    states.map(({ platform, connected, sentence }) => [
      platform,
      { status: connected ? ('pass' as const) : ('warn' as const), detail: sentence },
    ]),
  )

/** Of the embedded database's disk; an outside one is its operator's. */
const diskCheck = async (directory: string | null): Promise<Check | null> => {
  if (directory === null) return null
  try {
    const { bavail, bsize } = await statfs(directory)
    const free = bavail * bsize
    const text = `${Math.floor(free / (1024 * 1024))} MB are free where the database keeps its files (${directory})`
    if (free >= diskWarnBytes) return { status: 'pass', detail: text }
    return free < diskFailBytes
      ? { status: 'fail', detail: `is full: ${text}. New alerts are answered with 503 until there is room.` }
      : { status: 'warn', detail: `is nearly full: ${text}` }
  } catch (error) {
    return {
      status: 'warn',
      detail: `cannot be measured: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

const watchdogCheck = (alive: boolean): Check =>
  alive
    ? { status: 'pass', detail: 'runs in a process of its own' }
    : {
        status: 'fail',
        detail: 'is not running: a worker that hangs would not be ended. It is being started again.',
      }

const containmentCheck = (context: Pick<Context, 'containment'>): Check => {
  const { kind, sentence } = context.containment()
  return {
    status: kind === 'pid_namespace' || kind.includes('namespace') ? 'pass' : 'warn',
    detail: sentence,
  }
}

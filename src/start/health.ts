import { statfs } from 'node:fs/promises'
import type { IngestWriter } from '../app/ingest/batch-writer.ts'
import type { Context } from '../context.ts'
import { type Backlog, readBacklog } from '../storage/health.repository.ts'
import { createClockWatch } from './clock-watch.ts'

export type HealthStatus = 'pass' | 'warn' | 'fail'
export interface Check {
  readonly status: HealthStatus
  readonly detail: string
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
  /** Null where this process has no worker, and so no watchdog. */
  readonly watchdogAlive: (() => boolean) | null
  readonly configuration: () => Check
  readonly ingest: Pick<IngestWriter, 'waiting'>
}

/** Older unfinished work than this is told as a warning. */
const lateMs = 30_000
/** PostgreSQL writes its log in pieces of 16 MiB: below two of them it may stop at any moment. */
const diskFailBytes = 32 * 1024 * 1024
const diskWarnBytes = 256 * 1024 * 1024

/** What works, what doesn't, in words. Never throws: a database that is gone is a finding. */
export const createHealth = (
  context: Pick<Context, 'app' | 'containment'>,
  facts: HealthFacts,
): (() => Promise<HealthReport>) => {
  const clock = createClockWatch(context.app.clock)
  return async () => {
    const [backlog, disk] = await Promise.all([
      readBacklog(context.app.store).catch((error: unknown) => error),
      diskCheck(facts.database.directory),
    ])
    const known = isBacklog(backlog) ? backlog : null
    const checks: Record<string, Check> = {
      database: databaseCheck(known === null ? backlog : null, facts.database),
      clock: clock.check(known?.now ?? null),
      ...(known === null ? {} : backlogChecks(known)),
      ...(disk === null ? {} : { disk }),
      configuration: facts.configuration(),
      ...(facts.watchdogAlive === null
        ? {}
        : { watchdog: watchdogCheck(facts.watchdogAlive()), containment: containmentCheck(context) }),
      intake: { status: 'pass', detail: `${facts.ingest.waiting()} alerts wait to be written` },
    }
    const worst =
      (['fail', 'warn', 'pass'] as const).find((status) =>
        Object.values(checks).some((check) => check.status === status),
      ) ?? 'pass'
    return { status: worst, version: facts.version, checks }
  }
}

const isBacklog = (value: unknown): value is Backlog =>
  typeof value === 'object' && value !== null && 'oldestDueMs' in value

const databaseCheck = (fault: unknown, { describe, away }: HealthFacts['database']): Check => {
  if (fault === null) return { status: 'pass', detail: describe }
  const reason = away() ?? (fault instanceof Error ? fault.message : 'no reason was given')
  return {
    status: 'fail',
    detail: `cannot be reached: ${reason}. Alerts are answered with 503 until it is back, so their senders try again.`,
  }
}

const backlogChecks = (backlog: Backlog): Record<string, Check> => ({
  queue:
    backlog.oldestDueMs > lateMs
      ? {
          status: 'warn',
          detail: `the oldest work has been due for ${Math.round(backlog.oldestDueMs / 1000)} s (${backlog.due} due)`,
        }
      : { status: 'pass', detail: backlog.due === 0 ? 'nothing waits' : `${backlog.due} due` },
  chat_console:
    backlog.oldestUndeliveredMs > lateMs
      ? {
          status: 'warn',
          detail: `cards are ${Math.round(backlog.oldestUndeliveredMs / 1000)} s behind (${backlog.undelivered})`,
        }
      : {
          status: 'pass',
          detail:
            backlog.undelivered === 0 ? 'every card is shown' : `${backlog.undelivered} cards on their way`,
        },
})

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

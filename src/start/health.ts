import type { IngestWriter } from '../app/ingest/batch-writer.ts'
import type { Context } from '../context.ts'
import { readBacklog } from '../storage/health.repository.ts'

export type HealthStatus = 'pass' | 'warn' | 'fail'
export interface HealthReport {
  readonly status: HealthStatus
  readonly version: string
  readonly checks: Readonly<Record<string, { readonly status: HealthStatus; readonly detail: string }>>
}

interface HealthFacts {
  readonly database: string
  readonly version: string
  readonly watchdogAlive: () => boolean
  readonly ingest: IngestWriter
}

/** Older unfinished work than this is told as a warning. */
const lateMs = 30_000
/** A wall clock that is further from PostgreSQL's than this is told. */
const skewMs = 5_000

/** What works, what doesn't, in words. Never throws: a database that is gone is a finding. */
export const createHealth = (context: Context, facts: HealthFacts) => async (): Promise<HealthReport> => {
  const checks: Record<string, { status: HealthStatus; detail: string }> = {
    ...(await databaseChecks(context, facts)),
    watchdog: facts.watchdogAlive()
      ? { status: 'pass', detail: 'runs in a process of its own' }
      : {
          status: 'fail',
          detail: 'is not running: a worker that hangs would not be ended. It is being started again.',
        },
    containment: containmentCheck(context),
    intake: { status: 'pass', detail: `${facts.ingest.waiting()} alerts wait to be written` },
  }
  const worst =
    (['fail', 'warn', 'pass'] as const).find((status) =>
      Object.values(checks).some((check) => check.status === status),
    ) ?? 'pass'
  return { status: worst, version: facts.version, checks }
}

const containmentCheck = (context: Context) => {
  const { kind, sentence } = context.containment()
  return {
    status: kind === 'pid_namespace' || kind.includes('namespace') ? ('pass' as const) : ('warn' as const),
    detail: sentence,
  }
}

const databaseChecks = async (
  { app }: Context,
  facts: HealthFacts,
): Promise<Record<string, { status: HealthStatus; detail: string }>> => {
  try {
    const backlog = await readBacklog(app.store)
    const skew = Math.abs(app.clock.now().epochMilliseconds - backlog.now.epochMilliseconds)
    return {
      database: { status: 'pass', detail: facts.database },
      clock:
        skew > skewMs
          ? {
              status: 'warn',
              detail: `this machine and PostgreSQL differ by ${Math.round(skew / 1000)} s; expiries follow PostgreSQL`,
            }
          : { status: 'pass', detail: 'agrees with PostgreSQL' },
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
                backlog.undelivered === 0
                  ? 'every card is shown'
                  : `${backlog.undelivered} cards on their way`,
            },
    }
  } catch (error) {
    const detail = `cannot be reached: ${error instanceof Error ? error.message : String(error)}. Alerts are answered with 503 until it is back, so their senders try again.`
    return { database: { status: 'fail', detail } }
  }
}

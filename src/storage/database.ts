import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { AuditEntryTable, AuditUnsealedTable, OutboxTable } from './audit.table.ts'
import type { ActionTokenTable, CardDeliveryTable, CardTable, ClickTable } from './card.table.ts'
import type { ConfigVersionTable, GovernanceTable } from './configuration.table.ts'
import type {
  ApiKeyTable,
  IdempotencyKeyTable,
  IdentityTable,
  PersonTable,
  SessionTable,
  TenantTable,
} from './identity.table.ts'
import type {
  AlertKeptAsideTable,
  AlertTable,
  EvidenceTable,
  IncidentTable,
  MessageTable,
} from './incident.table.ts'
import type { LearningOutcomeTable, LearningRollupTable } from './learning.table.ts'
import { encodeParameters, typeParsers } from './pg-types.ts'
import type {
  ApprovalDecisionTable,
  ApprovalRequestTable,
  PermitTable,
  ProposalTable,
  RunLogTable,
  RunProcessTable,
  RunTable,
  StepExecutionTable,
  TargetLockTable,
} from './run.table.ts'

export interface Database {
  tenant: TenantTable
  person: PersonTable
  identity: IdentityTable
  api_key: ApiKeyTable
  session: SessionTable
  idempotency_key: IdempotencyKeyTable
  governance: GovernanceTable
  config_version: ConfigVersionTable
  incident: IncidentTable
  alert: AlertTable
  alert_kept_aside: AlertKeptAsideTable
  evidence: EvidenceTable
  message: MessageTable
  card: CardTable
  card_delivery: CardDeliveryTable
  action_token: ActionTokenTable
  click: ClickTable
  proposal: ProposalTable
  run: RunTable
  approval_request: ApprovalRequestTable
  approval_decision: ApprovalDecisionTable
  permit: PermitTable
  step_execution: StepExecutionTable
  run_log: RunLogTable
  run_process: RunProcessTable
  target_lock: TargetLockTable
  learning_outcome: LearningOutcomeTable
  learning_rollup: LearningRollupTable
  audit_entry: AuditEntryTable
  audit_unsealed: AuditUnsealedTable
  outbox: OutboxTable
}

export interface Store {
  readonly db: Kysely<Database>
  readonly pool: pg.Pool
  /**
   * Connections of their own for what open transactions wait for. Taken from `pool`, the last of them would wait for a
   * transaction to end that itself waits for this.
   */
  readonly aside: Kysely<Database>
  /** Added to PostgreSQL's clock wherever a rule asks for the time. Zero outside tests. */
  readonly shiftMs: () => number
  readonly close: () => Promise<void>
}

/** One transaction inside one tenant: row-level security shows this tenant's rows and no others. */
export interface Tx {
  readonly tenantId: string
  /** PostgreSQL's clock at the start of the transaction. */
  readonly now: Temporal.Instant
  readonly db: Transaction<Database>
}

export interface StoreOptions {
  /** Connects as `suture_app`, or as a role that may become it (then `assumeAppRole` is set). */
  readonly url: string
  readonly assumeAppRole?: boolean
  readonly maxConnections: number
  readonly shiftMs?: () => number
  readonly onError: (error: Error) => void
}

export const openStore = (options: StoreOptions): Store => {
  const pool = openPool(options, options.maxConnections)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: encodeParameters(pool) }) })
  const aside = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: encodeParameters(openPool(options, asideConnections)) }),
  })
  const close = async (): Promise<void> => {
    await Promise.all([db.destroy(), aside.destroy()])
  }
  return { db, pool, aside, shiftMs: options.shiftMs ?? (() => 0), close }
}

const asideConnections = 1

const openPool = (options: StoreOptions, max: number): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: options.url,
    max,
    connectionTimeoutMillis: 5_000,
    // A waiting lock must end in an error that a person sees, not in a pool that silently fills up.
    options: `-c timezone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000${options.assumeAppRole === true ? ' -c role=suture_app' : ''}`,
    types: typeParsers,
    // `begin` and the first statement go out together.
    pipeline: true,
    application_name: 'suture',
  })
  pool.on('error', options.onError)
  // A connection that breaks between two statements of a transaction says so by an event, and an event nobody listens to
  // ends the process. The next statement fails all the same, and whoever sends it is told.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

export const inTenant = <T>(
  store: Pick<Store, 'db' | 'shiftMs'>,
  tenantId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> =>
  store.db.transaction().execute(async (db) => {
    const { rows } = await sql<{
      now: Temporal.Instant
    }>`select now(), set_config('suture.tenant', ${tenantId}, true)`.execute(db)
    const row = rows[0]
    if (row === undefined) throw new Error('PostgreSQL did not tell the time')
    return work({ tenantId, now: row.now.add({ milliseconds: store.shiftMs() }), db })
  })

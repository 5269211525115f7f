import { type Expression, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { AuditEntryTable, AuditUnsealedTable, OutboxTable } from './audit.table.ts'
import type { BreakGlassTable, ModeSettingTable } from './autonomy.table.ts'
import type {
  ActionTokenTable,
  CardDeliveryTable,
  CardTable,
  ClickTable,
  DeliveryLaneTable,
  TenantChatTable,
} from './card.table.ts'
import type { ChangeTable } from './change.table.ts'
import type { LinkCodeTable, LinkFailureTable, SeenEventTable } from './chat.table.ts'
import type { ConfigVersionTable, GovernanceTable } from './configuration.table.ts'
import type { DelegationTable } from './delegation.table.ts'
import type { FocusCycleTable, SchedulerCounterTable } from './focus.table.ts'
import type { FreezeTable } from './freeze.table.ts'
import { GatheringSocket } from './gathering-socket.ts'
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
import type {
  CalibrationTable,
  LearningHourTable,
  LearningOutcomeTable,
  LearningRollupTable,
  LearningTotalTable,
  RecoveryDayTable,
  RecoveryTotalTable,
} from './learning.table.ts'
import type { DedupClaimTable, ProposalBackOffTable } from './limit.table.ts'
import type {
  AuditCheckpointTable,
  AuditKeyTable,
  AuditLeafTable,
  AuditLogTable,
  AuditTileTable,
  AuditWitnessTable,
} from './log.table.ts'
import { encodeParameters, typeParsers } from './pg-types.ts'
import type { PolicyVerdictTable } from './policy.table.ts'
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
import type { SelfTestTable } from './self-test.table.ts'
import type { SiemCursorTable } from './siem.table.ts'
import type { SilencedAlertTable, SilenceTable } from './silence.table.ts'
import { openTransact, type Transact, type TransactOptions } from './transact.ts'

export interface Database {
  tenant: TenantTable
  person: PersonTable
  identity: IdentityTable
  api_key: ApiKeyTable
  session: SessionTable
  idempotency_key: IdempotencyKeyTable
  governance: GovernanceTable
  mode_setting: ModeSettingTable
  break_glass: BreakGlassTable
  config_version: ConfigVersionTable
  incident: IncidentTable
  alert: AlertTable
  alert_kept_aside: AlertKeptAsideTable
  evidence: EvidenceTable
  change: ChangeTable
  freeze: FreezeTable
  message: MessageTable
  card: CardTable
  card_delivery: CardDeliveryTable
  delivery_lane: DeliveryLaneTable
  tenant_chat: TenantChatTable
  action_token: ActionTokenTable
  click: ClickTable
  link_code: LinkCodeTable
  link_failure: LinkFailureTable
  seen_event: SeenEventTable
  proposal: ProposalTable
  run: RunTable
  approval_request: ApprovalRequestTable
  approval_decision: ApprovalDecisionTable
  delegation: DelegationTable
  permit: PermitTable
  policy_verdict: PolicyVerdictTable
  step_execution: StepExecutionTable
  run_log: RunLogTable
  run_process: RunProcessTable
  target_lock: TargetLockTable
  learning_outcome: LearningOutcomeTable
  learning_rollup: LearningRollupTable
  learning_hour: LearningHourTable
  learning_total: LearningTotalTable
  recovery_day: RecoveryDayTable
  recovery_total: RecoveryTotalTable
  calibration: CalibrationTable
  focus_cycle: FocusCycleTable
  scheduler_counter: SchedulerCounterTable
  self_test: SelfTestTable
  silence: SilenceTable
  silenced_alert: SilencedAlertTable
  dedup_claim: DedupClaimTable
  proposal_back_off: ProposalBackOffTable
  audit_entry: AuditEntryTable
  audit_unsealed: AuditUnsealedTable
  audit_log: AuditLogTable
  audit_key: AuditKeyTable
  audit_leaf: AuditLeafTable
  audit_tile: AuditTileTable
  audit_checkpoint: AuditCheckpointTable
  audit_witness: AuditWitnessTable
  siem_cursor: SiemCursorTable
  outbox: OutboxTable
}

export interface Store {
  readonly db: Kysely<Database>
  readonly transact: Transact
  readonly pool: pg.Pool
  /**
   * Connections of their own for what open transactions wait for. Taken from `pool`, the last of them would wait for a
   * transaction to end that itself waits for this.
   */
  readonly aside: Transact
  /** Added to PostgreSQL's clock wherever a rule asks for the time. Zero outside tests. */
  readonly shiftMs: () => number
  readonly close: () => Promise<void>
}

/** An id, or the query that finds it in the same statement. */
export type IdOrQuery = string | Expression<string>

/** One transaction inside one tenant: row-level security shows this tenant's rows and no others. */
export interface Tx {
  readonly tenantId: string
  /** PostgreSQL's clock at the start of the transaction. */
  readonly now: Temporal.Instant
  /** Statements started together go out together, in their order. */
  readonly db: Kysely<Database>
}

/** A transaction that may not know yet what time it is. */
export type Opening = Omit<Tx, 'now'>

export interface StoreOptions {
  /** Connects as `suture_app`, or as a role that may become it (then `assumeAppRole` is set). */
  readonly url: string
  readonly assumeAppRole?: boolean
  readonly maxConnections: number
  /** Connections that nobody has used for so many ms are closed; a minute when absent. */
  readonly idleMs?: number
  readonly shiftMs?: () => number
  readonly onError: (error: Error) => void
}

export const openStore = (options: StoreOptions): Store => {
  const pool = openPool(options, options.maxConnections)
  const encoded = encodeParameters(pool)
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: encoded }) })
  const asidePool = openPool(options, asideConnections)
  const close = async (): Promise<void> => {
    await Promise.all([db.destroy(), asidePool.end()])
  }
  return {
    db,
    transact: openTransact(encoded),
    pool,
    aside: openTransact(encodeParameters(asidePool)),
    shiftMs: options.shiftMs ?? (() => 0),
    close,
  }
}

const asideConnections = 1

/** A new connection costs a process of PostgreSQL's, and every statement has to be planned anew. */
const usualIdleMs = 60_000

/**
 * A process that is stopped in the middle of a transaction holds the rows of a run, and nobody can take it over or end it until
 * PostgreSQL ends that transaction. Nothing outside is called inside one, so only a process that hangs is idle there this long.
 */
const idleInTransactionMs = 5_000

const openPool = (options: StoreOptions, max: number): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: options.url,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: options.idleMs ?? usualIdleMs,
    // A waiting lock must end in an error that a person sees, not in a pool that silently fills up.
    options: `-c timezone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=${idleInTransactionMs}${options.assumeAppRole === true ? ' -c role=suture_app' : ''}`,
    types: typeParsers,
    // `begin` and the first statement go out together.
    pipeline: true,
    stream: () => new GatheringSocket(),
    application_name: 'suture',
  })
  pool.on('error', options.onError)
  // A connection that breaks between two statements of a transaction says so by an event, and an event nobody listens to
  // ends the process. The next statement fails all the same, and whoever sends it is told.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

export interface TenantOptions extends Pick<TransactOptions, 'readOnly' | 'last'> {
  /**
   * Its first statements go out together with the transaction's beginning, a round trip less. `now` is not known before one
   * of them is answered, and throws till then.
   */
  readonly eager?: boolean
  /**
   * Its commit does not wait for the disk. Should PostgreSQL crash in the next moment it is forgotten, but never when
   * anything that was committed after it is kept: the log is kept in order.
   */
  readonly volatile?: boolean
  /**
   * All that it asks goes through keys, however few rows there are yet. So each statement is planned once a connection, for
   * whatever it is asked with: PostgreSQL itself plans lists anew each time, and reads a young table from end to end for hours.
   */
  readonly keyed?: boolean
  /** It fails when it waits longer than this for a row, in ms; ten seconds when absent. */
  readonly lockTimeoutMs?: number
}

const beginning = `select now() as now, set_config('suture.tenant', $1, true)`
const volatileBeginning = `${beginning}, set_config('synchronous_commit', 'off', true)`
const keyedBeginning = `${beginning}, set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`

export const inTenant = <T>(
  store: Pick<Store, 'transact' | 'shiftMs'>,
  tenantId: string,
  work: (tx: Tx) => Promise<T>,
  {
    readOnly = false,
    eager = false,
    volatile = false,
    keyed = false,
    lockTimeoutMs,
    last,
  }: TenantOptions = {},
): Promise<T> =>
  store.transact(
    async (db, first) => {
      let told: Temporal.Instant | null = null
      const telling = first.then(({ rows: [row] }) => {
        told = (row as { now: Temporal.Instant }).now.add({ milliseconds: store.shiftMs() })
        return told
      })
      if (!eager) return work({ tenantId, now: await telling, db })
      const working = work({
        tenantId,
        db,
        get now() {
          if (told === null) throw new Error('PostgreSQL has not told the time yet; ask it something first')
          return told
        },
      })
      return (await Promise.all([working, telling]))[0]
    },
    {
      readOnly,
      ...(last === undefined ? {} : { last }),
      first: firstOf(
        volatile ? volatileBeginning : keyed ? keyedBeginning : beginning,
        tenantId,
        lockTimeoutMs,
      ),
    },
  )

const firstOf = (text: string, tenantId: string, lockTimeoutMs: number | undefined) =>
  lockTimeoutMs === undefined
    ? { text, values: [tenantId] }
    : { text: `${text}, set_config('lock_timeout', $2, true)`, values: [tenantId, String(lockTimeoutMs)] }

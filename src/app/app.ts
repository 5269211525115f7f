import type { EffectKind } from '../domain/effect.ts'
import type { Playbook } from '../domain/playbook.ts'
import type { Catalogue, Service, Target } from '../domain/service.ts'
import type { Store } from '../storage/database.ts'
import type { Pressure } from './ingest/pressure.ts'
import type { ActionExecutor, Clock, EvidenceSource, Ids } from './ports.ts'

/** What every use case is given. Built once per process by `context.ts`; tests override any part of it. */
export interface App {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly limits: Limits
  readonly configuration: ConfigurationReader
  readonly executors: ReadonlyMap<Target['kind'], ActionExecutor>
  readonly evidence: readonly EvidenceSource[]
  readonly probeHealth: ProbeHealth
  readonly bell: Bell
  /** Absent where nothing is taken in. */
  readonly pressure?: Pressure
  /** The chats that cards are delivered to. */
  readonly chats: readonly ('console' | 'slack' | 'discord')[]
  /** Names this process in leases and processes, such as `host:4711:b0c1`. */
  readonly workerId: string
  readonly host: string
  readonly log: Log
  /** True: mode observe everywhere, whatever the governance row says. */
  readonly observeOnly: boolean
  /** Called between any two commits and effects by the chaos tests; nothing in production. */
  readonly checkpoint: (name: string) => Promise<void>
}

export interface Limits {
  readonly approvalTtlMs: number
  readonly permitTtlMs: number
  readonly runBudgetMs: number
  readonly leaseMs: number
  readonly flapWindowMs: number
  readonly ringAgainMs: number
  readonly proposalsShown: number
}

export interface Configuration {
  readonly catalogue: Catalogue
  readonly playbooks: readonly LoadedPlaybook[]
  /** Hash over everything above: the policy version recorded in permits. */
  readonly version: string
  /** By name and alias. */
  readonly serviceOf: (label: string) => Service | undefined
}

export interface LoadedPlaybook {
  readonly playbook: Playbook
  readonly digest: string
}

export interface ConfigurationReader {
  readonly of: (tenantId: string) => Promise<Configuration>
}

export interface HealthReading {
  readonly healthy: boolean
  readonly measured: boolean
  readonly summary: string
  readonly latencyMs: number | null
}
export type ProbeHealth = (service: Service, signal: AbortSignal) => Promise<HealthReading>

/** Rings the queue after a commit. A lost ring is harmless: the sweeper rings again what is due. */
export interface Bell {
  readonly ring: (
    effects: readonly { tenantId: string; kind: EffectKind; key: string; ring: number }[],
  ) => void
}

export interface Log {
  readonly info: (details: object, message: string) => void
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

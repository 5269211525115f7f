import type { EffectKind } from '../domain/effect.ts'
import type { Playbook } from '../domain/playbook.ts'
import type { PolicyDocument } from '../domain/policy/document.ts'
import type { Catalogue, Service, Target } from '../domain/service.ts'
import type { Store } from '../storage/database.ts'
import type { EvidenceCache } from './heal/evidence-cache.ts'
import type { Pressure } from './ingest/pressure.ts'
import type { PeopleFirst } from './people-first.ts'
import type { ActionExecutor, Clock, EvidenceSource, Ids, MetricReader } from './ports.ts'
import type { RunCommits } from './run/run-commits.ts'
import type { ProcessFacts } from './self-test/process-facts.ts'

/** What every use case is given. Built once per process by `context.ts`; tests override any part of it. */
export interface App {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  /** In [0, 1): spreads what should not all come back at once. Nothing secret is made of it. */
  readonly random: () => number
  readonly limits: Limits
  readonly configuration: ConfigurationReader
  readonly executors: ReadonlyMap<Target['kind'], ActionExecutor>
  readonly evidence: readonly EvidenceSource[]
  readonly evidenceCache: EvidenceCache
  readonly metrics: MetricReader
  readonly probeHealth: ProbeHealth
  readonly bell: Bell
  /** What this process knows of itself, for a self-test; absent where nobody says. */
  readonly processFacts?: () => ProcessFacts | null
  /** Absent where nothing is taken in. */
  readonly pressure?: Pressure
  /** Absent where nobody is answered. */
  readonly peopleFirst?: PeopleFirst
  /** Makes commits of several runs together; absent where each is made alone. */
  readonly runCommits?: RunCommits
  /** The chats that cards are delivered to. */
  readonly chats: readonly ('console' | 'slack' | 'discord')[]
  /** Names this process in leases and processes, such as `host:4711:b0c1`. */
  readonly workerId: string
  readonly host: string
  readonly log: Log
  /** True: mode observe everywhere, whatever the governance row says. */
  readonly observeOnly: boolean
  /**
   * Called between any two commits and effects, with the ids of what it is about; the chaos tests strike there. Nothing in
   * production.
   */
  readonly checkpoint: (name: string, about?: () => readonly string[]) => Promise<void>
}

export interface Limits {
  readonly approvalTtlMs: number
  readonly permitTtlMs: number
  /** Roles that groups of a chat gave count for so long after the groups were read. */
  readonly groupRolesMaxAgeMs: number
  readonly runBudgetMs: number
  readonly leaseMs: number
  readonly flapWindowMs: number
  readonly ringAgainMs: number
  readonly proposalsShown: number
  /** An approval sooner than this after its request counts as rushed. */
  readonly rushedUnderMs: number
}

export interface Configuration {
  readonly catalogue: Catalogue
  readonly playbooks: readonly LoadedPlaybook[]
  readonly policy: LoadedPolicy
  /** Hash over everything above: the policy version recorded in permits. */
  readonly version: string
  /** By name and alias. */
  readonly serviceOf: (label: string) => Service | undefined
}

export interface LoadedPlaybook {
  readonly playbook: Playbook
  readonly digest: string
}

export interface LoadedPolicy {
  readonly document: PolicyDocument
  /** Of the file's version in force; `default` where no file is named. */
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

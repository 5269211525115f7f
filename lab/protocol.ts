/** What the supervisor and one instance say to each other over the IPC pipe. */
import type { FaultName, FlagName, LogLevel, ServiceName } from './estate.ts'

export type FlagState = { readonly enabled: boolean; readonly since: string }
export type Flags = Readonly<Record<FlagName, FlagState>>

/** Given to an instance at birth, as JSON in the environment variable LAB_INSTANCE. */
export type InstanceSetup = {
  readonly service: ServiceName
  readonly supervisorPid: number
  /** Where the balancer listens, e.g. http://127.0.0.1:7600 */
  readonly labUrl: string
  readonly flags: Flags
  readonly logLevel: LogLevel
  readonly leakMbPerSecond: number
}

/** Faults that live inside a process. Latency and bad-flag live in the supervisor, so a restart can't mend them. */
export type InstanceFault = Exclude<FaultName, 'latency' | 'bad-flag'>

export type ToInstance =
  | { readonly type: 'break'; readonly fault: InstanceFault; readonly id: number }
  | { readonly type: 'flags'; readonly flags: Flags; readonly id: number }
  | { readonly type: 'log-level'; readonly level: LogLevel; readonly id: number }
  | { readonly type: 'warm-cache'; readonly id: number }
  | { readonly type: 'flush-circuits'; readonly id: number }

export type Detail = Readonly<Record<string, string | number | boolean>>

export type FromInstance =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'done'; readonly id: number; readonly detail: Detail }

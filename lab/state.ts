/** The answer of GET /state. */
import { ESTATE, MAX_INSTANCES, MIN_INSTANCES, SERVICE_NAMES } from './estate.ts'
import { type ManagedService, type Runtime, titleOf } from './managed-service.ts'

export type ServiceView = {
  readonly name: string
  readonly title: string
  readonly dependsOn: readonly string[]
  readonly instances: readonly { readonly pid: number; readonly port: number; readonly since: string }[]
  readonly desired: number
  readonly bounds: { readonly min: number; readonly max: number }
  /** What the prober last saw; null before it saw anything. */
  readonly healthy: boolean | null
  readonly fault: string | null
  /** Shoppers sent in by the latency fault; they stay, also once there are instances enough. */
  readonly shoppers: number
  readonly flags: Readonly<Record<string, { readonly enabled: boolean; readonly since: string }>>
  readonly logLevel: string
  /** When the log level reverts by itself; null when it does not. */
  readonly logLevelUntil: string | null
  readonly restarts: number
}

export type EstateView = {
  readonly url: string
  readonly pid: number
  readonly services: readonly ServiceView[]
  readonly effects: { readonly total: number }
}

export const describeEstate = (
  runtime: Runtime,
  effects: number,
  healthy: (service: ManagedService) => boolean | null,
): EstateView => ({
  url: runtime.labUrl,
  pid: process.pid,
  services: SERVICE_NAMES.map((name) => {
    const service = runtime.services[name]
    return {
      name,
      title: titleOf(service),
      dependsOn: ESTATE[name].dependsOn,
      instances: service.instances.map(({ pid, port, since }) => ({ pid, port, since })),
      desired: service.desired,
      bounds: { min: MIN_INSTANCES, max: MAX_INSTANCES },
      healthy: healthy(service),
      fault: service.fault,
      shoppers: service.crowd?.shoppers ?? 0,
      flags: service.flags,
      logLevel: service.logLevel,
      logLevelUntil: service.logLevelUntil?.at ?? null,
      restarts: service.restarts,
    }
  }),
  effects: { total: effects },
})

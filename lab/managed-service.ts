/** One service as the supervisor holds it: its instances, and everything a restart must not forget. */
import { closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Crowd } from './crowd.ts'
import { ESTATE, type FaultName, type LogLevel, MIN_INSTANCES, type ServiceName } from './estate.ts'
import { compileCacheIn } from './files.ts'
import { type Instance, type Order, startInstance } from './instance.ts'
import type { Detail, Flags } from './protocol.ts'

export type ManagedService = {
  readonly name: ServiceName
  /** In the order they were started; the balancer goes round over them. */
  instances: Instance[]
  /** How many there should be; a crashed one stays missing until a restart. */
  desired: number
  turn: number
  /** The fault in force. Cleared by what mends it. */
  fault: FaultName | null
  flags: Flags
  logLevel: LogLevel
  logLevelUntil: { readonly at: string; readonly timer: NodeJS.Timeout } | null
  crowd: Crowd | null
  /** Restarts carried out since the lab started. */
  restarts: number
  /** Operations on one service happen one after the other. */
  tail: Promise<unknown>
}

export type Runtime = {
  readonly dir: string
  readonly labUrl: string
  readonly leakMbPerSecond: number
  readonly services: Readonly<Record<ServiceName, ManagedService>>
  readonly log: (message: string) => void
  stopping: boolean
}

const MAX_LOG_BYTES = 1024 * 1024
const DRAIN_MS = 300

export const nowText = (): string => Temporal.Now.instant().toString({ smallestUnit: 'millisecond' })

export const flagsOff = (): Flags => ({ 'new-pricing': { enabled: false, since: nowText() } })

export const manage = (name: ServiceName): ManagedService => ({
  name,
  instances: [],
  desired: MIN_INSTANCES,
  turn: 0,
  fault: null,
  flags: flagsOff(),
  logLevel: 'INFO',
  logLevelUntil: null,
  crowd: null,
  restarts: 0,
  tail: Promise.resolve(),
})

/** Runs `work` once everything asked of this service before is over. */
export function inTurn<T>(service: ManagedService, work: () => Promise<T>): Promise<T> {
  const mine = service.tail.then(work)
  service.tail = mine.catch(() => {})
  return mine
}

function openLog(dir: string, name: ServiceName): number {
  const file = join(dir, `${name}.log`)
  const large = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES
  return openSync(file, large ? 'w' : 'a', 0o600)
}

/** Starts `count` more instances at the same time and puts them behind the balancer. */
export async function addInstances(runtime: Runtime, service: ManagedService, count: number): Promise<void> {
  const logFd = openLog(runtime.dir, service.name)
  const setup = {
    service: service.name,
    supervisorPid: process.pid,
    labUrl: runtime.labUrl,
    flags: service.flags,
    logLevel: service.logLevel,
    leakMbPerSecond: runtime.leakMbPerSecond,
  }
  try {
    const one = () => startInstance(setup, logFd, compileCacheIn(runtime.dir))
    const started = await Promise.all(Array.from({ length: count }, one))
    for (const instance of started) {
      if (runtime.stopping) instance.killNow()
      service.instances.push(instance)
      void instance.exited.then((how) => noticeExit(runtime, service, instance, how))
    }
  } finally {
    closeSync(logFd)
  }
}

function noticeExit(runtime: Runtime, service: ManagedService, instance: Instance, how: string): void {
  if (!service.instances.includes(instance)) return
  service.instances = service.instances.filter((other) => other !== instance)
  if (!runtime.stopping) {
    runtime.log(
      `${service.name}: instance ${instance.pid} ended by itself (${how}); it stays down until a restart`,
    )
  }
}

/** Takes instances from behind the balancer, lets what they are doing finish for a moment, and ends them. */
export async function removeInstances(service: ManagedService, leaving: readonly Instance[]): Promise<void> {
  service.instances = service.instances.filter((instance) => !leaving.includes(instance))
  const deadline = performance.now() + DRAIN_MS
  await Promise.all(
    leaving.map(async (instance) => {
      while (instance.inFlight > 0 && instance.alive() && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      await instance.end()
    }),
  )
}

/** Tells every instance, and returns the answers; a hung one gives none. */
export async function tellAll(service: ManagedService, order: Order): Promise<Detail[]> {
  const answers = await Promise.all(service.instances.map((instance) => instance.tell(order)))
  return answers.filter((answer) => answer !== null)
}

export const titleOf = (service: ManagedService): string => ESTATE[service.name].title

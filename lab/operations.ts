/** What may be done to a service to heal it. Each acts for real and says what was before and is after. */
import { type FlagName, type LogLevel, MAX_INSTANCES, MIN_INSTANCES } from './estate.ts'
import {
  addInstances,
  type ManagedService,
  nowText,
  type Runtime,
  removeInstances,
  tellAll,
} from './managed-service.ts'
import { Problem } from './problem.ts'
import type { Flags } from './protocol.ts'

export type Result = Readonly<Record<string, unknown>>

const mended = (service: ManagedService, ...faults: readonly (string | null)[]) => {
  if (faults.includes(service.fault)) service.fault = null
}

export const pids = (service: ManagedService): number[] => service.instances.map((instance) => instance.pid)

/** Ends every instance and starts as many as there should be. Load and flags are not in the processes, so they stay. */
export async function restart(runtime: Runtime, service: ManagedService): Promise<Result> {
  const before = pids(service)
  await removeInstances(service, service.instances)
  service.restarts += 1
  await addInstances(runtime, service, service.desired)
  mended(service, 'hang', 'crash', 'errors', 'leak')
  return { before, after: pids(service), restarts: service.restarts }
}

/** @throws Problem 409 when the delta leads out of the bounds. */
export function checkScale(service: ManagedService, delta: number): void {
  const after = service.desired + delta
  if (after >= MIN_INSTANCES && after <= MAX_INSTANCES) return
  throw new Problem(
    409,
    'scale-out-of-bounds',
    'Outside the allowed number of instances',
    `${service.name} has ${service.desired}; ${delta > 0 ? '+' : ''}${delta} would make ${after}, and ${MIN_INSTANCES} to ${MAX_INSTANCES} are allowed`,
    `Use a delta between ${MIN_INSTANCES - service.desired} and ${MAX_INSTANCES - service.desired}, other than 0.`,
    [{ field: 'delta', message: `leads to ${after}, outside ${MIN_INSTANCES} to ${MAX_INSTANCES}` }],
  )
}

export async function scale(runtime: Runtime, service: ManagedService, delta: number): Promise<Result> {
  const before = service.desired
  service.desired += delta
  if (delta > 0) await addInstances(runtime, service, delta)
  else await removeInstances(service, service.instances.slice(service.desired))
  if (service.crowd) service.fault = service.desired > service.crowd.slowWith ? null : 'latency'
  return { before, after: service.desired, running: service.instances.length }
}

export async function setFlag(service: ManagedService, flag: FlagName, enabled: boolean): Promise<Result> {
  const before = service.flags[flag].enabled
  if (before !== enabled)
    service.flags = { ...service.flags, [flag]: { enabled, since: nowText() } } satisfies Flags
  const told = await tellAll(service, { type: 'flags', flags: service.flags })
  if (enabled) service.fault ??= 'bad-flag'
  else mended(service, 'bad-flag')
  return { flag, before, after: enabled, instances: service.instances.length, acknowledged: told.length }
}

export async function setLogLevel(
  service: ManagedService,
  level: LogLevel,
  ttlMinutes: number,
): Promise<Result> {
  const before = service.logLevel
  const until = Temporal.Now.instant().add({ minutes: ttlMinutes }).toString({ smallestUnit: 'millisecond' })
  const original = service.logLevelUntil ? 'INFO' : before
  await forgetLogLevel(service, level)
  const timer = setTimeout(() => void forgetLogLevel(service, original), ttlMinutes * 60_000)
  timer.unref()
  service.logLevelUntil = { at: until, timer }
  return { before, after: level, until }
}

/** Sets the level for good and drops whatever would have reverted it. */
export async function forgetLogLevel(service: ManagedService, level: LogLevel): Promise<void> {
  clearTimeout(service.logLevelUntil?.timer)
  service.logLevelUntil = null
  service.logLevel = level
  await tellAll(service, { type: 'log-level', level })
}

export const warmCache = (service: ManagedService): Promise<Result> => inEvery(service, 'warm-cache')

export async function flushCircuits(service: ManagedService): Promise<Result> {
  const result = await inEvery(service, 'flush-circuits')
  mended(service, 'errors')
  return result
}

/** @throws Problem 504 when not one instance answered: then nothing has happened. */
async function inEvery(service: ManagedService, type: 'warm-cache' | 'flush-circuits'): Promise<Result> {
  const asked = service.instances.length
  const answers = await tellAll(service, { type })
  if (answers.length === 0) {
    throw new Problem(
      504,
      'no-instance-answered',
      'No instance answered',
      `${type} reached none of the ${asked} running instances of ${service.name}`,
      'Restart the service: a hung or missing process cannot be told anything.',
    )
  }
  return {
    before: answers[0]?.before,
    after: answers[0]?.after,
    instances: asked,
    acknowledged: answers.length,
  }
}

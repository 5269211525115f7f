/** Breaks a service for real, and puts it back to how it began. */
import { gatherCrowd } from './crowd.ts'
import { type FaultName, MAX_INSTANCES, MIN_INSTANCES } from './estate.ts'
import type { Runtime } from './managed-service.ts'
import { addInstances, flagsOff, type ManagedService, removeInstances, tellAll } from './managed-service.ts'
import { forgetLogLevel, pids, type Result, setFlag } from './operations.ts'
import { Problem } from './problem.ts'

export async function breakService(
  runtime: Runtime,
  service: ManagedService,
  fault: FaultName,
  quote: () => Promise<unknown>,
): Promise<Result> {
  if (fault === 'latency' && service.desired === MAX_INSTANCES) {
    throw new Problem(
      409,
      'cannot-overload',
      'Nothing left to scale to',
      `${service.name} already has ${MAX_INSTANCES} instances, so no scaling could mend an overload`,
      `Mend it first (npm run lab -- mend ${service.name}), which brings it back to ${MIN_INSTANCES}.`,
      [{ field: 'fault', message: 'latency needs fewer than 5 instances' }],
    )
  }
  // A hung or missing process can't take on another fault; and two at once would have no one remedy.
  if (service.fault || service.instances.length < service.desired)
    await heal(runtime, service, service.desired)
  const dying = service.instances.map((instance) => instance.exited)
  if (fault === 'latency') service.crowd = gatherCrowd(service.desired, quote)
  else if (fault === 'bad-flag') await setFlag(service, 'new-pricing', true)
  else await tellAll(service, { type: 'break', fault })
  if (fault === 'crash') await Promise.all(dying)
  service.fault = fault
  runtime.log(`${service.name} is broken now: ${fault}`)
  return { service: service.name, fault, instances: pids(service) }
}

/** Back to the beginning: one fresh instance, flags off, no crowd. It is no remedy and counts as no restart. */
export async function mendService(runtime: Runtime, service: ManagedService): Promise<Result> {
  const before = service.fault
  await forgetLogLevel(service, 'INFO')
  await heal(runtime, service, MIN_INSTANCES)
  runtime.log(`${service.name} is mended`)
  return { service: service.name, before, fault: null, instances: pids(service) }
}

async function heal(runtime: Runtime, service: ManagedService, instances: number): Promise<void> {
  service.crowd?.leave()
  service.crowd = null
  if (service.flags['new-pricing'].enabled) service.flags = flagsOff()
  service.desired = instances
  await removeInstances(service, service.instances)
  await addInstances(runtime, service, instances)
  service.fault = null
}

import type { Evidence } from '../evidence.ts'
import { atOnceMinutes } from './changes.ts'
import type { RecentChange, TriageView, Workload } from './facts.ts'
import { describeOutOfMemory, describeRollout, describeWaiting } from './kubernetes-words.ts'

/** What the cluster says of the service's workload, as several rules read it. */

/** One, or none where the cluster told nothing of a workload, such as of a service that has only nodes. */
export const readWorkload = (
  { subject, status, facts }: Evidence,
  beganAt: Temporal.Instant | null,
): Workload[] => {
  const found = facts['found']
  if (status !== 'ok' || typeof found !== 'boolean') return []
  return [
    {
      subject,
      found,
      desired: count(facts['desiredReplicas']),
      ready: count(facts['readyReplicas']),
      waiting: words(facts['waiting']),
      lastTermination: words(facts['lastTermination']),
      image: words(facts['image']),
      previousImage: words(facts['previousImage']),
      rolledOutMinutesBefore: minutesBetween(words(facts['rolledOutAt']), beganAt),
    },
  ]
}

const count = (fact: unknown): number | null =>
  typeof fact === 'number' && Number.isInteger(fact) && fact >= 0 ? fact : null

const words = (fact: unknown): string | null => (typeof fact === 'string' && fact !== '' ? fact : null)

const minutesBetween = (at: string | null, beganAt: Temporal.Instant | null): number | null => {
  if (at === null || beganAt === null) return null
  try {
    return beganAt.since(Temporal.Instant.from(at)).total('minutes')
  } catch {
    return null
  }
}

export const isOutOfMemory = ({ lastTermination }: Workload): boolean => lastTermination === 'OOMKilled'

export const isCrashLooping = ({ waiting }: Workload): boolean => waiting === 'CrashLoopBackOff'

/** Reasons by which the kubelet says that what was rolled out can't start: its image, or what its containers are configured with. */
const unstartable: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'CreateContainerConfigError',
])

export const isUnstartable = ({ waiting }: Workload): boolean => waiting !== null && unstartable.has(waiting)

/** Fewer are ready than asked for. False where either is not known. */
export const lacksPods = ({ desired, ready }: Workload): boolean =>
  desired !== null && ready !== null && ready < desired

/** Pods of an old revision may all be ready while the new one does not start; then something waits. */
export const isAllReady = (workload: Workload): boolean =>
  workload.desired !== null &&
  workload.desired > 0 &&
  workload.ready !== null &&
  !lacksPods(workload) &&
  workload.waiting === null

/** A run lasts ten minutes at most, and is on record from its end: a rollout so long before is its doing. */
const runMinutes = 10

/** A restart is a rollout to Kubernetes. Suture's own are no release of anything. */
const isOwnDoing = (
  { subject, rolledOutMinutesBefore }: Workload,
  changes: readonly RecentChange[],
): boolean =>
  changes.some(
    ({ service, kind, minutesBefore }) =>
      kind === 'run' &&
      service === subject &&
      rolledOutMinutesBefore !== null &&
      rolledOutMinutesBefore >= minutesBefore &&
      rolledOutMinutesBefore - minutesBefore <= runMinutes,
  )

/** Workloads that were rolled out at most so many minutes before it began, by somebody else than Suture. */
export const rolledOutWithin = (view: TriageView, minutes: number): Workload[] =>
  view.workloads.filter(
    (workload) =>
      workload.rolledOutMinutesBefore !== null &&
      workload.rolledOutMinutesBefore >= 0 &&
      workload.rolledOutMinutesBefore <= minutes &&
      !isOwnDoing(workload, view.changes ?? []),
  )

/** Ends again and again since it was rolled out, and not for want of memory. */
export const brokenByRollout = (view: TriageView): Workload[] =>
  rolledOutWithin(view, atOnceMinutes).filter(
    (workload) => isCrashLooping(workload) && !isOutOfMemory(workload),
  )

/** A cause that the cluster names, as a sentence; what it leads to is then no diagnosis of its own. */
export const namedByCluster = (view: TriageView): string | null => {
  const unwell = view.workloads.filter((workload) => !isAllReady(workload))
  const killed = unwell.find(isOutOfMemory)
  if (killed !== undefined) return describeOutOfMemory(killed)
  const [broken] = brokenByRollout(view)
  if (broken !== undefined) return describeRollout(broken)
  const unstarted = unwell.find(isUnstartable)
  return unstarted === undefined ? null : describeWaiting(unstarted)
}

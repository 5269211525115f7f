import type { Evidence } from '../../src/domain/evidence.ts'
import type { Pod, ReplicaSet, Workload } from './kubernetes-objects.ts'

/** From objects to facts, named as documented on `Evidence`. Null is "not known". */

export type Facts = Record<string, Evidence['facts'][string]>

export function workloadFacts({ spec, status, metadata }: Workload, kind: string): Facts {
  const daemon = kind === 'DaemonSet'
  const revision = metadata.annotations[REVISION] ?? status.updateRevision ?? null
  return {
    found: true,
    desiredReplicas: daemon ? status.desiredNumberScheduled : (spec.replicas ?? 1),
    readyReplicas: daemon ? status.numberReady : status.readyReplicas,
    updatedReplicas: daemon ? status.updatedNumberScheduled : status.updatedReplicas,
    revision: revision === null ? null : short(revision),
    image: imagesOf(spec.template),
  }
}

/** Reasons that every start passes through. */
const ordinary = new Set(['', 'ContainerCreating', 'PodInitializing'])

export function podFacts(pods: readonly Pod[]): Facts {
  const containers = pods.flatMap(({ status }) => [
    ...status.containerStatuses,
    ...status.initContainerStatuses,
  ])
  const waiting = containers
    .map(({ state }) => state.waiting?.reason ?? '')
    .filter((reason) => !ordinary.has(reason))
  const ended = containers
    .flatMap(({ state, lastState }) => [state.terminated, lastState.terminated])
    .filter((each) => each !== undefined)
    .toSorted((one, other) => (other.finishedAt ?? '').localeCompare(one.finishedAt ?? ''))
  return {
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    waiting: waiting[0] === undefined ? null : short(waiting[0]),
    lastTermination: ended[0] === undefined ? null : short(ended[0].reason),
  }
}

const REVISION = 'deployment.kubernetes.io/revision'
/** On a ReplicaSet that a rollback took up again: it is older than its rollout. */
const REUSED = 'deployment.kubernetes.io/revision-history'

/** When the present revision of a Deployment came, and which image ran before. */
export function rolloutFacts(deployment: Workload, sets: readonly ReplicaSet[]): Facts {
  const { metadata, spec, status } = deployment
  const own = sets
    .filter((set) => set.metadata.ownerReferences.some(({ uid }) => uid === metadata.uid))
    .toSorted((one, other) => numberOf(other) - numberOf(one))
  const current = own.find((set) => set.metadata.annotations[REVISION] === metadata.annotations[REVISION])
  const progress = status.conditions.find(({ type }) => type === 'Progressing')?.lastUpdateTime ?? null
  const isReused = current?.metadata.annotations[REUSED] !== undefined
  const image = imagesOf(spec.template)
  const before = own.find((set) => set !== current && imagesOf(set.spec.template) !== image)
  return {
    rolledOutAt: instantOrNull(isReused ? progress : (current?.metadata.creationTimestamp ?? null)),
    previousImage: before === undefined ? null : imagesOf(before.spec.template),
  }
}

const numberOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations[REVISION] ?? 0)

const imagesOf = ({ spec }: Workload['spec']['template']): string =>
  short(spec.containers.map(({ image }) => image).join(', '))

/** Anybody who may deploy decides about these words. */
export const short = (text: string): string =>
  [...text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')].slice(0, 200).join('')

function instantOrNull(text: string | null): string | null {
  try {
    return text === null ? null : Temporal.Instant.from(text).toString()
  } catch {
    return null
  }
}

/** How ill a workload is by its facts: 0 is well, more is worse. What was not found may only have another name. */
export function illness({ found, readyReplicas, desiredReplicas, waiting, lastTermination }: Facts): number {
  if (found === false) return 2
  const [ready, desired] = [Number(readyReplicas ?? 0), Number(desiredReplicas ?? 0)]
  if (ready < desired) return (ready === 0 ? 7 : 5) + (waiting ? 1 : 0)
  if (waiting) return 4
  // Nobody asked for any: that may be meant, and may be why nothing answers.
  if (desired === 0) return 3
  return lastTermination ? 1 : 0
}

/** `1 of 3 ready; CrashLoopBackOff; ...`: for a person. */
export function factsInWords(facts: Facts): string {
  if (facts['found'] === false) return 'not found'
  const { restarts, waiting, lastTermination, revision, rolledOutAt, image, previousImage } = facts
  return [
    `${String(facts['readyReplicas'])} of ${String(facts['desiredReplicas'])} ready`,
    waiting ? `waiting: ${String(waiting)}` : '',
    lastTermination ? `last ended: ${String(lastTermination)}` : '',
    restarts ? `${String(restarts)} ${restarts === 1 ? 'restart' : 'restarts'}` : '',
    revision && rolledOutAt ? `revision ${String(revision)} since ${String(rolledOutAt)}` : '',
    previousImage ? `image ${String(image)}, before ${String(previousImage)}` : '',
  ]
    .filter((part) => part !== '')
    .join('; ')
}

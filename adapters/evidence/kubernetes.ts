import type { Clock, EvidenceSource } from '../../src/app/ports.ts'
import type { KubernetesTarget } from '../../src/domain/named-target.ts'
import {
  type Facts,
  factsInWords,
  illness,
  podFacts,
  rolloutFacts,
  short,
  workloadFacts,
} from './kubernetes-facts.ts'
import { Node, Pods, ReplicaSets, Workload } from './kubernetes-objects.ts'

export type ClusterReading =
  | { readonly ok: true; readonly value: unknown }
  /** `status` of the answer, null without one. */
  | { readonly ok: false; readonly status: number | null; readonly problem: string }

/** One GET below the API server of a context. */
export type ReadCluster = (
  context: string | undefined,
  path: string,
  signal: AbortSignal,
) => Promise<ClusterReading>

/** More than one service has; what is left out is said. */
const MAX_TARGETS = 20

/** Asks the clusters about the service's Kubernetes targets. Read-only. */
export function createKubernetesEvidence(
  read: ReadCluster,
  clock: Pick<Clock, 'now' | 'monotonicMs'>,
  timeoutMs = 5_000,
): EvidenceSource {
  return {
    name: 'kubernetes',
    gather: async (service, signal) => {
      const targets = service.targets.filter((target) => target.kind === 'kubernetes')
      if (targets.length === 0) return null
      const observedAt = clock.now()
      const began = clock.monotonicMs()
      const timeUp = AbortSignal.timeout(timeoutMs)
      const both = AbortSignal.any([signal, timeUp])
      const looks = targets.slice(0, MAX_TARGETS).map((target) => look(read, target, both))
      const seen = worstFirst(await Promise.all(looks))
      const left = targets.length - seen.length
      const failed = seen.every(({ facts }) => facts === null)
      return {
        source: 'kubernetes',
        subject: service.name,
        status: failed ? (timeUp.aborted ? 'timed_out' : 'failed') : 'ok',
        summary: [
          ...seen.map(({ name, words }) => `${name}: ${words}`),
          ...(left === 0 ? [] : [`${left} more not looked at`]),
        ]
          .join('. ')
          .slice(0, 1_000),
        facts: mergeFacts(seen),
        observedAt,
        durationMs: Math.round(clock.monotonicMs() - began),
      }
    },
  }
}

interface Seen {
  readonly name: string
  readonly words: string
  /** Null when nothing could be read. */
  readonly facts: Facts | null
  readonly isWorkload: boolean
}

/** Workloads before nodes, and what is ill before what could not be read and what is well; then as the catalogue has them. */
function worstFirst(seen: readonly Seen[]): Seen[] {
  return seen.toSorted((one, other) => rankOf(other) - rankOf(one))
}

const UNREAD = 0.5
const rankOf = ({ isWorkload, facts }: Seen): number =>
  isWorkload ? (facts === null ? UNREAD : illness(facts)) : -1

/** A service is as well as its worst workload; whatever else it has is named. */
function mergeFacts(seen: readonly Seen[]): Facts {
  const workloads = seen.filter(({ isWorkload, facts }) => isWorkload && facts !== null)
  const [worst, ...others] = workloads
  return {
    ...(worst === undefined || others.length === 0 ? {} : { workload: worst.name }),
    ...Object.fromEntries(
      seen.flatMap((each) =>
        Object.entries(each.facts ?? {}).map(([field, value]) => [
          each === worst ? field : `${each.name}.${field}`,
          value,
        ]),
      ),
    ),
  }
}

const look = (read: ReadCluster, target: KubernetesTarget, signal: AbortSignal): Promise<Seen> =>
  target.workload === undefined
    ? lookAtNode(read, target, signal)
    : lookAtWorkload(read, target, target.workload, signal)

const plurals = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const

async function lookAtWorkload(
  read: ReadCluster,
  { name, context }: KubernetesTarget,
  { kind, namespace, name: object }: NonNullable<KubernetesTarget['workload']>,
  signal: AbortSignal,
): Promise<Seen> {
  const folder = `namespaces/${encodeURIComponent(namespace)}`
  const path = `/apis/apps/v1/${folder}/${plurals[kind]}/${encodeURIComponent(object)}`
  const answer = await read(context, path, signal)
  const about = { name, isWorkload: true }
  if (!answer.ok)
    return answer.status === 404
      ? { ...about, words: `there is no ${kind} ${namespace}/${object}`, facts: { found: false } }
      : { ...about, words: `could not be read: ${answer.problem}`, facts: null }
  const workload = Workload.safeParse(answer.value)
  if (!workload.success) return { ...about, words: 'has an unknown shape', facts: null }
  const labels = Object.entries(workload.data.spec.selector.matchLabels)
  // Without labels to select by, the pods of everybody in the namespace would be counted.
  const selector = encodeURIComponent(labels.map(([key, value]) => `${key}=${value}`).join(','))
  const [pods, sets] =
    labels.length === 0
      ? [null, null]
      : await Promise.all([
          read(context, `/api/v1/${folder}/pods?limit=200&labelSelector=${selector}`, signal),
          kind === 'Deployment'
            ? read(context, `/apis/apps/v1/${folder}/replicasets?limit=200&labelSelector=${selector}`, signal)
            : null,
        ])
  const podList = pods?.ok ? Pods.safeParse(pods.value) : null
  const setList = sets?.ok ? ReplicaSets.safeParse(sets.value) : null
  const facts: Facts = {
    ...workloadFacts(workload.data, kind),
    ...(podList?.success ? podFacts(podList.data.items) : {}),
    ...(setList?.success ? rolloutFacts(workload.data, setList.data.items) : {}),
  }
  const unread = pods?.ok === false ? `; its pods could not be read: ${pods.problem}` : ''
  return { ...about, words: `${factsInWords(facts)}${unread}`, facts }
}

async function lookAtNode(
  read: ReadCluster,
  { name, context, node = '' }: KubernetesTarget,
  signal: AbortSignal,
): Promise<Seen> {
  const answer = await read(context, `/api/v1/nodes/${encodeURIComponent(node)}`, signal)
  const about = { name, isWorkload: false }
  if (!answer.ok)
    return answer.status === 404
      ? { ...about, words: `there is no node ${node}`, facts: { found: false } }
      : { ...about, words: `could not be read: ${answer.problem}`, facts: null }
  const found = Node.safeParse(answer.value)
  if (!found.success) return { ...about, words: 'has an unknown shape', facts: null }
  const { conditions } = found.data.status
  const ready = conditions.find(({ type }) => type === 'Ready')?.status === 'True'
  const pressed = conditions.filter(({ type, status }) => type !== 'Ready' && status === 'True')
  const pressure = pressed.length === 0 ? null : short(pressed.map(({ type }) => type).join(', '))
  const schedulable = !found.data.spec.unschedulable
  return {
    ...about,
    words: [ready ? 'ready' : 'not ready', schedulable ? '' : 'cordoned', pressure ?? '']
      .filter((part) => part !== '')
      .join('; '),
    facts: { found: true, ready, schedulable, pressure },
  }
}

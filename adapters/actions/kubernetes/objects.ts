import { z } from 'zod'

/** What is read of Kubernetes objects (apps/v1 and v1). Other fields are passed over; absent counters count 0. */

const count = z.int().default(0)
const texts = z.record(z.string(), z.string()).default({})

export const Metadata = z.object({
  name: z.string(),
  uid: z.string().default(''),
  resourceVersion: z.string(),
  generation: count,
  annotations: texts,
  labels: texts,
  creationTimestamp: z.string().nullish(),
})

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
})

const Selector = z.object({
  matchLabels: texts,
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
})
export type Selector = z.infer<typeof Selector>

/** As it stands, because it is put back whole. */
export const PodTemplate = z.record(z.string(), z.unknown())
export type PodTemplate = z.infer<typeof PodTemplate>

/** A Deployment, StatefulSet or DaemonSet. */
export const WorkloadObject = z.object({
  metadata: Metadata,
  spec: z.object({
    /** Absent for a DaemonSet. */
    replicas: z.int().optional(),
    paused: z.boolean().default(false),
    selector: Selector,
    template: PodTemplate,
    updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).optional(),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
      numberReady: count,
      currentRevision: z.string().default(''),
      updateRevision: z.string().default(''),
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
})
export type WorkloadObject = z.infer<typeof WorkloadObject>

export const NodeObject = z.object({
  metadata: Metadata,
  spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
  status: z.object({ conditions: z.array(Condition).default([]) }).prefault({}),
})
export type NodeObject = z.infer<typeof NodeObject>

export const ReplicaSetList = z.object({
  items: z.array(
    z.object({
      metadata: Metadata.extend({
        ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
      }),
      spec: z.object({ template: PodTemplate }),
    }),
  ),
})
export type ReplicaSet = z.infer<typeof ReplicaSetList>['items'][number]

/** As a `labelSelector` of a query, in the notation of kubectl. */
export function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const expressions = matchExpressions.map(({ key, operator, values }) => {
    switch (operator) {
      case 'In':
        return `${key} in (${values.join(',')})`
      case 'NotIn':
        return `${key} notin (${values.join(',')})`
      case 'DoesNotExist':
        return `!${key}`
      default:
        return key
    }
  })
  return [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join(',')
}

import { z } from 'zod'

/** What evidence reads of Kubernetes objects (apps/v1 and v1). Other fields are passed over; absent counters count 0. */

const count = z.int().default(0)
const texts = z.record(z.string(), z.string()).default({})

const Metadata = z.object({
  name: z.string().default(''),
  uid: z.string().default(''),
  annotations: texts,
  creationTimestamp: z.string().nullish(),
})

const Template = z.object({
  spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().default('') })) }),
})

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  lastUpdateTime: z.string().optional(),
})

export const Workload = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.int().optional(),
    selector: z.object({ matchLabels: texts }),
    template: Template,
  }),
  status: z
    .object({
      readyReplicas: count,
      updatedReplicas: count,
      desiredNumberScheduled: count,
      numberReady: count,
      updatedNumberScheduled: count,
      updateRevision: z.string().optional(),
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
})
export type Workload = z.infer<typeof Workload>

export const ReplicaSets = z.object({
  items: z.array(
    z.object({
      metadata: Metadata.extend({
        ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
      }),
      spec: z.object({ template: Template }),
    }),
  ),
})
export type ReplicaSet = z.infer<typeof ReplicaSets>['items'][number]

const State = z
  .object({
    waiting: z.object({ reason: z.string().default('') }).optional(),
    terminated: z.object({ reason: z.string().default(''), finishedAt: z.string().nullish() }).optional(),
  })
  .prefault({})

const Container = z.object({ restartCount: count, state: State, lastState: State })

export const Pods = z.object({
  items: z.array(
    z.object({
      status: z
        .object({
          containerStatuses: z.array(Container).default([]),
          initContainerStatuses: z.array(Container).default([]),
        })
        .prefault({}),
    }),
  ),
})
export type Pod = z.infer<typeof Pods>['items'][number]

export const Node = z.object({
  spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
  status: z.object({ conditions: z.array(Condition).default([]) }).prefault({}),
})

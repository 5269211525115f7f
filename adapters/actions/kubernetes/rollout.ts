import type { Workload } from '../../../src/domain/named-target.ts'
import type { WorkloadObject } from './objects.ts'

/** How far the controller is with what was asked, by its own status. */
export type Progress =
  | { readonly state: 'done'; readonly words: string }
  | { readonly state: 'under_way'; readonly words: string }
  | { readonly state: 'stuck'; readonly words: string }

export function progressOf(kind: Workload['kind'], { metadata, spec, status }: WorkloadObject): Progress {
  if (status.observedGeneration < metadata.generation)
    return { state: 'under_way', words: 'the controller has not seen the change yet' }
  switch (kind) {
    case 'Deployment': {
      const wanted = spec.replicas ?? 1
      const stuck = status.conditions.find(
        ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
      )
      if (stuck !== undefined) return { state: 'stuck', words: 'it exceeded its own progress deadline' }
      const old = status.replicas - status.updatedReplicas
      const done = status.updatedReplicas >= wanted && old <= 0 && status.availableReplicas >= wanted
      return counted(
        done && status.replicas <= wanted,
        wanted,
        status.updatedReplicas,
        status.availableReplicas,
      )
    }
    case 'StatefulSet': {
      const wanted = spec.replicas ?? 1
      const current = status.updateRevision === '' || status.updateRevision === status.currentRevision
      const done = status.replicas === wanted && status.readyReplicas >= wanted && current
      return counted(done, wanted, current ? wanted : status.updatedReplicas, status.readyReplicas)
    }
    case 'DaemonSet': {
      const wanted = status.desiredNumberScheduled
      const done = status.updatedNumberScheduled >= wanted && status.numberAvailable >= wanted
      return counted(done, wanted, status.updatedNumberScheduled, status.numberAvailable)
    }
  }
}

const counted = (done: boolean, wanted: number, updated: number, available: number): Progress => ({
  state: done ? 'done' : 'under_way',
  words: `${updated} of ${wanted} updated, ${available} available`,
})

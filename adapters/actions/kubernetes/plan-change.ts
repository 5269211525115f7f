import { type Bound, bound, refused } from '../binding.ts'
import type { BoundKubernetesCall } from './bind-call.ts'
import { EFFECTS_ANNOTATION, withEffect } from './effects.ts'
import { NodeObject, type PodTemplate, WorkloadObject } from './objects.ts'

/** From an object as it was read to the patch that changes it, in one conditional update with its effect key. */

export interface PlannedChange {
  /** A strategic merge patch, refused by the server unless the object still is as it was read. */
  readonly patch: object
  /** What it does, in words: `3 to 4 instances`. */
  readonly summary: string
}

export interface Circumstances {
  readonly effectKey: string
  readonly now: Temporal.Instant
  /** For a rollback: what ran before, with its revision; null when there is nothing before. */
  readonly previous: { readonly revision: number; readonly template: PodTemplate } | null
}

export function planChange(
  { change, subject }: BoundKubernetesCall,
  object: unknown,
  about: Circumstances,
): Bound<PlannedChange> {
  if (change.kind === 'cordon') {
    const node = NodeObject.safeParse(object)
    return node.success
      ? planCordon(node.data, change.unschedulable, subject, about)
      : refused(unreadable(subject))
  }
  const workload = WorkloadObject.safeParse(object)
  if (!workload.success) return refused(unreadable(subject))
  const { metadata, spec } = workload.data
  const planned = (patch: object, summary: string) =>
    bound({ patch: { metadata: marked(metadata, about), ...patch }, summary })
  switch (change.kind) {
    case 'restart': {
      const obstacle = noRollout(workload.data)
      if (obstacle !== null) return refused(`${subject} ${obstacle}`)
      const at = about.now.toString({ smallestUnit: 'second' })
      return planned(
        { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: at } } } } },
        `${subject} is rolled out anew`,
      )
    }
    case 'scale': {
      const before = spec.replicas ?? 1
      const after = before + change.delta
      if (after < change.min || after > change.max)
        return refused(
          `${subject} has ${before} instances and would have ${after}; the catalogue allows ${change.min} to ${change.max}`,
        )
      return planned({ spec: { replicas: after } }, `${subject} goes from ${before} to ${after} instances`)
    }
    case 'roll_back': {
      if (spec.paused) return refused(`${subject} is paused: resume its rollout first`)
      if (about.previous === null)
        return refused(`${subject} has no earlier revision that differs from what runs now`)
      return planned(
        { spec: { template: { ...about.previous.template, $patch: 'replace' } } },
        `${subject} goes back to what was revision ${about.previous.revision}`,
      )
    }
  }
}

/** kubectl's own annotation, so that kubectl sees such a rollout as one of its own. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

function planCordon(
  node: NodeObject,
  unschedulable: boolean,
  subject: string,
  about: Circumstances,
): Bound<PlannedChange> {
  // A cordon of before is not ours to lift.
  if (unschedulable && node.spec.unschedulable)
    return refused(`${subject} is cordoned already, and undoing this step would lift that`)
  return bound({
    patch: { metadata: marked(node.metadata, about), spec: { unschedulable } },
    summary: unschedulable
      ? `${subject} takes no new pods`
      : `${subject} takes new pods${node.spec.unschedulable ? ' again' : ', as it did before'}`,
  })
}

/** Why a changed template would not reach the pods. */
function noRollout({ spec }: WorkloadObject): string | null {
  if (spec.paused) return 'is paused: resume its rollout first'
  if (spec.updateStrategy?.type === 'OnDelete')
    return 'has the update strategy OnDelete: its pods would stay as they are'
  return null
}

const marked = (
  { resourceVersion, annotations }: WorkloadObject['metadata'],
  { effectKey, now }: Circumstances,
): object => ({
  resourceVersion,
  annotations: { [EFFECTS_ANNOTATION]: withEffect(annotations, effectKey, now) },
})

const unreadable = (subject: string): string =>
  `the API server's answer about ${subject} has an unknown shape`

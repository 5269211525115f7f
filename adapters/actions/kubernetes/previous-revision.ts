import canonicalize from 'canonicalize'
import { z } from 'zod'
import type { PodTemplate, ReplicaSet, WorkloadObject } from './objects.ts'
import { RESTARTED_AT } from './plan-change.ts'

const REVISION = 'deployment.kubernetes.io/revision'
const HASH_LABEL = 'pod-template-hash'

const TemplateMetadata = z.looseObject({
  annotations: z.record(z.string(), z.string()).default({}),
  labels: z.record(z.string(), z.string()).default({}),
})

/**
 * What ran before the last deploy: the newest earlier revision whose template differs in more than the time of a restart.
 * Going back over a mere restart would put back the very version that is to go.
 */
export function previousRevision(
  deployment: WorkloadObject,
  replicaSets: readonly ReplicaSet[],
): { readonly revision: number; readonly template: PodTemplate } | null {
  const now = comparable(deployment.spec.template)
  const earlier = replicaSets
    .filter((set) => set.metadata.ownerReferences.some(({ uid }) => uid === deployment.metadata.uid))
    .map((set) => ({
      revision: revisionOf(set.metadata.annotations),
      template: withoutHash(set.spec.template),
    }))
    .filter(({ revision, template }) => revision > 0 && comparable(template) !== now)
    .toSorted((one, other) => other.revision - one.revision)
  return earlier[0] ?? null
}

export const revisionOf = (annotations: Readonly<Record<string, string>>): number => {
  const revision = Number(annotations[REVISION])
  return Number.isSafeInteger(revision) ? revision : 0
}

/** The controller's own label, which a Deployment's template doesn't have. */
function withoutHash(template: PodTemplate): PodTemplate {
  const metadata = TemplateMetadata.safeParse(template['metadata'] ?? {})
  if (!metadata.success) return template
  const { labels, annotations, ...rest } = metadata.data
  return {
    ...template,
    metadata: {
      ...rest,
      ...unlessEmpty('labels', without(labels, HASH_LABEL)),
      ...unlessEmpty('annotations', annotations),
    },
  }
}

function comparable(template: PodTemplate): string {
  const metadata = TemplateMetadata.safeParse(template['metadata'] ?? {})
  if (!metadata.success) return canonicalize(template) ?? ''
  const labels = without(metadata.data.labels, HASH_LABEL)
  const annotations = without(metadata.data.annotations, RESTARTED_AT)
  return canonicalize({ spec: template['spec'], labels, annotations }) ?? ''
}

const without = (texts: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => key !== name))

const unlessEmpty = (name: string, texts: Record<string, string>): Record<string, unknown> =>
  Object.keys(texts).length === 0 ? {} : { [name]: texts }

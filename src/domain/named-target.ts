import { z } from 'zod'

/**
 * Targets that are named rather than called: the catalogue says which Deployment, unit or container it is, and Suture knows how
 * an action is done on one. An entry under `actions` allows that action.
 */

const targetName = z.string().min(1).max(200)

/** RFC 1123 subdomain, as Kubernetes names objects. */
const objectName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
    'lower-case letters, digits, dots and dashes, at most 253 characters',
  )
const namespace = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'lower-case letters, digits and dashes, at most 63 characters',
  )

export const Workload = z.strictObject({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  namespace,
  name: objectName,
})
export type Workload = z.infer<typeof Workload>

/** `min` and `max` bound the instances that `scale_instances` may lead to [1 and 100]. */
export const KubernetesCall = z.strictObject({
  min: z.int().min(0).max(1_000).optional(),
  max: z.int().min(1).max(1_000).optional(),
})
export type KubernetesCall = z.infer<typeof KubernetesCall>

export const KubernetesTarget = z.strictObject({
  name: targetName,
  kind: z.literal('kubernetes'),
  /** A context of the kubeconfig; without it the current one, or the cluster that Suture runs in. */
  context: z.string().min(1).max(253).optional(),
  workload: Workload.optional(),
  /** Name of a node, instead of a workload. */
  node: objectName.optional(),
  actions: z.record(z.string(), KubernetesCall),
})
export type KubernetesTarget = z.infer<typeof KubernetesTarget>

/** Neither an option nor a path nor a pattern, and of type service: `reboot.target` is a unit as well. */
export const SystemdTarget = z.strictObject({
  name: targetName,
  kind: z.literal('systemd'),
  unit: z
    .string()
    .regex(
      /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,246}\.service$/,
      'a unit such as checkout.service: letters, digits and :_.@\\-, not beginning with a dash',
    ),
  actions: z.record(z.string(), z.strictObject({})),
})
export type SystemdTarget = z.infer<typeof SystemdTarget>

export const DockerTarget = z.strictObject({
  name: targetName,
  kind: z.literal('docker'),
  container: z
    .string()
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/,
      'the name or id of a container: letters, digits and _.-, at most 128 characters',
    ),
  actions: z.record(z.string(), z.strictObject({})),
})
export type DockerTarget = z.infer<typeof DockerTarget>

export type NamedTarget = KubernetesTarget | SystemdTarget | DockerTarget

const workloadActions: Readonly<Record<Workload['kind'], readonly string[]>> = {
  Deployment: ['restart_service', 'scale_instances', 'roll_back_deploy'],
  StatefulSet: ['restart_service', 'scale_instances'],
  DaemonSet: ['restart_service'],
}

/** What Suture knows how to do on such a target. */
export const possibleOn = (target: NamedTarget): readonly string[] => {
  switch (target.kind) {
    case 'kubernetes':
      if (target.workload !== undefined) return workloadActions[target.workload.kind]
      return target.node === undefined ? [] : ['cordon_node', 'uncordon_node']
    case 'systemd':
    case 'docker':
      return ['restart_service']
  }
}

/** `a Deployment`, `a node`: for sentences. */
export const sortInWords = (target: NamedTarget): string => {
  switch (target.kind) {
    case 'kubernetes':
      return target.workload === undefined ? 'a node' : `a ${target.workload.kind}`
    case 'systemd':
      return 'a systemd unit'
    case 'docker':
      return 'a Docker container'
  }
}

/** The instances that `scale_instances` may lead to. Zero is an outage unless the catalogue says otherwise. */
export const scaleBounds = ({ min = 1, max = 100 }: KubernetesCall): { min: number; max: number } => ({
  min,
  max,
})

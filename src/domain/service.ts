import { z } from 'zod'
import { durationBetween } from './duration.ts'
import { Metrics } from './metrics.ts'
import { DockerTarget, KubernetesTarget, SystemdTarget } from './named-target.ts'
import { isTimeZone } from './time-zone.ts'

/** What Suture knows of a catalogued service: who owns it, what depends on it, and what may be done to it. */

const name = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/,
    'lower-case letters, digits, dots and dashes, at most 63 characters',
  )
const timeZone = z.string().refine((zone) => isTimeZone(zone), 'an IANA time zone such as Europe/Berlin')

/** One HTTP call that performs an action. Only whole values `${{ parameters.x }}` are replaced; there are no expressions. */
export const HttpCall = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  url: z.string().max(2_000),
  body: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Name of a secret, sent as a bearer token. The value never leaves the executor. */
  secret: z.string().max(100).optional(),
  /** Where to ask whether an effect happened: `{key}` is replaced by the effect key; 200 is yes, 404 is no. */
  effect: z.string().max(2_000).optional(),
})
export type HttpCall = z.infer<typeof HttpCall>

/** One command that performs an action: an argument vector, never a shell line. */
export const CommandCall = z.strictObject({
  argv: z.array(z.string().max(4_000)).min(1).max(100),
  cwd: z.string().max(1_000).optional(),
})
export type CommandCall = z.infer<typeof CommandCall>

export const Target = z.discriminatedUnion('kind', [
  z.strictObject({
    name: z.string().min(1).max(200),
    kind: z.literal('http'),
    actions: z.record(z.string(), HttpCall),
  }),
  z.strictObject({
    name: z.string().min(1).max(200),
    kind: z.literal('command'),
    actions: z.record(z.string(), CommandCall).default({}),
    /** Commands that only look, by name: exit code 0 says that it holds. */
    checks: z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/), CommandCall).optional(),
  }),
  KubernetesTarget,
  SystemdTarget,
  DockerTarget,
])
export type Target = z.infer<typeof Target>

/** An address that answers 2xx, and `pass` where it speaks health+json, while the service is well. */
const Probe = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  timeout: durationBetween(100, 30_000).default(2_000),
})

export const Service = z.strictObject({
  name,
  title: z.string().min(1).max(100).optional(),
  description: z.string().max(1_000).default(''),
  owner: z.string().max(100).default('unowned'),
  timeZone: timeZone.default('UTC'),
  dependsOn: z.array(name).max(200).default([]),
  /** Chat channels its incidents go to; the first is the main one. */
  channels: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,79}$/))
    .max(10)
    .default(['incidents']),
  /** Other names alerts may use for it. */
  aliases: z.array(z.string().min(1).max(200)).max(50).default([]),
  probe: Probe.optional(),
  /** More probes by name, for checks that ask for one. */
  probes: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), Probe).optional(),
  /** What Prometheus is asked about it, as PromQL. */
  metrics: Metrics.optional(),
  targets: z.array(Target).max(50).default([]),
})
export type Service = z.infer<typeof Service>

export const Catalogue = z.strictObject({ services: z.array(Service).max(10_000) })
export type Catalogue = z.infer<typeof Catalogue>

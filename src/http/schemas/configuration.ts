import { z } from '@hono/zod-openapi'
import { impacts } from '../../domain/action.ts'
import { triageCodes } from '../../domain/diagnosis.ts'

export const ServiceView = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    owner: z.string(),
    timeZone: z.string(),
    channel: z.string(),
    aliases: z.array(z.string()),
    dependsOn: z.array(z.string()),
    /** Everything that depends on it, directly or through others. */
    dependents: z.array(z.string()),
    probed: z.boolean(),
    targets: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['http', 'command', 'kubernetes', 'systemd', 'docker']),
        actions: z.array(z.string()),
      }),
    ),
  })
  .openapi('Service')

export const PlaybookView = z
  .object({
    name: z.string(),
    version: z.number().int(),
    title: z.string(),
    description: z.string(),
    impact: z.enum(impacts),
    diagnoses: z.array(z.enum(triageCodes)),
    digest: z.string(),
    steps: z.array(
      z.object({ id: z.string(), title: z.string(), action: z.string(), reversible: z.boolean() }),
    ),
  })
  .openapi('Playbook')

export const LabView = z
  .object({ faults: z.array(z.string()), state: z.any().openapi({ description: "The lab's own state" }) })
  .openapi('Lab')
const labName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes')
export const BreakInput = z.object({ service: labName, fault: labName }).strict().openapi('BreakInput')
export const MendInput = z.object({ service: labName }).strict().openapi('MendInput')

import { z } from '@hono/zod-openapi'
import { modeScopes } from '../../domain/policy/effective-mode.ts'
import { modes } from '../../domain/policy/modes.ts'
import { Instant, PersonRef } from './common.ts'

const name = z.string().min(1).max(200)

export const ModesView = z
  .object({
    /** Of everything for which nothing else is set. */
    mode: z.enum(modes),
    emergencyStop: z.boolean(),
    settings: z.array(
      z.object({
        scope: z.enum(modeScopes),
        name: z.string(),
        mode: z.enum(modes),
        setBy: PersonRef,
        setAt: Instant,
        /** False when the catalogue or the playbooks no longer have it. */
        inForce: z.boolean(),
      }),
    ),
    /** What holds for the service or playbook that was asked about, and why. */
    holds: z
      .object({
        service: z.string().nullable(),
        playbook: z.string().nullable(),
        mode: z.enum(modes),
        why: z.array(z.string()),
      })
      .nullable(),
  })
  .openapi('Modes')
export type ModesView = z.infer<typeof ModesView>

export const ModesQuery = z.strictObject({ service: name.optional(), playbook: name.optional() })

export const ModeInput = z.strictObject({
  scope: z.enum(modeScopes),
  name,
  /** Null takes away what is set. */
  mode: z.enum(modes).nullable(),
})

export const EmergencyStopInput = z.strictObject({
  on: z.boolean(),
  reason: z.string().max(300).optional(),
})

import { z } from '@hono/zod-openapi'
import { glassBox } from '../../domain/policy/break-glass.ts'
import { Instant, PersonRef } from './common.ts'

export const BreakGlassView = z
  .object({
    id: z.string(),
    /** Null is all services. */
    service: z.string().nullable(),
    reason: z.string(),
    state: z.enum(['open', 'unreviewed', 'reviewed']),
    openedBy: PersonRef,
    openedAt: Instant,
    until: Instant,
    endedAt: Instant.nullable(),
    /** Null while it is open, and where its time ran out. */
    endedBy: PersonRef.nullable(),
    reviewedBy: PersonRef.nullable(),
    reviewedAt: Instant.nullable(),
    note: z.string(),
  })
  .openapi('BreakGlass')
export type BreakGlassView = z.infer<typeof BreakGlassView>

const minute = 60_000

export const BreakGlassInput = z.strictObject({
  /** Null is all services. */
  service: z.string().min(1).max(200).nullable(),
  minutes: z
    .number()
    .int()
    .min(glassBox.leastMs / minute)
    .max(glassBox.mostMs / minute),
  reason: z.string().min(1).max(500),
})

export const ReviewInput = z.strictObject({ note: z.string().min(1).max(1_000) })

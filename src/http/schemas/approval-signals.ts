import { z } from '@hono/zod-openapi'
import { Instant, PersonRef } from './common.ts'

export const ApprovalSignals = z
  .object({
    since: Instant,
    rushedUnderMs: z.number().int().openapi({ example: 2_000 }),
    rushed: z
      .array(
        z.object({
          person: PersonRef,
          requester: PersonRef,
          requestId: z.string().openapi({ example: 'req-5' }),
          runId: z.string(),
          incidentId: z.string(),
          afterMs: z
            .number()
            .int()
            .openapi({ description: 'From the request to the approval', example: 900 }),
          at: Instant,
          via: z.string(),
        }),
      )
      .openapi({ description: 'Newest first, 100 at most' }),
    pairs: z
      .array(
        z.object({
          people: z.array(PersonRef),
          approvals: z.number().int().openapi({ description: 'Both ways together' }),
        }),
      )
      .openapi({ description: 'Two of whom each got more than half of all approvals from the other' }),
  })
  .openapi('ApprovalSignals')
export type ApprovalSignals = z.infer<typeof ApprovalSignals>

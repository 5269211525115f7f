import { z } from '@hono/zod-openapi'
import { Instant, PersonRef } from './common.ts'

export const Delegation = z
  .object({
    id: z.string().openapi({ example: 'away-7' }),
    person: PersonRef.openapi({ description: 'Who is away' }),
    delegate: PersonRef.openapi({ description: 'Who votes in their stead' }),
    from: Instant,
    until: Instant,
    holds: z.boolean().openapi({ description: 'At this moment' }),
  })
  .openapi('Delegation')

export const DelegationList = z.object({ items: z.array(Delegation) })

const when =
  'In UTC: `18:00`, `2h`, `tomorrow 09:00`, `friday 18:00`, `2026-12-24 18:00`; or ISO 8601 with a zone'

export const DelegationInput = z
  .strictObject({
    to: z.string().min(1).max(200).openapi({ example: 'person_bea', description: 'A person, by id or name' }),
    from: z
      .string()
      .min(1)
      .max(60)
      .optional()
      .openapi({ description: `${when}; now when absent` }),
    until: z
      .string()
      .min(1)
      .max(60)
      .openapi({ example: 'friday 18:00', description: `${when}; at most 30 days after it begins` }),
  })
  .openapi('DelegationInput')

import { z } from '@hono/zod-openapi'
import { changeKinds, sentChangeKinds } from '../../domain/change.ts'
import { Instant } from './common.ts'

export const ChangeView = z
  .object({
    id: z.string().openapi({ example: 'chg-12', description: '`run-…` for a run of Suture itself' }),
    service: z.string(),
    kind: z.enum(changeKinds),
    title: z.string(),
    at: Instant,
    by: z.string().nullable(),
    version: z.string().nullable(),
    link: z.string().nullable(),
  })
  .openapi('Change')
export type ChangeView = z.infer<typeof ChangeView>

export const ChangeInput = z
  .strictObject({
    service: z.string().min(1).max(200).openapi({ example: 'checkout', description: 'Name or alias' }),
    kind: z.enum(sentChangeKinds),
    title: z.string().min(1).max(200).openapi({ example: 'Deploy 2.31.0' }),
    at: Instant.optional().openapi({ description: 'When it began to take effect; now when absent' }),
    by: z.string().min(1).max(100).optional(),
    version: z.string().min(1).max(100).optional(),
    link: z
      .url({ protocol: /^https?$/, error: 'expected a URL beginning with http:// or https://' })
      .max(2_000)
      .optional(),
  })
  .openapi('ChangeInput')

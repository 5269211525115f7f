import { z } from '@hono/zod-openapi'

/** Shapes shared by every route of `/v1`. The console, the CLI and OpenAPI read the same ones. */

export const Instant = z.iso
  .datetime({ offset: true })
  .openapi({ example: '2026-11-22T14:03:00.000Z', description: 'ISO 8601, UTC' })

export const PersonRef = z.object({ id: z.string(), name: z.string() }).openapi('PersonRef')

/** A page by key, never by offset: pass `next` as `after` to go on. */
export const pageQuery = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })

/** RFC 9457. `code` is Suture's reason code; `remedy` says what to do; `field` names what was wrong with the input. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    remedy: z.string(),
    earliest: z.string().optional(),
    field: z.string().optional(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    requestId: z.string(),
  })
  .openapi('Problem')
export type Problem = z.infer<typeof Problem>

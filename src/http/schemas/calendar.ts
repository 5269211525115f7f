import { z } from '@hono/zod-openapi'
import { Instant, PersonRef, page, pageQuery } from './common.ts'

export const FreezeView = z
  .object({
    id: z.string().openapi({ example: 'frz-7', description: 'Or the id of one in the policy file' }),
    what: z.string().openapi({ example: 'everything' }),
    from: Instant,
    until: Instant,
    reason: z.string(),
    setBy: PersonRef.nullable().openapi({ description: 'Null for one of the policy file' }),
  })
  .openapi('Freeze')
export type FreezeView = z.infer<typeof FreezeView>

export const FreezeList = z.object({ items: z.array(FreezeView) })

export const FreezeInput = z
  .strictObject({
    what: z.string().max(200).default('all').openapi({
      example: 'checkout',
      description: 'A service by name or alias, a playbook, an owner of the catalogue, or `all`',
    }),
    until: z.string().min(1).max(60).openapi({
      example: '2026-12-24 18:00',
      description:
        'By the clock of the service, else UTC: `18:00`, `2h`, `tomorrow 09:00`, `friday 18:00`, `2026-12-24 18:00`; or ISO 8601 with a zone',
    }),
    reason: z.string().max(300).default(''),
  })
  .openapi('FreezeInput')

export const FreezeSet = z
  .object({
    id: z.string(),
    what: z.string(),
    from: Instant,
    until: Instant,
    reason: z.string(),
    timeZone: z.string().openapi({ description: 'By whose clock the end was meant' }),
    told: z.number().int().openapi({ description: 'In how many threads of open incidents it was told' }),
  })
  .openapi('FreezeSet')

export const WindowsView = z
  .object({
    service: z.string(),
    timeZone: z.string(),
    open: z.boolean().openapi({ description: 'A freeze closes it all the same: see `frozenUntil`' }),
    changesAt: Instant.nullable().openapi({
      description:
        'When it closes if it is open (null: not in 14 days), else when it opens (null: not in 400 days)',
    }),
    windows: z.array(z.string()).openapi({ example: ['Mon-Fri 09:00-18:00'] }),
    besides: z
      .array(z.string())
      .openapi({ description: 'Windows for some playbooks, impacts or diagnoses alone' }),
    holiday: z.string().nullable(),
    frozenUntil: Instant.nullable(),
  })
  .openapi('Windows')
export type WindowsView = z.infer<typeof WindowsView>

export const WindowsQuery = pageQuery
  .extend({
    service: z.string().min(1).max(200).optional().openapi({ description: 'One, by name or alias' }),
    search: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: 'Those whose name, title, alias or owner has this in it' }),
  })
  .strict()

export const WindowsList = page(WindowsView)

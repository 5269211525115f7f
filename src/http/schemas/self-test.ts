import { z } from '@hono/zod-openapi'
import { selfCheckStates } from '../../domain/self-test.ts'
import { Instant } from './common.ts'

const count = z.int().min(0)

export const SelfTestView = z
  .object({
    verdict: z.enum(['never', 'running', 'pass', 'fail']).openapi({
      description:
        'never: nobody has asked for one; running: `done` of `total` are over, and nothing is told yet',
    }),
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    by: z.object({ id: z.string(), name: z.string() }).nullable(),
    done: count,
    total: count,
    passed: count,
    failed: count,
    notHere: count.openapi({ description: 'Checks that had nothing to look at in this installation' }),
    checks: z.array(
      z.object({
        name: z.string(),
        shows: z.string().openapi({ description: 'What it shows when it passes' }),
        status: z.enum(selfCheckStates),
        detail: z.string(),
        remedy: z.string().openapi({ description: 'What to do; empty when there is nothing to do' }),
        durationMs: count,
      }),
    ),
  })
  .openapi('SelfTest')

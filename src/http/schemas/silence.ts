import { z } from '@hono/zod-openapi'
import { silenceStates } from '../../app/read/silences.ts'
import { matcherOperators, silenceKinds } from '../../domain/silence.ts'
import { Instant } from './common.ts'

/** Checked further by the command itself, which names what is wrong and how to say it. */
const MatcherSent = z
  .strictObject({
    label: z.string().max(100).openapi({ example: 'service' }),
    operator: z.enum(matcherOperators),
    value: z.string().max(200).openapi({
      example: 'checkout',
      description: 'With `=~` the beginning of a value with `*` behind it: `payments-*`',
    }),
  })
  .openapi('Matcher')

export const SilenceView = z
  .object({
    id: z.string().openapi({ example: 'sil-7' }),
    kind: z.enum(silenceKinds),
    state: z.enum(silenceStates),
    matchers: z.array(MatcherSent),
    from: Instant,
    until: Instant,
    reason: z.string(),
    setBy: z.object({ id: z.string(), name: z.string() }),
    createdAt: Instant,
    endedAt: Instant.nullable(),
    alerts: z.number().int().openapi({ description: 'Alerts that it has kept quiet so far' }),
  })
  .openapi('Silence')
export type SilenceView = z.infer<typeof SilenceView>

export const SilenceSent = z
  .strictObject({
    kind: z.enum(silenceKinds).default('silence'),
    matchers: z.array(MatcherSent).max(10),
    from: z.string().max(60).optional().openapi({ description: 'As `until`; now when absent' }),
    until: z.string().max(60).openapi({
      example: '2h',
      description:
        'A duration, a time of day by the clock of the service, or an instant: `2h`, `18:00`, `friday 18:00`, `2026-12-24T18:00:00Z`',
    }),
    reason: z.string().max(300).openapi({ example: 'deploy 2.31' }),
  })
  .openapi('SilenceSent')

export const SilenceSet = SilenceView.pick({
  id: true,
  kind: true,
  matchers: true,
  from: true,
  until: true,
  reason: true,
}).openapi('SilenceSet')

export const SilenceEnded = z
  .object({ id: z.string(), what: z.string().openapi({ example: 'service=checkout' }) })
  .openapi('SilenceEnded')

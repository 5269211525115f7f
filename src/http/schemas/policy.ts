import { z } from '@hono/zod-openapi'
import { policyMoments } from '../../domain/policy/facts.ts'
import { verdictOutcomes } from '../../domain/policy/verdict.ts'
import { Instant } from './common.ts'

export const PolicyVersionView = z
  .object({ digest: z.string(), source: z.string(), since: Instant, inForce: z.boolean() })
  .openapi('PolicyVersion')

export const PolicyView = z
  .object({
    digest: z.string().openapi({ description: '`default` where no policy file is in force' }),
    source: z.string().nullable(),
    since: Instant.nullable(),
    document: z.record(z.string(), z.unknown()).openapi({
      description:
        'As it is in force: with every default, days of calendars among the dates, durations in ms',
    }),
    problems: z
      .array(z.string())
      .openapi({ description: 'Of a newer file, which for these reasons is not in force' }),
    warnings: z.array(z.string()).openapi({ description: 'What is in force and holds for nothing' }),
  })
  .openapi('Policy')

const PolicyReason = z.object({
  code: z.string(),
  detail: z.string(),
  remedy: z.string(),
  facts: z.record(z.string(), z.unknown()).nullable(),
  earliest: Instant.nullable().openapi({ description: 'When it may be permitted, where the rule knows' }),
})

const verdict = {
  outcome: z.enum(verdictOutcomes),
  quorum: z.number().int(),
  approverRoles: z.array(z.string()),
  requiredRoles: z.array(z.string()),
  requiredGroups: z.array(z.string()),
}

export const PolicyExplained = z
  .object({
    proposalId: z.string(),
    runId: z.string().nullable(),
    service: z.string(),
    playbook: z.string(),
    said: z.array(
      z.object({
        moment: z.enum(policyMoments),
        at: Instant,
        text: z.string(),
        reasons: z
          .array(PolicyReason)
          .nullable()
          .openapi({ description: 'Null where what the rules said was not kept' }),
        kept: z
          .object({
            ...verdict,
            policyVersion: z.string(),
            facts: z.record(z.string(), z.unknown()).openapi({ description: 'What the rules saw then' }),
          })
          .nullable()
          .openapi({ description: 'Null where it was not kept' }),
      }),
    ),
    now: z.object({
      moment: z.enum(policyMoments),
      policyVersion: z.string(),
      verdict: z.object(verdict),
      rules: z.array(
        z.object({
          rule: z.string(),
          outcome: z.enum(verdictOutcomes),
          reason: PolicyReason.nullable().openapi({ description: 'Null: it has nothing to say' }),
        }),
      ),
    }),
  })
  .openapi('PolicyExplained')

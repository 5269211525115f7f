import { z } from '@hono/zod-openapi'
import { impacts } from '../../domain/action.ts'
import { approvalStatuses } from '../../domain/approval.ts'
import { roles } from '../../domain/person.ts'
import { policyReasonCodes } from '../../domain/rejection.ts'
import { runCauses, runStatuses } from '../../domain/run.ts'
import { stepPhases, stepStatuses } from '../../domain/step.ts'
import { Instant, PersonRef } from './common.ts'
import { Prompt } from './form.ts'

export const StepView = z
  .object({
    stepId: z.string(),
    phase: z.enum(stepPhases),
    title: z.string(),
    status: z.enum(stepStatuses),
    startedAt: Instant,
    finishedAt: Instant.nullable(),
    summary: z.string(),
    outputTail: z.string(),
  })
  .openapi('Step')

/** A gate splits a playbook into stages, each a run. */
const stageFields = {
  stage: z.number().int().openapi({ description: 'Of the stages of its playbook, from 1', example: 2 }),
  stages: z.number().int().openapi({ description: '1 for a playbook without gates', example: 3 }),
  follows: z.string().nullable().openapi({ description: 'The run of the stage before' }),
}

export const RunView = z
  .object({
    id: z.string().openapi({ example: 'run-7' }),
    incidentId: z.string(),
    proposalId: z.string(),
    service: z.string(),
    playbook: z.string(),
    playbookTitle: z.string(),
    status: z.enum(runStatuses),
    cause: z.enum(runCauses).nullable(),
    reason: z.string(),
    requester: PersonRef,
    approvers: z.array(PersonRef),
    createdAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    deadlineAt: Instant.nullable(),
    undoOf: z
      .string()
      .nullable()
      .openapi({ description: 'The run that ended `unknown` and that this one undoes' }),
    ...stageFields,
    resolution: z
      .string()
      .nullable()
      .openapi({ description: 'What a person has said of a run that ended `unknown`' }),
  })
  .openapi('Run')
export type RunView = z.infer<typeof RunView>

export const RunDetail = RunView.extend({
  steps: z.array(StepView),
  stepsPlanned: z.number().int(),
  done: z
    .number()
    .int()
    .openapi({ description: 'Steps and checks that succeeded; of an undoing, taken back' }),
  total: z.number().int().openapi({ description: 'All steps and checks, one a target' }),
}).openapi('RunDetail')

const QueueRun = z.object({
  id: z.string().openapi({ example: 'run-7' }),
  incidentId: z.string(),
  service: z.string(),
  playbookTitle: z.string(),
  status: z.enum(runStatuses),
  since: Instant.openapi({ description: 'Since when it runs or waits, or when it ended' }),
  undoOf: z.string().nullable(),
  ...stageFields,
  reason: z.string(),
})

export const QueueView = z
  .object({
    running: z.array(
      QueueRun.extend({
        done: z.number().int(),
        total: z.number().int(),
        step: z.string().nullable().openapi({ description: 'What is under way; null between two steps' }),
        deadlineAt: Instant.nullable(),
      }),
    ),
    waiting: z.array(
      QueueRun.extend({
        requestId: z.string().nullable().openapi({ description: 'The approval that it waits for' }),
        holders: z.array(z.object({ target: z.string(), runId: z.string() })),
        place: z
          .number()
          .int()
          .nullable()
          .openapi({ description: 'Among those that want one of the same targets; 1 is next' }),
        givesUpAt: Instant.nullable(),
      }),
    ),
    ended: z.array(QueueRun).openapi({ description: 'Within 24 h, newest first' }),
    needsPerson: z
      .array(QueueRun)
      .openapi({ description: 'Ended `unknown` and unresolved, or could not be undone' }),
  })
  .openapi('Queue')
export type QueueView = z.infer<typeof QueueView>

export const LogLine = z
  .object({ seq: z.number().int(), stepId: z.string(), stream: z.string(), text: z.string(), at: Instant })
  .openapi('LogLine')

export const ApprovalView = z
  .object({
    id: z.string().openapi({ example: 'req-5' }),
    runId: z.string(),
    incidentId: z.string(),
    proposalId: z.string(),
    service: z.string(),
    playbook: z.string(),
    playbookTitle: z.string(),
    gate: z
      .string()
      .nullable()
      .openapi({ description: 'What is asked at a gate; null for the request that a playbook begins with' }),
    impact: z.enum(impacts),
    status: z.enum(approvalStatuses),
    requester: PersonRef,
    quorum: z.number().int(),
    approverRoles: z.array(z.enum(roles)),
    requiredRoles: z.array(z.enum(roles)).openapi({ description: 'Each is had by one of the approvers' }),
    requiredGroups: z
      .array(z.string())
      .openapi({ description: 'Groups of the policy; in each is one of the approvers' }),
    overrides: z
      .array(z.enum(policyReasonCodes))
      .openapi({ description: 'What its one run asks to be let past; empty for an ordinary request' }),
    overrideReason: z.string(),
    votes: z.array(
      z.object({
        person: PersonRef,
        decision: z.enum(['approve', 'reject']),
        reason: z.string(),
        at: Instant,
        via: z.string(),
      }),
    ),
    expiresAt: Instant,
    createdAt: Instant,
    decidedAt: Instant.nullable(),
  })
  .openapi('Approval')

export const DecisionInput = z
  .object({ decision: z.enum(['approve', 'reject']), reason: z.string().max(1_000).default('') })
  .strict()
  .openapi('DecisionInput')

export const DecisionResult = z
  .object({ status: z.enum(approvalStatuses), approvals: z.number().int() })
  .openapi('DecisionResult')

export const ProposalView = z
  .object({
    id: z.string().openapi({ example: 'prop-3' }),
    incidentId: z.string(),
    rank: z.number().int(),
    withdrawn: z.boolean(),
    createdAt: Instant,
    digest: z.string(),
    /** The Proposal of src/domain/proposal.ts. */
    proposal: z.any().openapi({ type: 'object' }),
    verdict: z.any().openapi({ type: 'object' }),
    parameters: z
      .array(
        z.object({
          name: z.string(),
          title: z.string(),
          type: z.enum(['integer', 'string', 'choice', 'boolean']),
          expects: z.string().openapi({ example: 'an integer from -3 to 3 but not 0' }),
          values: z.array(z.string()).openapi({ description: 'Of a choice' }),
        }),
      )
      .openapi({ description: 'What can be edited; empty once its playbook has changed' }),
  })
  .openapi('Proposal')

export const Requested = z
  .object({ runId: z.string(), requestId: z.string().nullable() })
  .openapi('Requested')

export const RevocationInput = z
  .object({ reason: z.string().max(1_000).default('') })
  .strict()
  .openapi('RevocationInput')

export const Revoked = z
  .object({
    runId: z.string(),
    status: z
      .enum(['pending', 'canceled'])
      .openapi({ description: '`canceled`: it was queued, and its proposal can be requested again' }),
  })
  .openapi('Revoked')

export const EditInput = z
  .object({
    /** Held to the bounds by the use case, so that every problem is told by its name. */
    parameters: z
      .unknown()
      .openapi({ type: 'object', description: 'Values of those that shall change; the others stay' }),
  })
  .strict()
  .openapi('EditInput')

export const Edited = z
  .object({
    proposalId: z.string().openapi({ description: 'The new proposal; the old one is withdrawn' }),
    runId: z.string(),
    requestId: z.string().nullable(),
  })
  .openapi('Edited')

export const OverrideInput = z
  .object({
    reason: z
      .string()
      .trim()
      .min(1)
      .max(1_000)
      .openapi({ description: 'Why it cannot wait; whoever approves it decides by that' }),
  })
  .strict()
  .openapi('OverrideInput')

/** What a button carries, and what came of it. `message` is a sentence for whoever pressed it. */
export const ClickInput = z
  .object({
    token: z.string().min(1).max(200),
    note: z.string().max(1_000).default(''),
    answers: z
      .record(z.string().max(100), z.string().max(3_000))
      .optional()
      .openapi({ description: 'What a form was filled in with, by the names of its fields' }),
  })
  .strict()
  .openapi('ClickInput')
export const ClickResult = z
  .object({
    done: z.boolean(),
    title: z.string(),
    message: z.string(),
    remedy: z.string(),
    code: z.string(),
    status: z.string().optional().openapi({ description: 'In a word, where something was only looked at' }),
    /** When a refused press may work at the earliest, where the rule knows. */
    earliest: z.string().optional(),
    facts: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .openapi({ description: 'What the rule that refused it saw' }),
    next: z
      .array(
        z.object({
          token: z.string(),
          label: z.string(),
          style: z.enum(['primary', 'danger', 'plain']),
          prompt: Prompt.optional(),
        }),
      )
      .readonly()
      .optional()
      .openapi({ description: 'Buttons of what may be done instead; press them by their token' }),
    problems: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'What is wrong with a form, by the names of its fields' }),
  })
  .openapi('ClickResult')

/** What a person saw at the target of a run that ended `unknown`. */
export const ResolutionInput = z
  .object({
    resolution: z.enum(['happened', 'did_not_happen', 'undo']),
    note: z.string().trim().min(1).max(1_000),
  })
  .strict()
  .openapi('ResolutionInput')

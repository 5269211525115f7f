import { z } from '@hono/zod-openapi'
import { impacts } from '../../domain/action.ts'
import { approvalStatuses } from '../../domain/approval.ts'
import { roles } from '../../domain/person.ts'
import { runCauses, runStatuses } from '../../domain/run.ts'
import { stepPhases, stepStatuses } from '../../domain/step.ts'
import { Instant, PersonRef } from './common.ts'

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
  })
  .openapi('Run')
export type RunView = z.infer<typeof RunView>

export const RunDetail = RunView.extend({ steps: z.array(StepView), stepsPlanned: z.number().int() }).openapi(
  'RunDetail',
)

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
    impact: z.enum(impacts),
    status: z.enum(approvalStatuses),
    requester: PersonRef,
    quorum: z.number().int(),
    approverRoles: z.array(z.enum(roles)),
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
  })
  .openapi('Proposal')

export const Requested = z
  .object({ runId: z.string(), requestId: z.string().nullable() })
  .openapi('Requested')

/** What a button carries, and what came of it. `message` is a sentence for whoever pressed it. */
export const ClickInput = z
  .object({ token: z.string().min(1).max(200), note: z.string().max(1_000).default('') })
  .strict()
  .openapi('ClickInput')
export const ClickResult = z
  .object({ done: z.boolean(), title: z.string(), message: z.string(), remedy: z.string(), code: z.string() })
  .openapi('ClickResult')

/** What a person saw at the target of a run that ended `unknown`. */
export const ResolutionInput = z
  .object({ resolution: z.enum(['happened', 'did_not_happen']), note: z.string().trim().min(1).max(1_000) })
  .strict()
  .openapi('ResolutionInput')

import type { Command } from 'commander'
import { approvalStatuses } from '../../src/domain/approval.ts'
import { page } from '../../src/http/schemas/common.ts'
import { ApprovalView, DecisionResult, Requested } from '../../src/http/schemas/run.ts'
import { idLike, oneOf, wholeBetween } from '../arguments.ts'
import { CliFailure, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import { approvalTable, more } from '../tables.ts'

interface ListOptions {
  readonly status: string
  readonly limit: number
  readonly after?: string
}

const allOfThem = 'all'

export const addApprovals = (program: Command, open: Open): void => {
  program
    .command('approvals')
    .description('what waits for approval')
    .option(
      '--status <status>',
      `${approvalStatuses.join(', ')} or ${allOfThem}`,
      oneOf([...approvalStatuses, allOfThem]),
      'pending',
    )
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 20)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async ({ status, limit, after }: ListOptions, command: Command) => {
      const session = open(command)
      const filter = status === allOfThem ? {} : { status }
      const found = await session.client.get('/v1/approvals', page(ApprovalView), { ...filter, limit, after })
      session.show(found, () =>
        found.items.length === 0
          ? [status === 'pending' ? 'Nothing waits for approval.' : 'No approvals.']
          : [...approvalTable(session, found.items), ...more(found.next)],
      )
    })

  program
    .command('approve')
    .description('approve a request, or reject it with a reason')
    .argument('<request>', 'such as req-5', idLike('req-5'))
    .option('--reject', 'reject instead')
    .option('--reason <text>', 'why; a rejection needs one')
    .action(
      async (
        id: string,
        { reject = false, reason = '' }: { reject?: boolean; reason?: string },
        command: Command,
      ) => {
        const session = open(command)
        if (reject && reason.trim() === '')
          throw new CliFailure(
            exitCodes.usage,
            'A rejection needs a reason',
            `${id} was not rejected: no reason was given.`,
            'Add --reason "...", so that the requester can do better.',
          )
        const decision = reject ? 'reject' : 'approve'
        const decided = await session.client.post(
          `/v1/approvals/${id}/decisions`,
          { decision, reason },
          DecisionResult,
        )
        session.show({ id, ...decided }, () => [
          decided.status === 'pending'
            ? `Your approval of ${id} counts; ${decided.approvals} so far, and more are needed.`
            : `${id} is ${decided.status}.`,
        ])
      },
    )

  program
    .command('request')
    .description('ask for a proposal to be run; somebody else then approves')
    .argument('<proposal>', 'such as prop-3', idLike('prop-3'))
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const requested = await session.client.post(`/v1/proposals/${id}/requests`, {}, Requested)
      session.show({ proposalId: id, ...requested }, () => [
        requested.requestId === null
          ? `${requested.runId} is queued: policy allows it without approval.`
          : `${requested.runId} waits for approval as ${requested.requestId}.`,
      ])
    })
}

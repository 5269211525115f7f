import type { Command } from 'commander'
import { approvalStatuses } from '../../src/domain/approval.ts'
import { valueOfText } from '../../src/domain/edit-parameters.ts'
import { parseEdits } from '../../src/domain/edit-words.ts'
import { ApprovalSignals } from '../../src/http/schemas/approval-signals.ts'
import { page } from '../../src/http/schemas/common.ts'
import {
  ApprovalView,
  DecisionResult,
  Edited,
  ProposalView,
  Requested,
  Revoked,
} from '../../src/http/schemas/run.ts'
import { idLike, oneOf, wholeBetween } from '../arguments.ts'
import { CliFailure, exitCodes } from '../failure.ts'
import { planLines } from '../plan-lines.ts'
import type { Open } from '../program.ts'
import { signalLines } from '../signal-lines.ts'
import { approvalTable, more } from '../tables.ts'

interface ListOptions {
  readonly status: string
  readonly limit: number
  readonly after?: string
  readonly signals?: true
}

interface RequestOptions {
  readonly override?: boolean
  readonly reason?: string
}

const allOfThem = 'all'

export const addApprovals = (program: Command, open: Open): void => {
  const approvals = program.command('approvals').description('what waits for approval, and what it would do')

  approvals
    .command('list', { isDefault: true })
    .description('requests for approval, newest first')
    .option(
      '--status <status>',
      `${approvalStatuses.join(', ')} or ${allOfThem}`,
      oneOf([...approvalStatuses, allOfThem]),
      'pending',
    )
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 20)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .option('--signals', 'instead: what looks like a rubber stamp, of the last 30 days')
    .action(async ({ status, limit, after, signals }: ListOptions, command: Command) => {
      const session = open(command)
      if (signals === true) {
        const told = await session.client.get('/v1/approvals/signals', ApprovalSignals)
        session.show(told, () => signalLines(session, told))
        return
      }
      const filter = status === allOfThem ? {} : { status }
      const found = await session.client.get('/v1/approvals', page(ApprovalView), { ...filter, limit, after })
      session.show(found, () =>
        found.items.length === 0
          ? [status === 'pending' ? 'Nothing waits for approval.' : 'No approvals.']
          : [...approvalTable(session, found.items), ...more(found.next)],
      )
    })

  approvals
    .command('show')
    .description('one request with every call it would make, and what undoes it')
    .argument('<request>', 'such as req-5', idLike('req-5'))
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const approval = await session.client.get(`/v1/approvals/${id}`, ApprovalView)
      const proposal = await session.client.get(`/v1/proposals/${approval.proposalId}`, ProposalView)
      session.show({ ...approval, proposal }, () => [
        ...approvalTable(session, [approval]),
        '',
        ...planLines(proposal.proposal),
      ])
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
    .command('revoke')
    .description('take your approval back, before the run begins')
    .argument('<request>', 'such as req-5', idLike('req-5'))
    .option('--reason <text>', 'why')
    .action(async (id: string, { reason = '' }: { reason?: string }, command: Command) => {
      const session = open(command)
      const revoked = await session.client.post(`/v1/approvals/${id}/revocations`, { reason }, Revoked)
      session.show({ id, ...revoked }, () => [
        revoked.status === 'canceled'
          ? `${revoked.runId} will not run; its proposal can be requested again.`
          : `Your approval of ${id} does not count any more.`,
      ])
    })

  program
    .command('request')
    .description('ask for a proposal to be run; somebody else then approves')
    .argument('<proposal>', 'such as prop-3', idLike('prop-3'))
    .option('--override', 'ask that it may run although policy refuses it now, this one time')
    .option('--reason <text>', 'why it cannot wait; an override needs one')
    .action(async (id: string, { override = false, reason = '' }: RequestOptions, command: Command) => {
      const session = open(command)
      if (override && reason.trim() === '')
        throw new CliFailure(
          exitCodes.usage,
          'An override needs a reason',
          `${id} was not requested: no reason was given.`,
          'Add --reason "...": whoever approves it decides by that.',
        )
      const requested = override
        ? await session.client.post(`/v1/proposals/${id}/overrides`, { reason }, Requested)
        : await session.client.post(`/v1/proposals/${id}/requests`, {}, Requested)
      session.show({ proposalId: id, ...requested }, () => [
        requested.requestId === null
          ? `${requested.runId} is queued: policy allows it without approval.`
          : `${requested.runId} waits for approval as ${requested.requestId}.`,
      ])
    })

  program
    .command('edit')
    .description('propose it with other values: votes start anew, and somebody else approves')
    .argument('<proposal>', 'such as prop-3', idLike('prop-3'))
    .argument('<values...>', 'such as instances=2')
    .action(async (id: string, values: string[], _options: object, command: Command) => {
      const session = open(command)
      const parsed = parseEdits(values.map(quoted).join(' '))
      if ('problem' in parsed)
        throw new CliFailure(
          exitCodes.usage,
          'Not understood',
          parsed.problem,
          `suture edit ${id} name=value; suture approvals show lists what a request would do.`,
        )
      const { parameters } = await session.client.get(`/v1/proposals/${id}`, ProposalView)
      const typed = Object.entries(parsed.answers).map(([name, value]) => {
        const known = parameters.find((each) => each.name === name)
        return [name, known === undefined ? value : valueOfText(known, value)] as const
      })
      const edited = await session.client.post(
        `/v1/proposals/${id}/edits`,
        { parameters: Object.fromEntries(typed) },
        Edited,
      )
      session.show(edited, () => [
        edited.requestId === null
          ? `${edited.proposalId} has taken its place; ${edited.runId} is queued.`
          : `${edited.proposalId} has taken its place and waits for approval as ${edited.requestId}.`,
      ])
    })
}

/** A shell has taken the quotes away from `name="a b"`. */
const quoted = (value: string): string => {
  const at = value.indexOf('=')
  return at < 0 || !/\s/.test(value) ? value : `${value.slice(0, at)}="${value.slice(at + 1)}"`
}

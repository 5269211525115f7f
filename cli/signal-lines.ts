import type { ApprovalSignals } from '../src/http/schemas/approval-signals.ts'
import type { Session } from './session.ts'
import { oneLine, table } from './text.ts'
import { relative } from './when.ts'

/** Who approved faster than anybody reads, and who approves whom. */
export const signalLines = (
  { paint, now }: Pick<Session, 'paint' | 'now'>,
  { rushed, rushedUnderMs, pairs }: ApprovalSignals,
): string[] =>
  rushed.length === 0 && pairs.length === 0
    ? ['No approval of the last 30 days looks like a rubber stamp.']
    : [
        ...(rushed.length === 0
          ? []
          : [
              `Approved in under ${rushedUnderMs / 1_000} s, last 30 days:`,
              ...table(
                paint,
                ['WHO', 'REQUEST', 'OF', 'AFTER', 'WHEN', 'BY WAY OF'],
                rushed.map((each) => [
                  oneLine(each.person.name),
                  each.requestId,
                  oneLine(each.requester.name),
                  `${(each.afterMs / 1_000).toFixed(1)} s`,
                  relative(each.at, now),
                  each.via,
                ]),
              ),
            ]),
        ...pairs.map(
          ({ people, approvals }) =>
            `${people.map(({ name }) => oneLine(name)).join(' and ')} approve each other: ${approvals} approvals, more than half of all that each of them got.`,
        ),
      ]

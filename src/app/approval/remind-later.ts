import { handOversDue } from '../../domain/hand-over.ts'
import { type Matched, matches } from '../../domain/policy/match.ts'
import type { Shift } from '../../domain/policy/shift.ts'
import { remindersDue } from '../../domain/reminders.ts'
import type { Tx } from '../../storage/database.ts'
import type { ApprovalRequestRow } from '../../storage/run.repository.ts'
import type { App, Configuration } from '../app.ts'
import type { Outbound } from '../commit.ts'

type ToRemind = Pick<ApprovalRequestRow, 'id' | 'created_at' | 'expires_at' | 'reminders' | 'handed_over_at'>

/** What of it is due now, reminders and hand-overs, and when there is more; null where nothing comes before it expires. */
export const dueOf = (
  configuration: Configuration,
  about: Matched,
  request: ToRemind,
  now: Temporal.Instant,
) => {
  const {
    created_at: createdAt,
    expires_at: expiresAt,
    reminders: done,
    handed_over_at: handedOverAt,
  } = request
  const { approval } = configuration.policy.document
  const reminders = remindersDue(approval, { createdAt, expiresAt, done }, now)
  const shifts = shiftsFor(configuration, about)
  const handOvers = handOversDue(shifts, { createdAt, expiresAt, handedOverAt }, now)
  const [nextAt = null] = [reminders.nextAt, handOvers.nextAt]
    .filter((at) => at !== null)
    .toSorted((one, other) => Temporal.Instant.compare(one, other))
  return { reminders: reminders.due, handOvers: handOvers.due, nextAt }
}

export const shiftsFor = ({ policy }: Configuration, about: Matched): readonly Shift[] =>
  policy.document.shifts.filter(({ match }) => matches(match, about))

/** Puts the next reminder or hand-over of a request that waits into the outbox, or takes the last one out. */
export const remindLater = async (
  app: App,
  tx: Tx,
  out: Outbound,
  request: ToRemind,
  about: Matched,
): Promise<void> => {
  const { nextAt } = dueOf(await app.configuration.of(tx.tenantId), about, request, tx.now)
  if (nextAt === null) out.settle('remind_approval', request.id)
  else out.effect({ kind: 'remind_approval', key: request.id, dueAt: nextAt })
}

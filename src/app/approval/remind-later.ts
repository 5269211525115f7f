import { remindersDue } from '../../domain/reminders.ts'
import type { Tx } from '../../storage/database.ts'
import type { ApprovalRequestRow } from '../../storage/run.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'

type ToRemind = Pick<ApprovalRequestRow, 'id' | 'created_at' | 'expires_at' | 'reminders'>

/** Puts the next reminder of a request that waits into the outbox, or takes the last one out. */
export const remindLater = async (
  app: App,
  tx: Tx,
  out: Outbound,
  { id, created_at: createdAt, expires_at: expiresAt, reminders: done }: ToRemind,
): Promise<void> => {
  const { policy } = await app.configuration.of(tx.tenantId)
  const { nextAt } = remindersDue(policy.document.approval, { createdAt, expiresAt, done }, tx.now)
  if (nextAt === null) out.settle('remind_approval', id)
  else out.effect({ kind: 'remind_approval', key: id, dueAt: nextAt })
}

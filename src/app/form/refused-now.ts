import type { Caller } from '../../domain/person.ts'
import type { Rejection } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'

/** Answers that nobody can make sense of reach no use case: whoever may not send them is refused, and that is kept, here. */
export const refusedNow = (
  app: App,
  caller: Caller,
  command: string,
  refuse: (tx: Tx) => Promise<Rejection | null>,
): Promise<Rejection | null> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const refusal = await refuse(tx)
    const about = { actor: caller.person.id, subject: caller.tenantId, command }
    return refusal === null ? null : refused(out, about, refusal)
  })

import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { matchersInWords } from '../../domain/silence.ts'
import { lockSilence } from '../../storage/silence.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseSilencing } from './may-silence.ts'
import { end } from './turn-silence.ts'

export interface SilenceEnded {
  readonly id: string
  readonly what: string
}

/** Ends a silence before its time; what still fires opens an incident in a moment. */
export const endSilence = (app: App, caller: Caller, id: string): Promise<SilenceEnded | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: id, command: 'unsilence' }
    const forbidden = await refuseSilencing(app, tx, caller.person)
    if (forbidden !== null) return refused(out, about, forbidden)
    const row = await lockSilence(tx, id)
    if (row === undefined)
      return reject('not_found', `There is no silence ${id}.`, '/heal silences lists those that stand.')
    if (row.ended_at !== null || Temporal.Instant.compare(row.until_at, tx.now) <= 0)
      return refused(out, about, reject('already_decided', `${id} is over already.`, 'Nothing to do.'))
    await end(app, tx, out, row, tx.now, caller.person)
    out.effect({ kind: 'silence', key: id })
    return { id, what: matchersInWords(row.matchers) }
  })

import { cleanText } from '../../domain/clean-text.ts'
import type { Caller } from '../../domain/person.ts'
import { isOver, refuseReview } from '../../domain/policy/break-glass.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { lockGlass, updateGlass } from '../../storage/break-glass.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { type BreakGlassView, glassView } from '../read/break-glass.ts'
import { takeButtonOff } from '../show/take-button-off.ts'
import { announce } from './announce.ts'
import { closeGlass, noGlass } from './end.ts'

const mostNote = 1_000

/** Somebody else has looked at what was done under it: Suture may do by itself again what its mode lets it. */
export const reviewBreakGlass = (
  app: App,
  caller: Caller,
  id: string,
  note: string,
): Promise<BreakGlassView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const { person } = caller
    const about = { actor: person.id, subject: id, command: 'review_break_glass' }
    const refusal = refuseWithout(
      app,
      person,
      await standingNow(app, tx, person.id),
      ['approver', 'override'],
      reject('forbidden', `${person.name} may look, but not review.`, 'Ask someone with the role approver.'),
    )
    if (refusal !== null) return refused(out, about, refusal)
    const row = await lockGlass(tx, id)
    if (row === undefined) return refused(out, about, noGlass(id))
    const said = cleanText(note, mostNote)
    const over = isOver({ until: row.until, endedAt: row.ended_at }, tx.now)
    const refusedReview = refuseReview(
      { id, by: row.opened_by, over, reviewedBy: row.reviewed_by },
      person,
      said,
    )
    if (refusedReview !== null) return refused(out, about, refusedReview)
    // Its time is up and the sweeper has not come yet.
    if (row.ended_at === null) await closeGlass(app, tx, out, row, null)
    const reviewed = await updateGlass(tx, id, {
      reviewed_at: tx.now,
      reviewed_by: person.id,
      review_note: said,
    })
    out.audit({
      event: 'break_glass_reviewed',
      actor: person.id,
      subject: id,
      details: { service: row.service, opened_by: row.opened_by, note: said, via: caller.via },
    })
    out.changed('governance', tx.tenantId)
    const told = await announce(app, tx, out, row.service, {
      key: `${id}/review`,
      title: 'Reviewed',
      text: `${person.name} reviewed ${id}: ${said}. The modes hold again as they are set.`,
      tone: 'good',
    })
    await takeButtonOff(app, tx, out, { command: 'review', subject: id }, told)
    return glassView(tx, reviewed)
  })

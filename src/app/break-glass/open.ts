import { cleanText } from '../../domain/clean-text.ts'
import type { Caller } from '../../domain/person.ts'
import { isOver, refuseTimeBox } from '../../domain/policy/break-glass.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { type BreakGlassRow, insertGlass, lockOpenGlass } from '../../storage/break-glass.repository.ts'
import { lockKey } from '../../storage/chat.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { refuseUnlessAdmin } from '../autonomy/admin-only.ts'
import { findNamed } from '../autonomy/find-named.ts'
import { commit, type Outbound } from '../commit.ts'
import { type BreakGlassView, glassView } from '../read/break-glass.ts'
import { announce } from './announce.ts'
import { closeGlass } from './end.ts'

export interface BreakGlass {
  /** Null for all services. */
  readonly service: string | null
  readonly reason: string
  readonly forMs: number
}

const mostReason = 500

/** An admin breaks the glass, for a while and with a reason, and everybody who is concerned is told. */
export const openBreakGlass = (
  app: App,
  caller: Caller,
  asked: BreakGlass,
): Promise<BreakGlassView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const { person } = caller
    const about = { actor: person.id, subject: asked.service ?? tx.tenantId, command: 'break_glass' }
    const reason = cleanText(asked.reason, mostReason)
    const refusal =
      (await refuseUnlessAdmin(app, tx, caller, 'break the glass')) ??
      refuseTimeBox(asked.forMs) ??
      (reason === '' ? withoutReason : null)
    if (refusal !== null) return refused(out, about, refusal)
    const named =
      asked.service === null
        ? null
        : findNamed(await app.configuration.of(tx.tenantId), { kind: 'service', name: asked.service })
    if (isRejection(named)) return refused(out, about, named)
    const service = named?.name ?? null
    // Of two at once the second finds the first.
    await lockKey(tx, `break_glass ${service ?? ''}`)
    const standing = await refuseStanding(app, tx, out, service)
    if (standing !== null) return refused(out, about, standing)
    const row = await insertGlass(tx, {
      service,
      reason,
      by: person.id,
      until: tx.now.add({ milliseconds: asked.forMs }),
    })
    out.audit({
      event: 'break_glass_opened',
      actor: person.id,
      subject: row.id,
      details: { service, reason, until: row.until.toString(), via: caller.via },
    })
    out.effect({ kind: 'break_glass', key: row.id, dueAt: row.until })
    out.changed('governance', tx.tenantId)
    await announce(app, tx, out, service, {
      key: `${row.id}/open`,
      title: 'The glass is broken',
      text: `${person.name} broke the glass for ${service ?? 'all services'} until ${row.until.toString({ smallestUnit: 'minute' })}: ${reason}. Windows and freezes ask instead of refusing, and one person with the role override or admin approves; whoever waits for more presses Request again.`,
      tone: 'bad',
    })
    return glassView(tx, row)
  })

const withoutReason = reject(
  'invalid',
  'Breaking the glass needs a reason.',
  'Say why after because, for whoever reviews it.',
)

/** One that is over makes room; one that is open is named. */
const refuseStanding = async (
  app: App,
  tx: Tx,
  out: Outbound,
  service: string | null,
): Promise<Rejection | null> => {
  const standing: BreakGlassRow | undefined = await lockOpenGlass(tx, service)
  if (standing === undefined) return null
  if (isOver({ until: standing.until, endedAt: standing.ended_at }, tx.now)) {
    await closeGlass(app, tx, out, standing, null)
    return null
  }
  return reject(
    'conflict',
    `${standing.id} is open for ${service ?? 'all services'} until ${standing.until.toString({ smallestUnit: 'minute' })}.`,
    'Use it, or end it first.',
    { facts: { first: standing.id } },
  )
}

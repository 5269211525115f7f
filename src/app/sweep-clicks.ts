import type { FormAnswers } from '../domain/form.ts'
import type { IdentityProvider } from '../domain/person.ts'
import { reject } from '../domain/rejection.ts'
import { claimWaitingClicks, type WaitingClick } from '../storage/chat.repository.ts'
import { inTenant } from '../storage/database.ts'
import type { App } from './app.ts'
import { refused } from './audit-refusal.ts'
import { faultOutcome, writeOutcome } from './chat/stored-click.ts'
import { type ClickOutcome, click, refusal } from './click.ts'
import { commit } from './commit.ts'
import { findPerson } from './identity/find-person.ts'
import { scopesOf } from './identity/rights.ts'

/** Whoever took the press has this long to write what came of it; no statement of a living process waits longer. */
const olderThanMs = 30_000
const attempts = 5
const atOnce = 20

/**
 * Carries out presses of buttons whose process died before it wrote an outcome. Each is claimed by one sweeper, and what a
 * button does is idempotent by state: one that had been carried out already changes nothing.
 */
export const sweepClicks = async (app: App): Promise<number> => {
  const waiting = await claimWaitingClicks(app.store.db, app.store.shiftMs(), {
    olderThanMs,
    attempts,
    limit: atOnce,
  })
  for (const each of waiting) await carryOutStored(app, each)
  return waiting.length
}

const carryOutStored = async (app: App, { tenantId, clickId }: WaitingClick): Promise<void> => {
  try {
    const stored = await load(app, tenantId, clickId)
    if (stored === null) return
    const outcome = await outcomeOf(app, tenantId, stored)
    await writeOutcome(app, tenantId, clickId, outcome)
    app.log.info({ click: clickId, done: outcome.done }, 'a click that was left behind was carried out')
  } catch (error) {
    app.log.error({ click: clickId, error }, 'a click that was left behind failed')
    await giveUp(app, tenantId, clickId)
  }
}

interface Stored {
  readonly token: string
  readonly note: string
  readonly answers: FormAnswers
  readonly personId: string
  readonly via: IdentityProvider
  readonly attempts: number
  readonly receivedAt: Temporal.Instant
}

const load = (app: App, tenantId: string, clickId: string): Promise<Stored | null> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await tx.db
      .selectFrom('click')
      .select(['token', 'note', 'answers', 'person_id', 'via', 'attempts', 'received_at'])
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', clickId)
      .where('outcome', 'is', null)
      .executeTakeFirst()
    if (row === undefined || row.via === null) return null
    return {
      token: row.token,
      note: row.note,
      answers: row.answers ?? {},
      personId: row.person_id,
      via: row.via,
      attempts: row.attempts,
      receivedAt: row.received_at,
    }
  })

/** With the rights the person has now, not those of the moment they pressed. */
const outcomeOf = async (app: App, tenantId: string, stored: Stored): Promise<ClickOutcome> => {
  const person = await inTenant(app.store, tenantId, (tx) => findPerson(tx, stored.personId))
  if (person === undefined) {
    const gone = reject(
      'forbidden',
      'Whoever pressed was disabled before it could be carried out.',
      'Somebody else presses.',
    )
    const { personId } = stored
    await commit(app, tenantId, async (_, out) =>
      refused(out, { actor: personId, subject: personId, command: 'press' }, gone),
    )
    return refusal(gone)
  }
  return click(
    app,
    { tenantId, person, via: stored.via, scopes: scopesOf(person) },
    stored.token,
    stored.note,
    stored.receivedAt,
    stored.answers,
  )
}

/** After the last attempt it is written down as failed, so that it does not wait for ever. */
const giveUp = async (app: App, tenantId: string, clickId: string): Promise<void> => {
  try {
    const stored = await load(app, tenantId, clickId)
    if (stored !== null && stored.attempts >= attempts)
      await writeOutcome(app, tenantId, clickId, faultOutcome)
  } catch (error) {
    app.log.error({ click: clickId, error }, 'that a click failed could not be written')
  }
}

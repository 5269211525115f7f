import { cleanText } from '../../domain/clean-text.ts'
import { type Caller, mayVote } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { longestAwayDays } from '../../domain/stand-in.ts'
import { parseWhen, whenExamples } from '../../domain/when.ts'
import { lockDelegationsOf } from '../../storage/delegation.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { findDelegate } from './find-delegate.ts'
import { asViews, type DelegationView } from './list-delegations.ts'

export interface DelegationInput {
  /** The id of somebody, or the name as it stands in the list of people. */
  readonly to: string
  /** As `parseWhen` reads it, in UTC; now when absent. */
  readonly from?: string | undefined
  readonly until: string
}

/** From then on somebody else votes in the caller's stead, with what the caller's roles and groups are at that time. */
export const setDelegation = (
  app: App,
  caller: Caller,
  input: DelegationInput,
): Promise<DelegationView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: caller.person.id, command: 'away' }
    if (!mayVote(caller.person))
      return refused(
        out,
        about,
        reject('forbidden', `${caller.person.name} is a service account: it has no vote.`, 'Ask a person.'),
      )
    const forbidden = refuseWithout(
      app,
      caller.person,
      await standingNow(app, tx, caller.person.id),
      ['approver', 'override'],
      reject(
        'forbidden',
        `${caller.person.name} has no vote to delegate: it takes the role approver or override.`,
        'Nothing to do: your vote is asked for nowhere.',
      ),
    )
    if (forbidden !== null) return refused(out, about, forbidden)
    const to = await findDelegate(tx, cleanText(input.to, 200))
    if (isRejection(to)) return to
    if (to.id === caller.person.id || to.kind !== 'human')
      return reject(
        'invalid',
        to.kind === 'human'
          ? 'Nobody stands in for themselves.'
          : `${to.name} is a service account: it has no vote.`,
        'Name another person.',
        { facts: { field: 'to' } },
      )
    // Down: rounded up it would begin in a moment, and be told as ahead.
    const span = spanOf(input, tx.now.round({ smallestUnit: 'millisecond', roundingMode: 'floor' }))
    if (isRejection(span)) return span
    const [standing] = await lockDelegationsOf(tx, caller.person.id)
    if (standing !== undefined)
      return reject(
        'already_decided',
        `${caller.person.name} is away already, until ${standing.until_at.toString()}: ${standing.id}.`,
        'Type /heal back first, then say it anew.',
        { facts: { first: standing.id } },
      )
    const row = await tx.db
      .insertInto('delegation')
      .values({
        tenant_id: tx.tenantId,
        person_id: caller.person.id,
        delegate_id: to.id,
        from_at: span.from,
        until_at: span.until,
        made_by: caller.person.id,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    out.audit({
      event: 'delegation_set',
      actor: caller.person.id,
      subject: row.id,
      details: {
        person: row.person_id,
        delegate: row.delegate_id,
        from: row.from_at.toString(),
        until: row.until_at.toString(),
        via: caller.via,
      },
    })
    out.changed('person', row.person_id)
    const [view] = await asViews(tx, [row])
    if (view === undefined) throw new Error(`${row.id} has no people`)
    return view
  })

interface Span {
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
}

const spanOf = (input: DelegationInput, now: Temporal.Instant): Span | Rejection => {
  const from = input.from === undefined ? now : timeOf(input.from, now)
  const until = timeOf(input.until, now)
  const refuse = (field: 'from' | 'until', detail: string): Rejection =>
    reject('invalid', detail, `Say a time that lies ahead, in UTC: ${whenExamples}.`, { facts: { field } })
  if (from === null)
    return refuse('from', `“${cleanText(input.from ?? '', 60)}” is no time that Suture understands.`)
  if (until === null)
    return refuse('until', `“${cleanText(input.until, 60)}” is no time that Suture understands.`)
  if (Temporal.Instant.compare(until, now) <= 0 || Temporal.Instant.compare(until, from) <= 0)
    return refuse('until', `${until.toString()} is over, or before it begins.`)
  if (Temporal.Instant.compare(until, from.add({ hours: longestAwayDays * 24 })) > 0)
    return refuse('until', `${until.toString()} is more than ${longestAwayDays} days after it begins.`)
  return { from, until }
}

const timeOf = (typed: string, now: Temporal.Instant): Temporal.Instant | null =>
  parseWhen(typed, now, 'UTC')?.round({ smallestUnit: 'millisecond' }) ?? null

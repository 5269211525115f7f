import { cleanText } from '../../domain/clean-text.ts'
import type { Caller } from '../../domain/person.ts'
import { localInWords } from '../../domain/policy/calendar-words.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { parseWhen, whenExamples } from '../../domain/when.ts'
import { lockKey } from '../../storage/chat.repository.ts'
import { sameFreeze } from '../../storage/freeze.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { governanceButton } from '../show/governance-buttons.ts'
import { showNotice } from '../show/notice.ts'
import { storedWithinMs } from '../stored-within.ts'
import { incidentsTouched } from './incidents-touched.ts'
import { refuseFreezing } from './may-freeze.ts'
import { type ToFreeze, whatToFreeze } from './what-to-freeze.ts'

export interface FreezeInput {
  /** A service, playbook or owner; empty or `all` for everything. */
  readonly what: string
  /** As `parseWhen` reads it. */
  readonly until: string
  readonly reason: string
}

export interface FreezeSet {
  readonly id: string
  readonly what: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly reason: string
  /** By whose clock the end was meant. */
  readonly zone: string
  /** In how many threads it was told just now. */
  readonly told: number
}

/** Characters; what is longer is cut. */
export const longestReason = 300
/** Longer than any holiday: whoever wants more changes the policy. */
export const longestFreezeDays = 366

/**
 * From now on nothing begins on what is frozen, whoever has approved it. What runs already goes on. Said twice, it is one
 * freeze. `again` is for what may have been carried out before: when it was said.
 */
export const setFreeze = async (
  app: App,
  caller: Caller,
  input: FreezeInput,
  again: Temporal.Instant | null = null,
): Promise<FreezeSet | Rejection> => {
  const configuration = await app.configuration.of(caller.tenantId)
  return commit(app, caller.tenantId, async (tx, out) => {
    const about = { actor: caller.person.id, subject: caller.tenantId, command: 'freeze' }
    const forbidden = await refuseFreezing(app, tx, caller)
    if (forbidden !== null) return refused(out, about, forbidden)
    const toFreeze = whatToFreeze(configuration, cleanText(input.what, 200))
    if (isRejection(toFreeze)) return toFreeze
    const until = endOf(input.until, again ?? tx.now, toFreeze)
    if (isRejection(until)) return until
    const reason = cleanText(input.reason, longestReason)
    const { what, services, playbooks, owners, zone } = toFreeze
    await lockKey(tx, 'freeze')
    const since = again?.subtract({ milliseconds: storedWithinMs }) ?? null
    const same = await sameFreeze(tx, { ...toFreeze, until, reason, setBy: caller.person.id, since })
    if (same !== undefined)
      return { id: same.id, what, from: same.begins_at, until: same.ends_at, reason, zone, told: 0 }
    const row = await tx.db
      .insertInto('freeze')
      .values({
        tenant_id: tx.tenantId,
        what,
        services,
        playbooks,
        owners,
        begins_at: tx.now,
        ends_at: until,
        reason,
        set_by: caller.person.id,
        created_at: tx.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    out.audit({
      event: 'freeze_set',
      actor: caller.person.id,
      subject: row.id,
      details: { what, services, playbooks, owners, until: until.toString(), reason, via: caller.via },
    })
    out.effect({ kind: 'freeze', key: row.id, dueAt: row.ends_at })
    const touched = await incidentsTouched(tx, row, configuration)
    const lift = touched.length === 0 ? [] : [await governanceButton(tx, app.ids.token, 'unfreeze', row.id)]
    for (const incident of touched)
      await showNotice(app, tx, out, incident, {
        key: `frozen-${row.id}-${incident.id}`,
        title: `Frozen: ${what}`,
        text: `${caller.person.name} has frozen ${what} until ${localInWords(until, zone)}${reason === '' ? '' : `: ${reason}`}. Nothing begins before that; what runs already goes on. To lift it: /heal unfreeze ${row.id}`,
        tone: 'warning',
        actions: lift,
      })
    out.changed('governance', tx.tenantId)
    return { id: row.id, what, from: row.begins_at, until: row.ends_at, reason, zone, told: touched.length }
  })
}

const endOf = (typed: string, now: Temporal.Instant, { zone }: ToFreeze): Temporal.Instant | Rejection => {
  const until = parseWhen(typed, now, zone)?.round({ smallestUnit: 'millisecond' }) ?? null
  const refuse = (detail: string): Rejection =>
    reject('invalid', detail, `Say a time that lies ahead: ${whenExamples}.`, { facts: { field: 'until' } })
  if (until === null) return refuse(`“${cleanText(typed, 60)}” is no time that Suture understands.`)
  if (Temporal.Instant.compare(until, now.add({ minutes: 1 })) < 0)
    return refuse(
      `${localInWords(until, zone)} is over, or less than a minute ahead: it is ${localInWords(now, zone)}.`,
    )
  if (Temporal.Instant.compare(until, now.add({ hours: longestFreezeDays * 24 })) > 0)
    return refuse(`${localInWords(until, zone)} is more than ${longestFreezeDays} days ahead.`)
  return until
}

import type { Caller, IdentityProvider, Role } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { lockKey } from '../../storage/chat.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { joinSides, type Linked } from './join-sides.ts'
import { hashOfCode, refuseSide } from './link-code.ts'

/** Who types the code: a chat account, which may be nobody's, or a person with a key or session. */
export interface Redeemer {
  readonly tenantId: string
  readonly via: IdentityProvider
  /** `T1:U1`; null for a key or session. */
  readonly externalId: string | null
  /** Null for an account that is nobody's. */
  readonly personId: string | null
  /** What the groups of the account give; empty where that is not known. */
  readonly roles: readonly Role[]
  /** How long ago the groups were read, ms. */
  readonly rolesAgeMs: number
}

const triesAnHour = 5

/** The proof of the other side: from now on both are one person. */
export const redeemLinkCode = (app: App, redeemer: Redeemer, code: string): Promise<Linked | Rejection> =>
  commit(app, redeemer.tenantId, async (tx, out) => {
    const who =
      redeemer.externalId === null ? `person ${redeemer.personId}` : `${redeemer.via} ${redeemer.externalId}`
    const actor = redeemer.personId ?? `${redeemer.via}:${redeemer.externalId}`
    const about = { actor, subject: actor, command: 'link' }
    // One try of the same user at a time, or many at once would all be the first.
    await lockKey(tx, `link ${who}`)
    const tooOften = await refuseGuessing(tx, who)
    // The wrong codes are in the history already; whoever goes on can't fill it.
    if (tooOften !== null) return tooOften
    const made = await findCode(tx, code)
    const linked =
      made === undefined ? null : await joinSides(tx, out, redeemer, made.person_id, () => holdCode(tx, code))
    if (linked === null) {
      await noteFailure(app, tx, who)
      return refused(out, about, wrongCode)
    }
    if (isRejection(linked)) return refused(out, about, linked)
    await useUp(tx, code)
    return linked
  })

/** Somebody with a key or session, whose account of a chat made the code. */
export const redeemAsCaller = async (app: App, caller: Caller, code: string): Promise<Linked | Rejection> => {
  const { tenantId, via, person } = caller
  const refusal = refuseSide(caller)
  if (refusal === null)
    return redeemLinkCode(
      app,
      { tenantId, via, externalId: null, personId: person.id, roles: [], rolesAgeMs: 0 },
      code,
    )
  return commit(app, tenantId, async (_, out) =>
    refused(out, { actor: person.id, subject: person.id, command: 'link' }, refusal),
  )
}

const wrongCode = reject(
  'not_found',
  'This code opens nothing: it is wrong, was used already, or is older than ten minutes.',
  'Make a new one on the other side with /heal link, or in a terminal with suture link.',
)

const refuseGuessing = async (tx: Tx, who: string): Promise<Rejection | null> => {
  const failures = await tx.db
    .selectFrom('link_failure')
    .select('failed_at')
    .where('tenant_id', '=', tx.tenantId)
    .where('who', '=', who)
    .where('failed_at', '>', tx.now.subtract({ hours: 1 }))
    .orderBy('failed_at', 'desc')
    .limit(triesAnHour)
    .execute()
  const oldest = failures[triesAnHour - 1]
  if (oldest === undefined) return null
  return reject(
    'forbidden',
    `${triesAnHour} wrong codes within an hour are the most.`,
    'Wait, then make a new code on the other side.',
    { earliest: oldest.failed_at.add({ hours: 1 }).toString() },
  )
}

const noteFailure = async (app: App, tx: Tx, who: string): Promise<void> => {
  await tx.db
    .insertInto('link_failure')
    .values({ tenant_id: tx.tenantId, id: app.ids.uuid(), who, failed_at: tx.now })
    .execute()
}

const findCode = (tx: Tx, code: string) =>
  tx.db
    .selectFrom('link_code')
    .select('person_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('code_hash', '=', hashOfCode(code))
    .where('used_at', 'is', null)
    .where('expires_at', '>', tx.now)
    .executeTakeFirst()

/** Everybody locks people before codes. Of two who type the same code at once, the second finds it used: false. */
const holdCode = async (tx: Tx, code: string): Promise<boolean> =>
  (await tx.db
    .selectFrom('link_code')
    .select('person_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('code_hash', '=', hashOfCode(code))
    .where('used_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()) !== undefined

const useUp = async (tx: Tx, code: string): Promise<void> => {
  await tx.db
    .updateTable('link_code')
    .set({ used_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('code_hash', '=', hashOfCode(code))
    .execute()
}

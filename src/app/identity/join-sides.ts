import type { Selectable } from 'kysely'
import type { Person } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { lockKey } from '../../storage/chat.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { PersonTable } from '../../storage/identity.table.ts'
import { revokeSharedPermits } from '../../storage/run.repository.ts'
import type { Outbound } from '../commit.ts'
import { setRolesOfAccounts } from './account-roles.ts'
import { accountsOf } from './accounts-of.ts'
import { asPerson } from './find-person.ts'
import { endCodes } from './link-code.ts'
import { pendingOf, restsOn } from './pending-of.ts'
import type { Redeemer } from './redeem-code.ts'

export interface Linked {
  readonly person: Person
  /** All of the person's accounts now, as `slack T1:U1`. */
  readonly accounts: readonly string[]
}

type Row = Pick<Selectable<PersonTable>, 'id' | 'name' | 'kind' | 'roles' | 'came_by' | 'disabled_at'>

/**
 * Both sides have proved themselves: they become one person. Of two, the one whom chat groups made goes into the other;
 * people whom an admin made stay as they are. Nobody is taken in who still has a vote or a request open: as somebody else
 * the same human could count a second time. Null when the code was used meanwhile: `holdCode` tells, once the people are
 * locked.
 */
export const joinSides = async (
  tx: Tx,
  out: Outbound,
  redeemer: Redeemer,
  makerId: string,
  holdCode: () => Promise<boolean>,
): Promise<Linked | Rejection | null> => {
  if (redeemer.externalId !== null) await lockKey(tx, `identity ${redeemer.via} ${redeemer.externalId}`)
  const ownerId = await ownerOf(tx, redeemer)
  const persons = await lockPersons(tx, [makerId, ...(ownerId === null ? [] : [ownerId])])
  if (!(await holdCode())) return null
  const maker = persons.get(makerId)
  if (maker === undefined || maker.disabled_at !== null)
    return reject('forbidden', 'Whoever made this code is disabled.', 'Ask an admin.')
  if (ownerId === null) return attach(tx, out, redeemer, maker)
  const owner = persons.get(ownerId)
  if (owner === undefined || owner.disabled_at !== null)
    return reject('forbidden', 'You are disabled and may do nothing.', 'Ask an admin.')
  if (owner.id === maker.id)
    return reject('conflict', `This is ${maker.name} on both sides already.`, 'Nothing to do.')
  return takeIn(tx, out, maker, owner)
}

/** As it is now, under its lock: it may have become somebody's since. */
const ownerOf = async (tx: Tx, { via, externalId, personId }: Redeemer): Promise<string | null> => {
  if (externalId === null) return personId
  const row = await tx.db
    .selectFrom('identity')
    .select('person_id')
    .where('tenant_id', '=', tx.tenantId)
    .where('provider', '=', via)
    .where('external_id', '=', externalId)
    .where('unlinked_at', 'is', null)
    .executeTakeFirst()
  return row?.person_id ?? null
}

/** In order of id. Votes that are being written hold their person, so that what is read after this is all there is. */
const lockPersons = async (tx: Tx, ids: readonly string[]): Promise<Map<string, Row>> => {
  const rows = await tx.db
    .selectFrom('person')
    .select(['id', 'name', 'kind', 'roles', 'came_by', 'disabled_at'])
    .where('tenant_id', '=', tx.tenantId)
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forUpdate()
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

const attach = async (tx: Tx, out: Outbound, redeemer: Redeemer, maker: Row): Promise<Linked | Rejection> => {
  const { via, externalId, roles, rolesAgeMs } = redeemer
  if (externalId === null) throw new Error('an account without an id cannot be linked')
  const twice = await refuseSecond(tx, maker, [{ provider: via, external_id: externalId }])
  if (twice !== null) return twice
  const seenAt = tx.now.subtract({ milliseconds: rolesAgeMs })
  const row = {
    person_id: maker.id,
    linked_at: tx.now,
    roles: [...roles],
    roles_seen_at: seenAt,
    unlinked_at: null,
  }
  await tx.db
    .insertInto('identity')
    .values({ tenant_id: tx.tenantId, provider: via, external_id: externalId, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'provider', 'external_id']).doUpdateSet(row))
    .execute()
  auditLink(out, maker.id, `${via} ${externalId}`, null)
  return linkedTo(tx, out, maker, via)
}

const takeIn = async (tx: Tx, out: Outbound, maker: Row, owner: Row): Promise<Linked | Rejection> => {
  if (maker.came_by === null && owner.came_by === null)
    return reject(
      'conflict',
      `${maker.name} (${maker.id}) and ${owner.name} (${owner.id}) were both made by an admin, so neither goes into the other.`,
      'Ask an admin to disable one of them; the other then links this account.',
    )
  const [staying, going] = await whoStays(tx, maker, owner)
  const open = await pendingOf(tx, going.id)
  if (open !== null)
    return reject(
      'separation_of_duties',
      `${going.name} (${going.id}) still has a vote or a request in ${open}, and one person must not count twice.`,
      `Link the accounts once ${open} is decided.`,
      { facts: { request: open, person: going.id } },
    )
  const accounts = await accountsOf(tx, going.id)
  const twice = await refuseSecond(tx, staying, accounts)
  if (twice !== null) return twice
  await revokeSharedPermits(tx, [going.id, staying.id])
  await tx.db
    .updateTable('identity')
    .set({ person_id: staying.id, linked_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', going.id)
    .execute()
  for (const { provider, external_id } of accounts)
    auditLink(out, staying.id, `${provider} ${external_id}`, going.id)
  await disableEmptied(tx, out, going, staying)
  return linkedTo(tx, out, staying, accounts[0]?.provider ?? 'console')
}

/** People whom an admin made stay; of two others whoever made the code, unless only the other one can't be taken in. */
const whoStays = async (tx: Tx, maker: Row, owner: Row): Promise<[staying: Row, going: Row]> => {
  if (maker.came_by === null) return [maker, owner]
  if (owner.came_by === null) return [owner, maker]
  const stuck = (await restsOn(tx, owner.id)) && !(await restsOn(tx, maker.id))
  return stuck ? [owner, maker] : [maker, owner]
}

const workspaceOf = (externalId: string): string => externalId.split(':')[0] ?? ''

/** Two accounts of one workspace are two people who lend each other what they may do. */
const refuseSecond = async (
  tx: Tx,
  person: Row,
  added: readonly { readonly provider: string; readonly external_id: string }[],
): Promise<Rejection | null> => {
  const has = await accountsOf(tx, person.id)
  const same = added.some((one) =>
    has.some(
      (other) =>
        one.provider === other.provider &&
        workspaceOf(one.external_id) === workspaceOf(other.external_id) &&
        one.external_id !== other.external_id,
    ),
  )
  return same
    ? reject(
        'conflict',
        `${person.name} has an account in this workspace already, and nobody has two.`,
        'Use that one, or take it off first: /heal unlink there.',
      )
    : null
}

const disableEmptied = async (tx: Tx, out: Outbound, going: Row, staying: Row): Promise<void> => {
  await endCodes(tx, going.id)
  await tx.db
    .updateTable('person')
    .set({ disabled_at: tx.now })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', going.id)
    .execute()
  await tx.db
    .deleteFrom('session')
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', going.id)
    .execute()
  out.audit({
    event: 'person_changed',
    actor: staying.id,
    subject: going.id,
    details: { disabled: true, because: `the same person as ${staying.id}` },
  })
  out.changed('person', going.id)
}

const auditLink = (out: Outbound, personId: string, account: string, from: string | null): void => {
  out.audit({
    event: 'identity_linked',
    actor: personId,
    subject: personId,
    details: { account, by: 'code', from },
  })
}

const linkedTo = async (tx: Tx, out: Outbound, person: Row, via: string): Promise<Linked> => {
  const roles = person.came_by === null ? person.roles : await setRolesOfAccounts(tx, out, person.id, via)
  out.changed('person', person.id)
  const accounts = await accountsOf(tx, person.id)
  return {
    person: asPerson({ ...person, roles }),
    accounts: accounts.map(({ provider, external_id }) => `${provider} ${external_id}`),
  }
}

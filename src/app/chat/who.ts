import { cleanText } from '../../domain/clean-text.ts'
import type { Caller, Person, Role } from '../../domain/person.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { commit, type Outbound } from '../commit.ts'
import { inOrder, sameRoles } from '../identity/account-roles.ts'
import { asPerson } from '../identity/find-person.ts'
import { insertPerson } from '../identity/people.ts'
import { scopesOf } from '../identity/rights.ts'
import {
  type Account,
  type AccountRow,
  confirmRoles,
  findAccount,
  lockAccount,
  synchronizeRoles,
} from '../identity/synchronize-roles.ts'
import type { ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'

export type Who =
  | { readonly kind: 'known'; readonly caller: Caller; readonly account: Account }
  /** Nobody that Suture knows; `unlinked` when the account was taken off its person. */
  | {
      readonly kind: 'stranger'
      readonly why: 'unknown' | 'unlinked' | 'no_role'
      readonly account: Account
      /** Whose account it is all the same: of somebody who has no role any more. */
      readonly personId: string | null
    }
  | { readonly kind: 'disabled'; readonly account: Account }
  | { readonly kind: 'unknown_workspace' }

/**
 * Who this is: the person whose account it is. Somebody without one who is in a group that gives a role becomes a person
 * here; who came so has exactly the roles of the groups, brought up to date each time. Never by what a message says.
 */
export const identify = async (context: ChatContext, user: ChatUser): Promise<Who> => {
  const tenantId = tenantOf(context, user)
  if (tenantId === null || !idPattern.test(user.userId)) {
    await context.refused({ chat: user.chat, reason: 'unknown_workspace' })
    return { kind: 'unknown_workspace' }
  }
  const account: Account = {
    tenantId,
    provider: user.chat,
    externalId: `${user.workspaceId}:${user.userId}`,
  }
  const given = rolesOfGroups(context, user)
  const ageMs = user.groupsAgeMs ?? 0
  const { now, found } = await inTenant(
    context.app.store,
    account.tenantId,
    async (tx) => ({ found: await findAccount(tx, account), now: tx.now }),
    { readOnly: true, eager: true },
  )
  if (found === undefined)
    return given === null || given.length === 0
      ? { kind: 'stranger', why: 'unknown', account, personId: null }
      : commit(context.app, account.tenantId, (tx, out) =>
          enroll(tx, out, account, user.name, { roles: given, ageMs }),
        )
  const stays = found.came_by === null || found.unlinked_at !== null || found.disabled_at !== null
  if (stays || given === null) return asWho(account, found)
  const seenAt = now.subtract({ milliseconds: ageMs })
  const sinceMs =
    found.roles_seen_at === null
      ? Number.POSITIVE_INFINITY
      : seenAt.epochMilliseconds - found.roles_seen_at.epochMilliseconds
  if (sinceMs < 0) return asWho(account, found)
  if (sameRoles(found.given, given)) {
    if (sinceMs >= noteEveryMs) await confirmRoles(context.app, account, { roles: found.given, seenAt })
    return asWho(account, found)
  }
  return commit(context.app, account.tenantId, async (tx, out) => {
    const row = await synchronizeRoles(tx, out, account, { roles: given, seenAt })
    if (row === undefined) throw new Error(`${account.externalId} vanished while its roles were read`)
    return asWho(account, row)
  })
}

/** Somebody who presses again and again need not be noted each time; the difference is small beside the maximum age. */
const noteEveryMs = 60_000

/** Null for a workspace that is not served here. */
export const tenantOf = ({ workspaces }: ChatContext, { chat, workspaceId }: ChatUser): string | null =>
  workspaces.find((each) => each.chat === chat && each.workspaceId === workspaceId)?.tenantId ?? null

/** Ids of platforms are short and plain; anything else is none. */
const idPattern = /^[A-Za-z0-9]{1,40}$/

/** Null when the groups could not be read. */
export const rolesOfGroups = (
  { roleGroups }: Pick<ChatContext, 'roleGroups'>,
  { chat, groups }: Pick<ChatUser, 'chat' | 'groups'>,
): Role[] | null =>
  groups === null
    ? null
    : inOrder(roleGroups[chat].filter(({ group }) => groups.includes(group)).map(({ role }) => role))

const asWho = (account: Account, row: AccountRow): Who => {
  if (row.unlinked_at !== null) return { kind: 'stranger', why: 'unlinked', account, personId: null }
  if (row.disabled_at !== null) return { kind: 'disabled', account }
  // Whom groups alone let in, they let out again: not even reading is left.
  if (row.came_by !== null && row.roles.length === 0)
    return { kind: 'stranger', why: 'no_role', account, personId: row.id }
  return { kind: 'known', caller: callerOf(account, asPerson(row)), account }
}

const callerOf = ({ tenantId, provider }: Account, person: Person): Caller => ({
  tenantId,
  person,
  via: provider,
  scopes: scopesOf(person),
})

const enroll = async (
  tx: Tx,
  out: Outbound,
  account: Account,
  name: string,
  given: { readonly roles: readonly Role[]; readonly ageMs: number },
): Promise<Who> => {
  await lockAccount(tx, account)
  const meanwhile = await findAccount(tx, account)
  if (meanwhile !== undefined) return asWho(account, meanwhile)
  const person = await addPerson(tx, out, account, cleanText(name, 100), given.roles)
  await tx.db
    .updateTable('person')
    .set({ came_by: account.provider })
    .where('tenant_id', '=', tx.tenantId)
    .where('id', '=', person.id)
    .execute()
  await tx.db
    .insertInto('identity')
    .values({
      tenant_id: tx.tenantId,
      provider: account.provider,
      external_id: account.externalId,
      person_id: person.id,
      linked_at: tx.now,
      roles: [...given.roles],
      roles_seen_at: tx.now.subtract({ milliseconds: given.ageMs }),
    })
    .execute()
  out.audit({
    event: 'identity_linked',
    actor: person.id,
    subject: person.id,
    details: { account: `${account.provider} ${account.externalId}`, by: 'groups', roles: [...given.roles] },
  })
  out.changed('person', person.id)
  return { kind: 'known', caller: callerOf(account, person), account }
}

/** `slack-u1`; with the workspace behind it where somebody else has that id already. */
const addPerson = async (
  tx: Tx,
  out: Outbound,
  { provider, externalId }: Account,
  name: string,
  given: readonly Role[],
): Promise<Person> => {
  const [workspace = '', user = ''] = externalId.toLowerCase().split(':')
  for (const id of [`${provider}-${user}`, `${provider}-${user}-${workspace}`]) {
    const person = await insertPerson(tx, out, id, {
      id,
      name: name === '' ? user : name,
      kind: 'human',
      roles: given,
    })
    if (person !== null) return person
  }
  throw new Error(
    `the ids of a person for ${provider} ${externalId} are taken; an admin links the account instead`,
  )
}

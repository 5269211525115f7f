import type { IdentityProvider, Person } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { Outbound } from '../commit.ts'
import { setRolesOfAccounts } from './account-roles.ts'
import { accountsOf } from './accounts-of.ts'
import { endCodes } from './link-code.ts'
import { pendingOf } from './pending-of.ts'

export interface LinkedAccount {
  readonly provider: IdentityProvider
  readonly externalId: string
}

export interface TakenOff {
  readonly person: Pick<Person, 'id' | 'name'>
  readonly cameByChat: boolean
  readonly account: LinkedAccount
  /** Who takes it off: the person, or an admin. */
  readonly actor: string
}

/**
 * The person is locked. The account's row stays and opens nothing: an account that could come back as somebody new by its
 * groups would give the same human a second vote. So would one that is taken off while a vote or a request is open.
 */
export const takeOffAccount = async (
  tx: Tx,
  out: Outbound,
  { person, cameByChat, account, actor }: TakenOff,
): Promise<Rejection | null> => {
  const byAdmin = actor !== person.id
  const accounts = await accountsOf(tx, person.id)
  const isIt = (each: { provider: string; external_id: string }) =>
    each.provider === account.provider && each.external_id === account.externalId
  if (!accounts.some(isIt)) return byAdmin ? notTheirs(person, account) : notMine
  if (cameByChat && accounts.length === 1)
    return reject(
      'conflict',
      byAdmin
        ? `This is the only account of ${person.name}, so without it nobody would be left.`
        : 'This is your only account, so without it nobody would be left.',
      byAdmin ? 'Disable the person instead.' : 'Link another one first, or ask an admin to disable you.',
    )
  const open = await pendingOf(tx, person.id)
  if (open !== null)
    return reject(
      'separation_of_duties',
      `${byAdmin ? `${person.name} still has` : 'You still have'} a vote or a request in ${open}, and one person must not count twice.`,
      `Take it off once ${open} is decided.${byAdmin ? ' If it is urgent, disable the person: that ends what they may do at once.' : ''}`,
      { facts: { request: open } },
    )
  await tx.db
    .updateTable('identity')
    .set({ unlinked_at: tx.now, roles: [] })
    .where('tenant_id', '=', tx.tenantId)
    .where('provider', '=', account.provider)
    .where('external_id', '=', account.externalId)
    .execute()
  await endCodes(tx, person.id)
  if (cameByChat) await setRolesOfAccounts(tx, out, person.id, account.provider)
  out.audit({
    event: 'identity_unlinked',
    actor,
    subject: person.id,
    details: {
      account: `${account.provider} ${account.externalId}`,
      ...(byAdmin ? { by: 'admin' } : {}),
    },
  })
  out.changed('person', person.id)
  return null
}

const notMine = reject('conflict', 'This account is not linked any more.', 'Nothing to do.')

const notTheirs = ({ id, name }: Pick<Person, 'id' | 'name'>, { provider, externalId }: LinkedAccount) =>
  reject(
    'not_found',
    `${name} has no account ${provider} ${externalId}.`,
    `List theirs: suture people accounts ${id}.`,
  )

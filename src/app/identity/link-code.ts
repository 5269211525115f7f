import { hash, randomBytes } from 'node:crypto'
import type { Caller } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { scopesOf } from './rights.ts'
import { refuseDisabled } from './still-enabled.ts'

export interface LinkCode {
  /** Such as `K7PQM-2XWHD`; shown this once. */
  readonly code: string
  readonly expiresAt: Temporal.Instant
}

const minutes = 10

/** Without letters and digits that look alike. 32 of them, so that ten make 50 random bits. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const characters = 10

const newCode = (): string =>
  Array.from(randomBytes(characters), (byte) => alphabet[byte % alphabet.length]).join('')

/** As people copy it: in small letters, with blanks and dashes wherever they like. */
export const hashOfCode = (typed: string): Buffer =>
  hash('sha256', `link ${typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`, 'buffer')

/**
 * The proof of one side. A code counts once and for ten minutes, and a new one ends the one before. `account` is the chat
 * account it is made with; null for a key or session.
 */
export const makeLinkCode = (
  app: App,
  caller: Caller,
  account: string | null,
): Promise<LinkCode | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    // People are locked before codes, as by whoever types one.
    const refusal = (await refuseDisabled(tx, caller)) ?? refuseSide(caller)
    if (isRejection(refusal))
      return refused(out, { actor: caller.person.id, subject: caller.person.id, command: 'link' }, refusal)
    await endCodes(tx, caller.person.id)
    const code = newCode()
    const expiresAt = tx.now.add({ minutes })
    await tx.db
      .insertInto('link_code')
      .values({
        tenant_id: tx.tenantId,
        code_hash: hashOfCode(code),
        person_id: caller.person.id,
        provider: caller.via,
        external_id: account,
        created_at: tx.now,
        expires_at: expiresAt,
      })
      .execute()
    out.audit({
      event: 'link_code_made',
      actor: caller.person.id,
      subject: caller.person.id,
      details: { via: caller.via, account, expires_at: expiresAt.toString() },
    })
    return { code: `${code.slice(0, 5)}-${code.slice(5)}`, expiresAt }
  })

export const endCodes = async (tx: Tx, personId: string): Promise<void> => {
  await tx.db
    .deleteFrom('link_code')
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', personId)
    .where('used_at', 'is', null)
    .execute()
}

/** A linked account has all that its person may do, for good: a key that has less, or ends, must not make one. */
export const refuseSide = ({ person, scopes, until }: Caller): Rejection | null => {
  if (person.kind !== 'human')
    return reject('forbidden', `${person.name} is a service account: it has no chats.`, 'Link people.')
  const lacking = scopesOf(person).filter((scope) => !scopes.includes(scope))
  if (lacking.length > 0)
    return reject(
      'forbidden',
      `What you signed in with lacks the scope ${lacking.join(', ')}, and a linked account would have it.`,
      'Sign in with a key that has all scopes of yours.',
    )
  if (until !== null && until !== undefined)
    return reject(
      'forbidden',
      'What you signed in with ends, and a linked account would not.',
      'Sign in with a key that does not expire.',
    )
  return null
}

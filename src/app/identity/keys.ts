import type { Selectable } from 'kysely'
import { type Caller, hasRole, type Person, type Scope } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { refuseOutdated, type Standing } from '../../domain/standing.ts'
import type { Tx } from '../../storage/database.ts'
import type { ApiKeyTable } from '../../storage/identity.table.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit, type Outbound } from '../commit.ts'
import { formatKey } from './key-text.ts'
import { refuseWithout } from './refuse-without.ts'
import { rolesFor, scopesOf } from './rights.ts'
import { hashOf, newKeyId, newSecret } from './secrets.ts'
import { standingsNow } from './standing-now.ts'

export interface NewKey {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresInDays?: number | undefined
  /** Whose key it is; the caller's own when absent. Only admins make keys for others. */
  readonly personId?: string | undefined
}

export interface KeyRecord {
  readonly id: string
  readonly name: string
  readonly person: { readonly id: string; readonly name: string }
  readonly scopes: Scope[]
  /** ISO 8601, as are the others. */
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  readonly lastUsedAt: string | null
}

/** Most unrevoked keys of one person: enough for every tool, few enough to read through. */
const maxKeysPerPerson = 50

/** The text of the key is in the answer and nowhere else. */
export const createKey = (
  app: App,
  caller: Caller,
  input: NewKey,
): Promise<(KeyRecord & { key: string }) | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const personId = input.personId ?? caller.person.id
    const about = { actor: caller.person.id, subject: personId, command: 'create_key' }
    const standings = await standingsNow(app, tx, [caller.person.id, personId])
    const [maker, owner] = [standings.get(caller.person.id), standings.get(personId)]
    if (owner === undefined || owner.disabled)
      return reject('not_found', `There is no person ${personId}.`, 'Create the person first.')
    const refusal =
      refuseMaker(app, caller, maker, owner) ??
      refuseKey(app, caller, owner, input.scopes) ??
      (await refuseCount(tx, owner.person))
    if (refusal !== null) return refused(out, about, refusal)
    return insertKey(tx, out, caller.person.id, owner.person, input, latestEnd(caller, owner.person))
  })

/** A key that was lent for a day must not become one for ever by way of the console. */
const latestEnd = (caller: Caller, person: Person): Temporal.Instant | null =>
  person.id === caller.person.id ? (caller.until ?? null) : null

const refuseMaker = (
  app: App,
  caller: Caller,
  maker: Standing | undefined,
  owner: Standing,
): Rejection | null => {
  const { person } = caller
  if (owner.person.id === person.id) return null
  const onlyOwn = reject(
    'forbidden',
    `${person.name} may make keys only for themselves.`,
    'Ask an admin to make a key for somebody else.',
  )
  return caller.scopes.includes('admin') ? refuseWithout(app, person, maker, ['admin'], onlyOwn) : onlyOwn
}

const refuseKey = (
  { limits }: App,
  caller: Caller,
  owner: Standing,
  scopes: readonly Scope[],
): Rejection | null => {
  // Otherwise a key that leaks or expires could first make itself a successor.
  if (caller.via === 'key' && !caller.scopes.includes('admin'))
    return reject(
      'forbidden',
      'A key without the scope admin cannot make keys.',
      'Sign in to the console and make the key there.',
    )
  const { person } = owner
  const covered = scopesOf(person)
  const beyond = scopes.filter((scope) => !covered.includes(scope))
  if (beyond.length > 0)
    return (
      refuseOutdated(owner, rolesFor(beyond), limits.groupRolesMaxAgeMs) ??
      reject(
        'forbidden',
        `${person.name} has no role that covers the scope ${beyond.join(', ')}.`,
        `Ask for ${covered.join(', ')} at most.`,
      )
    )
  // The console too is signed in to with a key: whoever holds a narrow one must not leave with a wide one.
  const unheld = scopes.filter((scope) => !caller.scopes.includes(scope))
  if (unheld.length > 0)
    return reject(
      'forbidden',
      `What you signed in with lacks the scope ${unheld.join(', ')}, so it cannot give it to a key.`,
      `Ask for ${caller.scopes.join(', ')} at most, or sign in with a key that has it.`,
    )
  return null
}

const refuseCount = async (tx: Tx, person: Person): Promise<Rejection | null> => {
  const rows = await tx.db
    .selectFrom('api_key')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('person_id', '=', person.id)
    .where('revoked_at', 'is', null)
    .limit(maxKeysPerPerson)
    .execute()
  if (rows.length < maxKeysPerPerson) return null
  return reject(
    'conflict',
    `${person.name} has ${maxKeysPerPerson} keys that are not revoked, which is the most.`,
    'Revoke one that is no longer used.',
  )
}

export const insertKey = async (
  tx: Tx,
  out: Outbound,
  actor: string,
  person: Person,
  input: NewKey,
  latest: Temporal.Instant | null = null,
): Promise<KeyRecord & { key: string }> => {
  const id = newKeyId()
  const secret = newSecret()
  const asked = input.expiresInDays === undefined ? null : tx.now.add({ hours: 24 * input.expiresInDays })
  const expiresAt = earlier(asked, latest)
  const scopes = [...new Set(input.scopes)]
  const row = await tx.db
    .insertInto('api_key')
    .values({
      tenant_id: tx.tenantId,
      id,
      person_id: person.id,
      name: input.name,
      secret_hash: hashOf(secret),
      scopes,
      created_at: tx.now,
      expires_at: expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  out.audit({
    event: 'key_created',
    actor,
    subject: id,
    details: { name: input.name, person: person.id, scopes, expires_at: expiresAt?.toString() ?? null },
  })
  return { ...asRecord(row, person.name), key: formatKey({ tenantId: tx.tenantId, id, secret }) }
}

/** Null stands for never. */
const earlier = (one: Temporal.Instant | null, other: Temporal.Instant | null): Temporal.Instant | null => {
  if (one === null || other === null) return one ?? other
  return Temporal.Instant.compare(one, other) <= 0 ? one : other
}

export const asRecord = (
  row: Omit<Selectable<ApiKeyTable>, 'secret_hash'>,
  personName: string,
): KeyRecord => ({
  id: row.id,
  name: row.name,
  person: { id: row.person_id, name: personName },
  scopes: row.scopes,
  createdAt: row.created_at.toString(),
  expiresAt: row.expires_at?.toString() ?? null,
  revokedAt: row.revoked_at?.toString() ?? null,
  lastUsedAt: row.last_used_at?.toString() ?? null,
})

/** From this commit on the key, and every session that was started with it, opens nothing. Revoking twice is no error. */
export const revokeKey = (app: App, caller: Caller, keyId: string): Promise<{ id: string } | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const row = await tx.db
      .selectFrom('api_key')
      .select(['id', 'person_id', 'name', 'revoked_at'])
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', keyId)
      .forUpdate()
      .executeTakeFirst()
    const isAdmin = hasRole(caller.person, 'admin') && caller.scopes.includes('admin')
    // Somebody else's key looks like none at all to whoever may not list it.
    if (row === undefined || (row.person_id !== caller.person.id && !isAdmin))
      return reject('not_found', `There is no key ${keyId} of yours.`, 'List your keys to see their ids.')
    if (row.revoked_at !== null) return { id: row.id }
    await tx.db
      .updateTable('api_key')
      .set({ revoked_at: tx.now })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', row.id)
      .execute()
    out.audit({
      event: 'key_revoked',
      actor: caller.person.id,
      subject: row.id,
      details: { name: row.name, person: row.person_id },
    })
    return { id: row.id }
  })

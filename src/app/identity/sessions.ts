import { type Caller, type Person } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { commit, type Outbound } from '../commit.ts'
import { findLiveKey } from './authenticate-key.ts'
import { findPerson } from './find-person.ts'
import { parseKey } from './key-text.ts'
import { scopesOf } from './rights.ts'
import { hashOf, newSecret, sameHash } from './secrets.ts'
import { withStandIn } from './stand-in-scope.ts'

/**
 * A console session. Its token is `<tenant>.<key id, or lab>.<256 random bits>`; only the hash of the WHOLE token is kept,
 * so neither the tenant nor the key in it can be exchanged. A session never outlives or exceeds the key it began with.
 */

export interface StartedSession {
  readonly token: string
  readonly expiresAt: Temporal.Instant
  readonly caller: Caller
}

export interface Session {
  readonly caller: Caller
  readonly csrfToken: string
  readonly expiresAt: Temporal.Instant
}

export const sessionHours = 12
const fromLab = 'lab'

const tokenPattern = /^([a-z][a-z0-9-]{0,40})\.([0-9a-f]{12}|lab)\.[A-Za-z0-9_-]{43}$/

const parseToken = (token: string): { tenantId: string; origin: string } | null => {
  const [, tenantId, origin] = tokenPattern.exec(token) ?? []
  return tenantId === undefined || origin === undefined ? null : { tenantId, origin }
}

const wrongKey = reject(
  'unauthenticated',
  'This key opens nothing: it is unknown, expired or revoked.',
  'Check that it was copied whole, or ask an admin for a new one.',
)

export const signInWithKey = async (app: App, text: string): Promise<StartedSession | Rejection> => {
  const key = parseKey(text)
  if (key === null) return wrongKey
  return commit(app, key.tenantId, async (tx, out) => {
    const found = await findLiveKey(tx, key.id, 'console')
    if (found === null || !sameHash(found.secretHash, hashOf(key.secret))) return wrongKey
    return startSession(tx, out, found.caller, key.id)
  })
}

/** Only of the lab's personas, which the caller has checked: it is a way in without a secret. */
export const startLabSession = (
  app: App,
  tenantId: string,
  personId: string,
): Promise<StartedSession | Rejection> =>
  commit(app, tenantId, async (tx, out) => {
    const person = await findPerson(tx, personId)
    if (person === undefined)
      return reject(
        'not_found',
        `There is no persona ${personId}.`,
        'Choose one of those listed by GET /v1/me.',
      )
    return startSession(tx, out, labCaller(tx, person), fromLab)
  })

const labCaller = (tx: Tx, person: Person): Caller => ({
  tenantId: tx.tenantId,
  person,
  via: 'console',
  scopes: scopesOf(person),
})

const startSession = async (
  tx: Tx,
  out: Outbound,
  caller: Caller,
  origin: string,
): Promise<StartedSession> => {
  const token = `${tx.tenantId}.${origin}.${newSecret()}`
  const expiresAt = tx.now.add({ hours: sessionHours })
  await tx.db
    .insertInto('session')
    .values({
      tenant_id: tx.tenantId,
      id_hash: hashOf(token),
      person_id: caller.person.id,
      csrf_token: newSecret(),
      created_at: tx.now,
      expires_at: expiresAt,
    })
    .execute()
  out.audit({
    event: 'signed_in',
    actor: caller.person.id,
    subject: caller.person.id,
    details: { with: origin === fromLab ? 'lab' : `key ${origin}`, expires_at: expiresAt.toString() },
  })
  return { token, expiresAt, caller }
}

/**
 * Null for every token that opens nothing: malformed, unknown, ended, expired, or begun with a key that is no longer good.
 * Sessions of the lab, which began without any, open nothing where the lab is off.
 */
export const authenticateSession = async (
  app: App,
  token: string,
  { lab }: { lab: boolean },
): Promise<Session | null> => {
  const parsed = parseToken(token)
  if (parsed === null || (parsed.origin === fromLab && !lab)) return null
  return inTenant(app.store, parsed.tenantId, async (tx) => {
    const row = await tx.db
      .selectFrom('session')
      .select(['person_id', 'csrf_token', 'expires_at'])
      .where('tenant_id', '=', tx.tenantId)
      .where('id_hash', '=', hashOf(token))
      .executeTakeFirst()
    if (row === undefined || Temporal.Instant.compare(tx.now, row.expires_at) >= 0) return null
    const caller = await callerOf(tx, parsed.origin, row.person_id)
    return caller === null
      ? null
      : { caller: await withStandIn(tx, caller), csrfToken: row.csrf_token, expiresAt: row.expires_at }
  })
}

const callerOf = async (tx: Tx, origin: string, personId: string): Promise<Caller | null> => {
  if (origin !== fromLab) return (await findLiveKey(tx, origin, 'console'))?.caller ?? null
  const person = await findPerson(tx, personId)
  return person === undefined ? null : labCaller(tx, person)
}

/** Ending a session that has already ended is no error. */
export const endSession = async (app: App, token: string): Promise<void> => {
  const parsed = parseToken(token)
  if (parsed === null) return
  await commit(app, parsed.tenantId, async (tx, out) => {
    const row = await tx.db
      .deleteFrom('session')
      .where('tenant_id', '=', tx.tenantId)
      .where('id_hash', '=', hashOf(token))
      .returning('person_id')
      .executeTakeFirst()
    if (row !== undefined)
      out.audit({ event: 'signed_out', actor: row.person_id, subject: row.person_id, details: {} })
  })
}

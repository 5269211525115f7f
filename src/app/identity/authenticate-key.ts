import type { Caller, IdentityProvider } from '../../domain/person.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { asPerson } from './find-person.ts'
import { parseKey } from './key-text.ts'
import { scopesOfKey } from './rights.ts'
import { hashOf, sameHash } from './secrets.ts'

export interface KeyHolder {
  readonly caller: Caller
  readonly keyId: string
  /** The key's use is due to be noted down: `noteKeyUse`, after the answer. */
  readonly useIsOld: boolean
}

const noteEveryMs = 60_000

/** Who holds this key; null for every key that opens nothing, whatever the reason: malformed, unknown, expired, revoked. */
export const authenticateKey = async (app: App, text: string): Promise<KeyHolder | null> => {
  const key = parseKey(text)
  if (key === null) return null
  const found = await inTenant(app.store, key.tenantId, (tx) => findLiveKey(tx, key.id, 'key'), {
    readOnly: true,
    eager: true,
  })
  if (found === null || !sameHash(found.secretHash, hashOf(key.secret))) return null
  return { caller: found.caller, keyId: key.id, useIsOld: found.useIsOld }
}

/** Holder of a key that has neither been revoked nor expired, and whose person may still act; the secret is not checked here. */
export const findLiveKey = async (
  tx: Tx,
  id: string,
  via: IdentityProvider,
): Promise<{ caller: Caller; secretHash: Buffer; useIsOld: boolean } | null> => {
  const row = await tx.db
    .selectFrom('api_key')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'api_key.tenant_id').onRef('person.id', '=', 'api_key.person_id'),
    )
    .select([
      'api_key.secret_hash',
      'api_key.scopes',
      'api_key.expires_at',
      'api_key.last_used_at',
      'person.id',
      'person.name',
      'person.kind',
      'person.roles',
    ])
    .where('api_key.tenant_id', '=', tx.tenantId)
    .where('api_key.id', '=', id)
    .where('api_key.revoked_at', 'is', null)
    .where('person.disabled_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  if (row.expires_at !== null && Temporal.Instant.compare(tx.now, row.expires_at) >= 0) return null
  const person = asPerson(row)
  return {
    caller: {
      tenantId: tx.tenantId,
      person,
      via,
      scopes: scopesOfKey(person, row.scopes),
      until: row.expires_at,
    },
    secretHash: row.secret_hash,
    useIsOld:
      row.last_used_at === null ||
      tx.now.epochMilliseconds - row.last_used_at.epochMilliseconds >= noteEveryMs,
  }
}

/** At most one write a minute and key, however many requests and processes come at once. */
export const noteKeyUse = (app: App, tenantId: string, keyId: string): Promise<void> =>
  inTenant(app.store, tenantId, async (tx) => {
    await tx.db
      .updateTable('api_key')
      .set({ last_used_at: tx.now })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', keyId)
      .where((eb) =>
        eb.or([
          eb('last_used_at', 'is', null),
          eb('last_used_at', '<=', tx.now.subtract({ milliseconds: noteEveryMs })),
        ]),
      )
      .execute()
  })

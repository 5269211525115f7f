import type { Caller } from '../domain/person.ts'
import { inTenant } from '../storage/database.ts'
import type { App } from './app.ts'

/** The same request sent twice with one Idempotency-Key is done once; the second gets the first one's answer. */

export interface StoredResponse {
  readonly status: number
  /** JSON, or null where the answer had no body. */
  readonly body: unknown
}

export type IdempotencyClaim =
  | { readonly kind: 'first' }
  | { readonly kind: 'replay'; readonly response: StoredResponse }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'other_request' }

/** A request that has not answered for this long died with its process; the next one with its key may try again. */
const abandonedAfterMs = 120_000

/** `digest` tells requests apart: method, path and body. Keys are each person's own. */
export const claimIdempotencyKey = (
  app: App,
  caller: Caller,
  key: string,
  digest: string,
): Promise<IdempotencyClaim> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    const inserted = await tx.db
      .insertInto('idempotency_key')
      .values({
        tenant_id: tx.tenantId,
        person_id: caller.person.id,
        key,
        request_digest: digest,
        created_at: tx.now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('key')
      .executeTakeFirst()
    if (inserted !== undefined) return { kind: 'first' }
    const row = await tx.db
      .selectFrom('idempotency_key')
      .selectAll()
      .where('tenant_id', '=', tx.tenantId)
      .where('person_id', '=', caller.person.id)
      .where('key', '=', key)
      .forUpdate()
      .executeTakeFirst()
    // Forgotten between the two statements: whoever had it failed just now.
    if (row === undefined) return { kind: 'in_progress' }
    if (row.request_digest !== digest) return { kind: 'other_request' }
    if (row.status !== null) return { kind: 'replay', response: { status: row.status, body: row.response } }
    if (tx.now.epochMilliseconds - row.created_at.epochMilliseconds < abandonedAfterMs)
      return { kind: 'in_progress' }
    await tx.db
      .updateTable('idempotency_key')
      .set({ created_at: tx.now })
      .where('tenant_id', '=', tx.tenantId)
      .where('person_id', '=', caller.person.id)
      .where('key', '=', key)
      .execute()
    return { kind: 'first' }
  })

export const keepResponse = (
  app: App,
  caller: Caller,
  key: string,
  response: StoredResponse,
): Promise<void> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    await tx.db
      .updateTable('idempotency_key')
      .set({
        status: response.status,
        response: response.body === null ? null : JSON.stringify(response.body),
      })
      .where('tenant_id', '=', tx.tenantId)
      .where('person_id', '=', caller.person.id)
      .where('key', '=', key)
      .execute()
  })

/** After a fault: nothing was done, so the same key may be used to try again. */
export const forgetIdempotencyKey = (app: App, caller: Caller, key: string): Promise<void> =>
  inTenant(app.store, caller.tenantId, async (tx) => {
    await tx.db
      .deleteFrom('idempotency_key')
      .where('tenant_id', '=', tx.tenantId)
      .where('person_id', '=', caller.person.id)
      .where('key', '=', key)
      .where('status', 'is', null)
      .execute()
  })

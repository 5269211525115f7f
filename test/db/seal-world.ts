import { generateKeyPairSync, sign } from 'node:crypto'
import pg from 'pg'
import type { App } from '../../src/app/app.ts'
import { createSealer, type Sealer } from '../../src/app/audit/seal-turn.ts'
import { commit } from '../../src/app/commit.ts'
import type { LogKeySource, LogKeys, LogSigner } from '../../src/app/ports.ts'
import { testTenant } from '../support/app.ts'

export const aSigner = (): LogSigner => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    sign: (message) => sign(null, message, privateKey),
  }
}

/** Keys in memory; `set` is what a person does with the files. */
export const keysInHand = (first: LogSigner | null = aSigner()) => {
  let keys: LogKeys = { current: first, next: null, place: 'the hand of the test' }
  const source: LogKeySource = {
    read: async () => keys,
    promote: async () => {
      keys = { ...keys, current: keys.next, next: null }
    },
  }
  return {
    source,
    set: (given: Partial<LogKeys>) => {
      keys = { ...keys, ...given }
    },
    get: () => keys,
  }
}

export const sealerOf = (app: App, keys: LogKeySource = keysInHand().source, batch?: number): Sealer =>
  createSealer({ app, keys, host: 'suture.test', ...(batch === undefined ? {} : { batch }) })

/** Seals everything that waits; throws what keeps it from being sealed. */
export const sealAll = async (
  { app }: { readonly app: App },
  keys: LogKeySource = keysInHand().source,
): Promise<void> => {
  const sealer = sealerOf(app, keys)
  await sealer.turn()
  if (sealer.problems().length > 0) throw new Error(sealer.problems().join('; '))
}

/** So many entries of one commit. */
export const write = (app: App, count: number, tenantId = testTenant, from = 0): Promise<void> =>
  commit(app, tenantId, async (_tx, out) => {
    for (let at = from; at < from + count; at += 1)
      out.audit({
        event: 'message_posted',
        actor: 'person_ada',
        subject: `inc-${at}`,
        details: { text: `entry ${at}`, nested: { list: [at, 'ä', null, true] } },
      })
  })

/** Works as a superuser without triggers: what somebody does who owns the database. */
export const asOwnerOfAll = async <T>(
  ownerUrl: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    for (const table of [
      'audit_entry',
      'audit_leaf',
      'audit_checkpoint',
      'audit_tile',
      'audit_key',
      'audit_log',
    ])
      await client.query(`alter table ${table} disable trigger all`)
    return await work(client)
  } finally {
    await client.end()
  }
}

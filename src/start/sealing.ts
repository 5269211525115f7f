import { join } from 'node:path'
import { makeKey, openSigningKeys } from '../../adapters/files/signing-keys.ts'
import { createWitnessWebhook } from '../../adapters/witness/webhook.ts'
import { startSealer, startWitnesses } from '../../jobs/sealer.ts'
import { createSealer } from '../app/audit/seal-turn.ts'
import type { LogKeySource } from '../app/ports.ts'
import type { Settings } from '../config.ts'
import type { Context, DatabaseAddress } from '../context.ts'
import { inTenant } from '../storage/database.ts'
import { standForLeader } from '../storage/leader.ts'
import { readKeys } from '../storage/log.repository.ts'
import { allTenants } from '../storage/retention.repository.ts'
import { publicUrlOf } from './public-url.ts'
import { reasonOf } from './reason-of.ts'

export interface Sealing {
  /** In words, what keeps this process from sealing; empty when nothing does. */
  readonly problems: () => readonly string[]
  readonly stop: () => Promise<void>
}

export const auditKeyPath = (settings: Settings): string =>
  settings.SUTURE_AUDIT_KEY ?? join(settings.SUTURE_DATA_DIR, 'audit-key.pem')

/** A stop seals what there is, and leaves a long backlog to the next start. */
const lastWordMs = 1_000

/**
 * Throws a sentence where the key can't be used. Where there is none, one is made, unless a log was signed already: by another
 * key, that is, which somebody should look for first.
 */
export const startSealing = async (
  { app }: Pick<Context, 'app'>,
  settings: Settings,
  database: DatabaseAddress,
): Promise<Sealing> => {
  const path = auditKeyPath(settings)
  const keys = openSigningKeys(path)
  if (await isNew(app, keys))
    await makeKey(path).catch((error: unknown) => {
      // Another process that shares the folder has made it meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
        throw new Error(
          `SUTURE_AUDIT_KEY: ${path} cannot be made: ${reasonOf(error)}. Name a place that Suture may write`,
        )
    })
  await keys.read()
  const leadership = standForLeader(database, 'sealer')
  let stopping = false
  const sealer = createSealer({
    app,
    keys,
    host: publicUrlOf(settings)?.host ?? 'suture',
    mayGoOn: () => !stopping && leadership.led(),
  })
  const loop = startSealer(app, sealer, leadership)
  const { SUTURE_AUDIT_WITNESS_URL: url, SUTURE_AUDIT_WITNESS_CHANNEL: channel = null } = settings
  const witnesses =
    url === undefined && channel === null
      ? null
      : startWitnesses(app, {
          channel,
          everyMs: settings.SUTURE_AUDIT_WITNESS_EVERY,
          webhook: url === undefined ? null : createWitnessWebhook(url),
        })
  return {
    problems: () => [...sealer.problems(), ...(witnesses?.problems() ?? [])],
    stop: async () => {
      const enough = setTimeout(() => {
        stopping = true
      }, lastWordMs)
      await Promise.all([witnesses?.stop(), loop.stop()])
      // What the others have written while they stopped.
      if (leadership.led()) await sealer.turn()
      clearTimeout(enough)
      await leadership.close()
    },
  }
}

const isNew = async ({ store }: Context['app'], keys: LogKeySource): Promise<boolean> => {
  const { current, next } = await keys.read()
  if (current !== null || next !== null) return false
  for (const tenantId of await allTenants(store.db)) {
    const known = await inTenant(store, tenantId, readKeys, { readOnly: true })
    if (known.length > 0) return false
  }
  return true
}

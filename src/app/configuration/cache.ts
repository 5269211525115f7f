import { prepareDependents } from '../../domain/dependents.ts'
import type { Playbook } from '../../domain/playbook.ts'
import { defaultPolicy } from '../../domain/policy/document.ts'
import { storedPolicy } from '../../domain/policy/stored-policy.ts'
import type { Catalogue, Service } from '../../domain/service.ts'
import { inTenant, type Store, type Tx } from '../../storage/database.ts'
import type { Configuration, ConfigurationReader } from '../app.ts'
import { digestOf } from '../digest.ts'

/** Configuration as the rows have it, kept in memory until somebody says that it changed. */
export interface ConfigurationCache extends ConfigurationReader {
  /** It has changed. What is in use here is read anew at once, so that nobody who clicks waits for it. */
  readonly forget: (tenantId: string) => void
  /** Nobody knows what was missed: everything that is in use here is looked at again. */
  readonly forgetAll: () => void
}

/** A change that was told to nobody (a lost connection) is seen after this time all the same. */
const oldestMs = 10_000

export const createConfigurationCache = (store: Store, monotonicMs: () => number): ConfigurationCache => {
  const kept = new Map<string, { at: number; loading: Promise<Configuration> }>()
  const latest = new Map<string, Configuration>()
  const begin = (tenantId: string): Promise<Configuration> => {
    const loading = load(store, tenantId, latest.get(tenantId))
    const mine = { at: monotonicMs(), loading }
    kept.set(tenantId, mine)
    loading.then(
      (configuration) => latest.set(tenantId, configuration),
      () => {
        if (kept.get(tenantId) === mine) kept.delete(tenantId)
      },
    )
    return loading
  }
  // Should it fail, whoever needs it next tries again and is told.
  const forget = (tenantId: string): void => {
    if (kept.delete(tenantId)) begin(tenantId).catch(() => undefined)
  }
  return {
    of: (tenantId) => {
      const known = kept.get(tenantId)
      return known !== undefined && monotonicMs() - known.at < oldestMs ? known.loading : begin(tenantId)
    },
    forget,
    forgetAll: () => {
      // Looking again puts each of them back at the end.
      const known = [...kept.keys()]
      for (const tenantId of known) forget(tenantId)
    },
  }
}

const inForce = (tx: Pick<Tx, 'db' | 'tenantId'>) =>
  tx.db
    .selectFrom('config_version')
    .where('tenant_id', '=', tx.tenantId)
    .where('active', '=', true)
    .orderBy('kind')
    .orderBy('name')

const versionOf = (rows: readonly { kind: string; name: string; digest: string }[]): string =>
  digestOf(rows.map((row) => [row.kind, row.name, row.digest]))

/** `before` itself where it still holds, and with it what was made from it: ten thousand services are not read again for nothing. */
const load = (store: Store, tenantId: string, before: Configuration | undefined): Promise<Configuration> =>
  inTenant(
    { transact: store.aside, shiftMs: store.shiftMs },
    tenantId,
    async (tx) => {
      if (before !== undefined) {
        const rows = await inForce(tx).select(['kind', 'name', 'digest']).execute()
        if (versionOf(rows) === before.version) return before
      }
      const rows = await inForce(tx).select(['kind', 'name', 'digest', 'body']).execute()
      // Rows hold what the parser of this or an earlier version has let through; durations are milliseconds already.
      const catalogue = (rows.find((row) => row.kind === 'catalogue')?.body as Catalogue | undefined) ?? {
        services: [],
      }
      const playbooks = rows
        .filter((row) => row.kind === 'playbook')
        .map((row) => ({ playbook: row.body as Playbook, digest: row.digest }))
      const policy = rows.find((row) => row.kind === 'policy')
      prepareDependents(catalogue)
      return configurationOf(
        catalogue,
        playbooks,
        policy === undefined
          ? { document: defaultPolicy, digest: 'default' }
          : { document: storedPolicy(policy.body), digest: policy.digest },
        versionOf(rows),
      )
    },
    { readOnly: true, eager: true },
  )

export const configurationOf = (
  catalogue: Catalogue,
  playbooks: Configuration['playbooks'],
  policy: Configuration['policy'],
  version: string,
): Configuration => {
  const byLabel = new Map<string, Service>()
  for (const service of catalogue.services) for (const alias of service.aliases) byLabel.set(alias, service)
  for (const service of catalogue.services) byLabel.set(service.name, service)
  return { catalogue, playbooks, policy, version, serviceOf: (label) => byLabel.get(label) }
}

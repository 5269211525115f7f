import type { Playbook } from '../../domain/playbook.ts'
import { defaultPolicy } from '../../domain/policy/document.ts'
import { storedPolicy } from '../../domain/policy/stored-policy.ts'
import type { Catalogue, Service } from '../../domain/service.ts'
import { inTenant, type Store } from '../../storage/database.ts'
import type { Configuration, ConfigurationReader } from '../app.ts'
import { digestOf } from '../digest.ts'

/** Configuration as the rows have it, kept in memory until somebody says that it changed. */
export interface ConfigurationCache extends ConfigurationReader {
  readonly forget: (tenantId: string) => void
}

/** A change that was told to nobody (a lost connection) is seen after this time all the same. */
const oldestMs = 10_000

export const createConfigurationCache = (store: Store, monotonicMs: () => number): ConfigurationCache => {
  const kept = new Map<string, { at: number; loading: Promise<Configuration> }>()
  return {
    of: (tenantId) => {
      const known = kept.get(tenantId)
      if (known !== undefined && monotonicMs() - known.at < oldestMs) return known.loading
      const loading = load(store, tenantId)
      kept.set(tenantId, { at: monotonicMs(), loading })
      loading.catch(() => kept.delete(tenantId))
      return loading
    },
    forget: (tenantId) => kept.delete(tenantId),
  }
}

const load = (store: Store, tenantId: string): Promise<Configuration> =>
  inTenant({ transact: store.aside, shiftMs: store.shiftMs }, tenantId, async (tx) => {
    const rows = await tx.db
      .selectFrom('config_version')
      .select(['kind', 'name', 'digest', 'body'])
      .where('tenant_id', '=', tenantId)
      .where('active', '=', true)
      .orderBy('kind')
      .orderBy('name')
      .execute()
    // Rows hold what the parser of this or an earlier version has let through; durations are milliseconds already.
    const catalogue = (rows.find((row) => row.kind === 'catalogue')?.body as Catalogue | undefined) ?? {
      services: [],
    }
    const playbooks = rows
      .filter((row) => row.kind === 'playbook')
      .map((row) => ({ playbook: row.body as Playbook, digest: row.digest }))
    const policy = rows.find((row) => row.kind === 'policy')
    return configurationOf(
      catalogue,
      playbooks,
      policy === undefined
        ? { document: defaultPolicy, digest: 'default' }
        : { document: storedPolicy(policy.body), digest: policy.digest },
      digestOf(rows.map((row) => [row.kind, row.name, row.digest])),
    )
  })

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

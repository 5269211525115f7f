import { defaultPolicy, type PolicyDocument } from '../../domain/policy/document.ts'
import { storedPolicy } from '../../domain/policy/stored-policy.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { cut, type Page, type PageRequest, readTimeKey, writeTimeKey } from './page.ts'

export interface PolicyVersionView {
  readonly digest: string
  /** The file as a person would name it. */
  readonly source: string
  /** ISO 8601: when it came into force last. */
  readonly since: string
  readonly inForce: boolean
}

export interface PolicyView {
  /** `default` where no file is in force. */
  readonly digest: string
  readonly source: string | null
  readonly since: string | null
  /** As it is in force: with every default, days of calendars among the dates, durations in milliseconds. */
  readonly document: PolicyDocument
}

/** From the row itself, so that digest, time and document are of one version. */
export const readPolicyInForce = (app: App, tenantId: string): Promise<PolicyView> =>
  inTenant(app.store, tenantId, async (tx) => {
    const row = await versions(tx).select('body').where('active', '=', true).executeTakeFirst()
    return row === undefined
      ? { digest: 'default', source: null, since: null, document: defaultPolicy }
      : {
          digest: row.digest,
          source: row.source,
          since: row.imported_at.toString(),
          document: storedPolicy(row.body),
        }
  })

/** Every version that was ever in force, the newest first. */
export const listPolicyVersions = async (
  app: App,
  tenantId: string,
  page: PageRequest,
): Promise<Page<PolicyVersionView> | Rejection> => {
  const from = readTimeKey(page.after)
  if (isRejection(from)) return from
  return inTenant(app.store, tenantId, async (tx) => {
    let query = versions(tx)
    if (from !== null)
      query = query.where((eb) => eb(eb.refTuple('imported_at', 'digest'), '<', eb.tuple(from.at, from.id)))
    const rows = await query
      .orderBy('imported_at', 'desc')
      .orderBy('digest', 'desc')
      .limit(page.limit + 1)
      .execute()
    return cut(
      rows,
      page.limit,
      (shown) =>
        shown.map((row) => ({
          digest: row.digest,
          source: row.source,
          since: row.imported_at.toString(),
          inForce: row.active,
        })),
      (row) => writeTimeKey({ at: row.imported_at, id: row.digest }),
    )
  })
}

const versions = (tx: Tx) =>
  tx.db
    .selectFrom('config_version')
    .select(['digest', 'source', 'imported_at', 'active'])
    .where('tenant_id', '=', tx.tenantId)
    .where('kind', '=', 'policy')

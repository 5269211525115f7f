import type { Change, ChangeKind } from '../../domain/change.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { readChanges } from '../../storage/change.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { cut, type Page, type PageRequest, readTimeKey, writeTimeKey } from './page.ts'

export interface ChangeView {
  readonly id: string
  readonly service: string
  readonly kind: ChangeKind
  readonly title: string
  /** ISO 8601. */
  readonly at: string
  readonly by: string | null
  readonly version: string | null
  readonly link: string | null
}

export const changeView = ({ at, ...change }: Change): ChangeView => ({ ...change, at: at.toString() })

/** Newest first. `service` is a name or an alias; one that nobody knows has no changes. */
export const listChanges = async (
  app: App,
  tenantId: string,
  { service, ...page }: PageRequest & { readonly service?: string | undefined },
): Promise<Page<ChangeView> | Rejection> => {
  const before = readTimeKey(page.after)
  if (isRejection(before)) return before
  const configuration = service === undefined ? null : await app.configuration.of(tenantId)
  const named = service === undefined ? null : (configuration?.serviceOf(service)?.name ?? service)
  const changes = await inTenant(app.store, tenantId, (tx) =>
    readChanges(tx, { services: named === null ? null : [named], before, limit: page.limit + 1 }),
  )
  return cut(
    changes,
    page.limit,
    (shown) => shown.map(changeView),
    (change) => writeTimeKey(change),
  )
}

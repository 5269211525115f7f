import { type Rejection, reject } from '../../domain/rejection.ts'
import { inTenant } from '../../storage/database.ts'
import { readCheckpoint, readKeys, readOrigin } from '../../storage/log.repository.ts'
import type { App } from '../app.ts'

export interface CheckpointView {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
  /** ISO 8601. */
  readonly at: string
  /** The signed note: what one keeps. */
  readonly note: string
}

export const readNewestCheckpoint = (
  app: Pick<App, 'store'>,
  tenantId: string,
): Promise<CheckpointView | Rejection> =>
  inTenant(
    app.store,
    tenantId,
    async (tx) => {
      const [origin, head] = await Promise.all([readOrigin(tx), readCheckpoint(tx)])
      if (origin === null || head === null)
        return reject(
          'not_found',
          'Nothing is sealed yet.',
          'It is within a second; if not, /v1/health says why.',
        )
      return {
        origin,
        size: head.size,
        root: head.root.toString('base64'),
        at: head.at.toString(),
        note: head.note,
      }
    },
    { readOnly: true },
  )

export interface KeyView {
  readonly vkey: string
  /** The log was this long when the key began to sign. */
  readonly fromSize: number
}

/** Every key that has signed the log, the first one first. */
export const readLogKeys = (app: Pick<App, 'store'>, tenantId: string): Promise<KeyView[]> =>
  inTenant(app.store, tenantId, readKeys, { readOnly: true })

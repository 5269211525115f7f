import { inTenant, type Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import {
  type Bucket,
  readCalibration,
  readLearning,
  readLearningBy,
  readRecovery,
  spanOf,
} from './learning.ts'

type Reading = Pick<App, 'store' | 'configuration'>

/** Everything that is told of one bucket, read at one moment. */
export const learningReport = (
  app: Reading,
  tenantId: string,
  { bucket, service = null }: { readonly bucket: Bucket; readonly service?: string | null },
) =>
  readingAt(app, tenantId, async (tx) => {
    const span = spanOf(bucket, tx.now)
    const of = { service: await named(app, tenantId, service) }
    return {
      span,
      now: tx.now,
      all: await readLearning(tx, span, of),
      byPlaybook: await readLearningBy(tx, span, of, { group: 'playbook' }),
      byService: await readLearningBy(tx, span, of, { group: 'service' }),
      // Days of everything that ever happened would cost more with every year; ten of them are shown.
      byDay: await readLearningBy(tx, span ?? { from: tx.now.subtract({ hours: 10 * 24 }), to: tx.now }, of, {
        group: 'day',
      }),
    }
  })

export const recoveryReport = (
  app: Reading,
  tenantId: string,
  { bucket, service = null }: { readonly bucket: Bucket; readonly service?: string | null },
) =>
  readingAt(app, tenantId, async (tx) =>
    readRecovery(tx, spanOf(bucket, tx.now), await named(app, tenantId, service)),
  )

export const calibrationReport = (app: Reading, tenantId: string, playbook: string | null) =>
  readingAt(app, tenantId, async (tx) => ({ calibration: await readCalibration(tx, playbook), now: tx.now }))

/** A service by its name, where an alias was given. */
const named = async (app: Reading, tenantId: string, label: string | null): Promise<string | null> =>
  label === null ? null : ((await app.configuration.of(tenantId)).serviceOf(label)?.name ?? label)

const readingAt = <T>({ store }: Reading, tenantId: string, read: (tx: Tx) => Promise<T>) =>
  inTenant(store, tenantId, read, { readOnly: true })

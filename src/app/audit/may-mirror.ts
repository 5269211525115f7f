import type { Caller } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { readLatestOf } from '../../storage/audit-read.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'

/** Whoever mirrors a log asks for a tile of it every other moment: one entry an hour says so, and does not feed on itself. */
const onceInHours = 1

/** Whether somebody may fetch entries; that they do stands in the history before they have any. */
export const mayMirror = (
  app: App,
  { tenantId, person, via }: Pick<Caller, 'tenantId' | 'person' | 'via'>,
  from: number,
): Promise<Rejection | null> =>
  commit(app, tenantId, async (tx, out) => {
    const forbidden = refuseWithout(
      app,
      person,
      await standingNow(app, tx, person.id),
      ['admin'],
      reject(
        'forbidden',
        `${person.name} may not take the whole history along.`,
        'Ask an admin; hashes and checkpoints are there for everybody.',
      ),
    )
    if (forbidden !== null)
      return refused(out, { actor: person.id, subject: tenantId, command: 'mirror_audit' }, forbidden)
    const noted = await readLatestOf(tx, person.id, 'audit_mirrored', { hours: onceInHours, limit: 1 })
    if (noted.length === 0)
      out.audit({ event: 'audit_mirrored', actor: person.id, subject: tenantId, details: { from, via } })
    return null
  })

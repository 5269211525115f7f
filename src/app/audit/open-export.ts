import type { Caller } from '../../domain/person.ts'
import { isRejection, type Rejection, reject } from '../../domain/rejection.ts'
import { readLatestOf } from '../../storage/audit-read.repository.ts'
import { inTenant } from '../../storage/database.ts'
import { readCheckpoint, readOrigin } from '../../storage/log.repository.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { refuseWithout } from '../identity/refuse-without.ts'
import { standingNow } from '../identity/standing-now.ts'
import { detailsOf } from '../read/timeline.ts'
import { exportLog } from './export-log.ts'

export interface ExportTicket {
  /** Names the file for whoever asked for it, for an hour. */
  readonly id: string
  readonly origin: string
  /** Entries in it. */
  readonly entries: number
  /** ISO 8601. */
  readonly until: string
}

const validMs = 3_600_000
/** Somebody who asks for more in an hour does not fetch them. */
const mostTickets = 50

/**
 * Says in the history that somebody takes all of it, before anything is handed out: fetching the file afterwards is a mere
 * reading, as often as it takes, and its content is fixed by the number of entries.
 */
export const openExport = (
  app: App,
  caller: Pick<Caller, 'tenantId' | 'person' | 'via'>,
): Promise<ExportTicket | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const { person } = caller
    const forbidden = refuseWithout(
      app,
      person,
      await standingNow(app, tx, person.id),
      ['admin'],
      reject(
        'forbidden',
        `${person.name} may not take the whole history along.`,
        'Ask an admin; a proof of one incident or run is there for everybody.',
      ),
    )
    if (forbidden !== null)
      return refused(out, { actor: person.id, subject: tx.tenantId, command: 'export_audit' }, forbidden)
    const [origin, head] = await Promise.all([readOrigin(tx), readCheckpoint(tx)])
    if (origin === null || head === null)
      return reject(
        'not_found',
        'Nothing is sealed yet.',
        'It is within a second; if not, /v1/health says why.',
      )
    const id = app.ids.token()
    out.audit({
      event: 'audit_exported',
      actor: person.id,
      subject: origin,
      details: { ticket: id, entries: head.size, root: head.root.toString('base64'), via: caller.via },
    })
    return {
      id,
      origin,
      entries: head.size,
      until: tx.now.add({ milliseconds: validMs }).toString(),
    }
  })

/** The file of a ticket, piece by piece. */
export const fetchExport = async (
  app: Pick<App, 'store'>,
  caller: Pick<Caller, 'tenantId' | 'person'>,
  id: string,
): Promise<{ fileName: string; body: AsyncIterable<Uint8Array> } | Rejection> => {
  const size = await inTenant(
    app.store,
    caller.tenantId,
    async (tx) => {
      const mine = await readLatestOf(tx, caller.person.id, 'audit_exported', {
        hours: validMs / 3_600_000,
        limit: mostTickets,
      })
      const since = tx.now.subtract({ milliseconds: validMs })
      const ticket = mine
        .filter(({ at }) => Temporal.Instant.compare(at, since) > 0)
        .map(({ bytes }) => detailsOf(bytes))
        .find((details) => details['ticket'] === id)
      const entries = ticket?.['entries']
      return typeof entries === 'number' ? entries : noTicket(id)
    },
    { readOnly: true },
  )
  if (isRejection(size)) return size
  const body = await exportLog(app, caller.tenantId, size)
  return body === null
    ? reject(
        'unavailable',
        `There is no checkpoint of ${size} entries any more, although there was one.`,
        'Somebody has changed the database. Compare it with a checkpoint that was kept elsewhere.',
      )
    : { fileName: `suture-audit-${caller.tenantId}-${size}.txt`, body }
}

const noTicket = (id: string): Rejection =>
  reject(
    'not_found',
    `You have no export ${id}, or it is older than an hour.`,
    'Ask for a new one by POST /v1/audit/exports.',
  )

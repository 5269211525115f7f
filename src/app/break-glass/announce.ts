import type { CardAction, Tone } from '../../domain/card.ts'
import { ownersInWords } from '../../message/owner-words.ts'
import { text } from '../../message/words.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { ownersOf } from '../read/owners.ts'
import { showNotice } from '../show/notice.ts'
import { tellOwners } from './tell-owners.ts'

/** More threads than these are not written into at once; the console and `/heal status` tell everybody. */
const mostThreads = 50

/**
 * In the thread of every open incident that it touches, and in the channels of the services, where their owners read
 * without one. Returns those incidents.
 */
export const announce = async (
  app: App,
  tx: Tx,
  out: Outbound,
  service: string | null,
  notice: {
    readonly key: string
    readonly title: string
    readonly text: string
    readonly tone: Tone
    readonly actions?: readonly CardAction[]
  },
): Promise<IncidentRow[]> => {
  const incidents = await tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '<>', 'resolved')
    .$if(service !== null, (query) => query.where('service', '=', service))
    .orderBy('opened_at', 'desc')
    .limit(mostThreads)
    .execute()
  const { serviceOf } = await app.configuration.of(tx.tenantId)
  const ownerOf = ({ service: of }: IncidentRow): string[] => {
    const owner = of === null ? undefined : serviceOf(of)?.owner
    return owner === undefined ? [] : [owner]
  }
  const ownersNamed = await ownersOf(app, tx, incidents.flatMap(ownerOf))
  for (const incident of incidents)
    await showNotice(app, tx, out, incident, {
      ...notice,
      key: `${notice.key}/${incident.id}`,
      text: text(notice.text, ownersInWords(ownersNamed(ownerOf(incident)))),
    })
  await tellOwners(app, tx, out, service, notice)
  return incidents
}

import type { Tone } from '../../domain/card.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { showNotice } from '../show/notice.ts'

/** More threads than these are not written into at once; the console and `/heal status` tell everybody. */
const mostThreads = 50

/** In the thread of every open incident that it touches: whoever owns the service reads there. */
export const announce = async (
  app: App,
  tx: Tx,
  out: Outbound,
  service: string | null,
  notice: { readonly key: string; readonly title: string; readonly text: string; readonly tone: Tone },
): Promise<void> => {
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
  for (const incident of incidents) {
    const owner = incident.service === null ? undefined : serviceOf(incident.service)?.owner
    await showNotice(app, tx, out, incident, {
      ...notice,
      key: `${notice.key}/${incident.id}`,
      text: owner === undefined || owner === 'unowned' ? notice.text : `${notice.text} For ${owner}.`,
    })
  }
}

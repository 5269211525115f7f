import { mayConcern } from '../../domain/silence.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { SilenceRow } from '../../storage/silence.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { governanceButton } from '../show/governance-buttons.ts'
import { showNotice } from '../show/notice.ts'
import { takeButtonOff } from '../show/take-button-off.ts'

/** In more threads than these nobody reads the same sentence. */
const mostThreads = 100

/** Says it in every open thread of a service that the silence names; one that names none is told nowhere. Returns whose they are. */
export const tellThreads = async (
  app: App,
  tx: Tx,
  out: Outbound,
  row: SilenceRow,
  notice: { readonly phase: 'set' | 'started' | 'ended'; readonly title: string; readonly text: string },
): Promise<IncidentRow[]> => {
  const touched = await openThreads(tx, row)
  const button = { command: 'unsilence', subject: row.id } as const
  const actions =
    touched.length === 0 || notice.phase === 'ended'
      ? []
      : [await governanceButton(tx, app.ids.token, button.command, button.subject)]
  for (const incident of touched)
    await showNotice(app, tx, out, incident, {
      key: `silence-${notice.phase}-${row.id}-${incident.id}`,
      title: notice.title,
      text: notice.text,
      tone: notice.phase === 'ended' ? 'neutral' : 'info',
      actions,
    })
  if (notice.phase === 'ended') await takeButtonOff(app, tx, out, button, touched)
  return touched
}

const openThreads = async (tx: Tx, { matchers }: SilenceRow): Promise<IncidentRow[]> => {
  if (!matchers.some(({ label, operator }) => label === 'service' && operator !== '!=')) return []
  const open = await tx.db
    .selectFrom('incident')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .where('status', '<>', 'resolved')
    .where('service', 'is not', null)
    .orderBy('opened_at', 'desc')
    .limit(1_000)
    .execute()
  return open.filter(({ service }) => service !== null && mayConcern(matchers, service)).slice(0, mostThreads)
}

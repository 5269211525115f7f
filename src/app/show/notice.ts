import type { CardAction, Text, Tone } from '../../domain/card.ts'
import { noticeCard } from '../../message/notice-card.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { postCards } from './post-cards.ts'

export const showNotice = (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  notice: {
    readonly key: string
    readonly title: string
    readonly text: string | Text
    readonly tone: Tone
    /** ISO 8601. */
    readonly lookAgainAt?: string
    readonly actions?: readonly CardAction[]
    /** A channel of the catalogue that is told the same besides; nobody, when it is null. */
    readonly channel?: string | null
  },
): Promise<void> => {
  const card = noticeCard({
    title: notice.title,
    text: notice.text,
    tone: notice.tone,
    context: incident.id,
    ...(notice.actions === undefined ? {} : { actions: notice.actions }),
    ...(notice.lookAgainAt === undefined ? {} : { lookAgainAt: notice.lookAgainAt }),
  })
  const about = { kind: 'notice' as const, incidentId: incident.id, service: incident.service, card }
  const { channel = null } = notice
  return postCards(app, tx, out, [
    { ...about, key: `notice/${notice.key}` },
    ...(channel === null ? [] : [{ ...about, key: `apart/${notice.key}`, channel }]),
  ])
}

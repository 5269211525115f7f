import type { Tone } from '../../domain/card.ts'
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
  notice: { readonly key: string; readonly title: string; readonly text: string; readonly tone: Tone },
): Promise<void> =>
  postCards(app, tx, out, [
    {
      key: `notice/${notice.key}`,
      kind: 'notice',
      incidentId: incident.id,
      service: incident.service,
      card: noticeCard({
        title: notice.title,
        text: notice.text,
        tone: notice.tone,
        severity: incident.severity,
        context: incident.id,
      }),
    },
  ])

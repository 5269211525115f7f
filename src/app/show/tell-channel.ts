import { type NoticeCardInput, noticeCard } from '../../message/notice-card.ts'
import { putCards } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'

/** Told in a channel of the catalogue by itself, whether there is an incident or not. `key` is unique in the tenant. */
export const tellChannel = async (
  app: App,
  tx: Tx,
  out: Outbound,
  channel: string,
  key: string,
  notice: NoticeCardInput,
): Promise<void> => {
  const id = `apart/${key}`
  out.changed('card', id)
  const card = noticeCard(notice)
  await putCards(tx, [{ id, incidentId: null, kind: 'notice', channel, ownChannel: null, card }], app.chats)
}

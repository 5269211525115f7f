import type { Tone } from '../../domain/card.ts'
import type { Service } from '../../domain/service.ts'
import { ownersInWords } from '../../message/owner-words.ts'
import { text } from '../../message/words.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { ownersOf } from '../read/owners.ts'
import { defaultChannel } from '../show/post-cards.ts'
import { tellChannel } from '../show/tell-channel.ts'

/** Into more channels than these nobody wants to read the same; the others have their threads. */
const mostChannels = 20

/**
 * In the main channel of the service, whether an incident of it is open or not; of all services in the main channel of
 * each. Its owners are named: by mention, where they are people or a group of people that Suture knows.
 */
export const tellOwners = async (
  app: App,
  tx: Tx,
  out: Outbound,
  service: string | null,
  notice: { readonly key: string; readonly title: string; readonly text: string; readonly tone: Tone },
): Promise<void> => {
  const { catalogue } = await app.configuration.of(tx.tenantId)
  const concerned = catalogue.services.filter(({ name }) => service === null || name === service)
  const byChannel = Map.groupBy(concerned, mainChannelOf)
  if (byChannel.size === 0) byChannel.set(defaultChannel, [])
  const ownersNamed = await ownersOf(
    app,
    tx,
    concerned.map(({ owner }) => owner),
  )
  for (const [channel, services] of [...byChannel].slice(0, mostChannels)) {
    const owners = ownersNamed(services.map(({ owner }) => owner))
    await tellChannel(app, tx, out, channel, `${notice.key}/${channel}`, {
      title: notice.title,
      tone: notice.tone,
      text: text(notice.text, ownersInWords(owners)),
      context: notice.key.split('/')[0] ?? '',
    })
  }
}

const mainChannelOf = ({ channels }: Service): string => channels[0] ?? defaultChannel

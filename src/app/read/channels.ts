import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { channelOf, defaultChannel } from './channel.ts'

export interface ChannelView {
  readonly name: string
  readonly services: string[]
  /** Incidents that have not resolved. */
  readonly open: number
  /** Incidents of the last 30 days: counting all of history would get slower for ever. */
  readonly total: number
}

const days = 30

/** By name, the default channel first. */
export const listChannels = async (app: App, tenantId: string): Promise<ChannelView[]> => {
  const configuration = await app.configuration.of(tenantId)
  const counts = await inTenant(app.store, tenantId, async (tx) => {
    const count = (query: 'open' | 'recent') =>
      tx.db
        .selectFrom('incident')
        .select((eb) => ['service', eb.fn.countAll<number>().as('count')])
        .where('tenant_id', '=', tx.tenantId)
        .$if(query === 'open', (open) => open.where('status', '<>', 'resolved'))
        .$if(query === 'recent', (recent) =>
          recent.where('opened_at', '>=', tx.now.subtract({ hours: 24 * days })),
        )
        .groupBy('service')
        .execute()
    return { open: await count('open'), total: await count('recent') }
  })
  const channels = new Map<string, { name: string; services: string[]; open: number; total: number }>()
  const at = (name: string) => {
    const known = channels.get(name) ?? { name, services: [], open: 0, total: 0 }
    channels.set(name, known)
    return known
  }
  at(defaultChannel)
  for (const service of configuration.catalogue.services)
    at(channelOf(configuration, service.name)).services.push(service.name)
  for (const row of counts.open) at(channelOf(configuration, row.service)).open += row.count
  for (const row of counts.total) at(channelOf(configuration, row.service)).total += row.count
  const rank = (name: string): string => (name === defaultChannel ? '' : name)
  return [...channels.values()].sort((one, other) => (rank(one.name) < rank(other.name) ? -1 : 1))
}

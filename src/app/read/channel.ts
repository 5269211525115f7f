import type { Configuration } from '../app.ts'

/** Where the incidents of services go that name no channel, and those of no known service. */
export const defaultChannel = 'incidents'

/** The chat channel of a service's threads: the first one it names. */
export const channelOf = (configuration: Configuration, service: string | null): string =>
  (service === null ? undefined : configuration.serviceOf(service)?.channels[0]) ?? defaultChannel

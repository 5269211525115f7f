import { type Logger, LogLevel } from '@slack/bolt'
import type { AdapterLog } from './client.ts'

/** What Slack's libraries log. Their debug lines hold whole requests, tickets and response_urls: those go nowhere. */
export const boltLog = (log: AdapterLog): Logger => {
  const line = (parts: readonly unknown[]): string =>
    `Slack's library says: ${parts.map(String).join(' ').slice(0, 500)}`
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts: unknown[]) => log.warn({}, line(parts)),
    error: (...parts: unknown[]) => log.warn({}, line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  }
}

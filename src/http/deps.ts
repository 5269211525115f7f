import type { App } from '../app/app.ts'
import type { EventFeed } from '../app/events.ts'
import type { IngestWriter } from '../app/ingest/batch-writer.ts'
import type { LabPort } from '../app/lab-port.ts'
import type { AlertSourceName } from '../domain/alert.ts'
import type { AlertParser, GenericMapping } from '../domain/alert-parser.ts'
import type { Person } from '../domain/person.ts'
import type { SenderAuth } from './sender-auth.ts'

export type CheckStatus = 'pass' | 'warn' | 'fail'

export interface HealthReport {
  readonly status: CheckStatus
  readonly checks: Readonly<Record<string, { readonly status: CheckStatus; readonly detail: string }>>
}

/** Who one may be in it: the four of `labPersonas` unless said otherwise. */
export type LabAccess = LabPort & { readonly personas?: readonly Person[] }

export interface HttpLimits {
  /** Of one post of alerts. */
  readonly intakeBytes: number
  /** Of any other body. */
  readonly bodyBytes: number
}

export const defaultHttpLimits: HttpLimits = { intakeBytes: 2 * 1024 * 1024, bodyBytes: 256 * 1024 }

export interface HttpDeps {
  readonly app: App
  readonly ingest: IngestWriter
  readonly events: EventFeed
  /** Null outside the lab: its routes then do not exist. */
  readonly lab: LabAccess | null
  readonly parsers: Readonly<Record<AlertSourceName, AlertParser>>
  /** How each source's sender proves who it is; a secret of null refuses everybody. */
  readonly senders: Readonly<Record<AlertSourceName, SenderAuth>>
  /** Where the generic source finds its fields. */
  readonly genericMapping?: GenericMapping
  /** Tenant of the intake and of signing in to the lab. Keys and sessions carry their own. */
  readonly tenantId: string
  readonly health: () => Promise<HealthReport>
  /**
   * Names this server answers to, `host` (any port) or `host:port`, besides localhost, 127.0.0.1 and [::1], which always
   * count. A page of another name that was made to resolve to this machine is refused.
   */
  readonly allowedHosts: readonly string[]
  /** Folder of the console's files; null serves none. */
  readonly consoleDir: string | null
  readonly version: string
  readonly limits?: HttpLimits
  /** True where browsers reach Suture by https only, through a proxy: the cookie is then never sent by http. */
  readonly secureCookies?: boolean
  /** How often live streams are pinged and their right to listen is looked up again. Default 15 s. */
  readonly pingMs?: number
}

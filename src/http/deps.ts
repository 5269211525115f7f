import type { App } from '../app/app.ts'
import type { EventFeed } from '../app/events.ts'
import type { IngestWriter } from '../app/ingest/batch-writer.ts'
import type { LabPort } from '../app/lab-port.ts'
import type { AlertSourceName } from '../domain/alert.ts'
import type { AlertParser, GenericMapping } from '../domain/alert-parser.ts'
import type { Person } from '../domain/person.ts'
import type { Hook } from './chat-hooks.ts'
import type { SenderAuth } from './sender-auth.ts'

export type CheckStatus = 'pass' | 'warn' | 'fail'

export interface HealthReport {
  readonly status: CheckStatus
  readonly checks: Readonly<Record<string, HealthCheck>>
}

export interface HealthCheck {
  readonly status: CheckStatus
  /** In words, for whoever may read: it may name places and causes. */
  readonly detail: string
  /** When a check that fails was first seen to fail; absent while it does not. */
  readonly since?: Temporal.Instant
}

/** What is wrong with files that are newer than what is in force, and what in force holds for nothing; each with its line. */
export interface FilesState {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Who one may be in it: the four of `labPersonas` unless said otherwise. */
export type LabAccess = LabPort & { readonly personas?: readonly Person[] }

export interface HttpLimits {
  /** Of one post of alerts. */
  readonly intakeBytes: number
  /** Of what a chat posts: a click comes with the whole message it was on. */
  readonly hookBytes: number
  /** Of any other body. */
  readonly bodyBytes: number
}

export const defaultHttpLimits: HttpLimits = {
  intakeBytes: 2 * 1024 * 1024,
  hookBytes: 1024 * 1024,
  bodyBytes: 256 * 1024,
}

export interface HttpDeps {
  readonly app: App
  readonly ingest: IngestWriter
  readonly events: EventFeed
  /** Null outside the lab: its routes then do not exist. */
  readonly lab: LabAccess | null
  readonly parsers: Readonly<Record<AlertSourceName, AlertParser>>
  /** How each source's sender proves who it is; a secret of null refuses everybody. */
  readonly senders: Readonly<Record<AlertSourceName, SenderAuth>>
  /** By chat: who answers what that platform posts. Absent for those that are listened to by a socket, or not at all. */
  readonly chatHooks?: ReadonlyMap<string, Hook>
  /** Where the generic source finds its fields. */
  readonly genericMapping?: GenericMapping
  /** Tenant of the intake and of signing in to the lab. Keys and sessions carry their own. */
  readonly tenantId: string
  readonly health: () => Promise<HealthReport>
  /** Absent where no files are watched. */
  readonly files?: () => FilesState
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

import type { ChatCommands } from '../../src/app/ports.ts'
import type { AdapterLog, SlackClient } from './client.ts'
import type { Homes } from './homes.ts'
import type { Respond } from './respond.ts'

/** What every route of `receive.ts` works with. */
export interface Deps {
  readonly client: SlackClient
  readonly commands: ChatCommands
  readonly respond: Respond
  readonly homes: Homes
  readonly log: AdapterLog
}

/** Acknowledges; the first time counts. What is wrong with a form may go along. */
export type Ack = (problems?: {
  readonly response_action: 'errors'
  readonly errors: Record<string, string>
}) => Promise<void>

import type { SelfFinding } from '../../domain/self-test.ts'
import type { EventFeed } from '../events.ts'
import type { Chat, ChatName } from '../ports.ts'

/** What one process knows of itself and the database cannot tell. */
export interface ProcessFacts {
  /** Hears what commits tell, of whatever process. */
  readonly feed: Pick<EventFeed, 'subscribe'>
  /** Null where no watchdog belongs to this process. */
  readonly watchdogAlive: (() => boolean) | null
  /** Writes, reads and removes a file beside the embedded database; null where the database is outside. */
  readonly tryDisk: (() => Promise<SelfFinding>) | null
  /** The platforms that this process is connected to. */
  readonly chats: readonly {
    readonly platform: Exclude<ChatName, 'console'>
    readonly chat: Pick<Chat, 'state' | 'check'>
  }[]
}

import type { Role } from '../../domain/person.ts'
import type { App } from '../app.ts'
import type { ChatName, RefusedRequest } from '../ports.ts'

export type ChatPlatform = Exclude<ChatName, 'console'>

export interface Workspace {
  readonly chat: ChatPlatform
  /** Slack's team or Discord's guild. */
  readonly workspaceId: string
  readonly tenantId: string
}

export interface ChatOptions {
  /** Read at every use: one whose id is known only once it is connected is added then. */
  readonly workspaces: readonly Workspace[]
  /** Which group of users (Slack) or role (Discord) gives which role. */
  readonly roleGroups: Readonly<Record<ChatPlatform, readonly RoleGroup[]>>
  /** Without a slash at the end; null when nobody can open the console from elsewhere. */
  readonly consoleUrl: string | null
  /** How long a press may take before it is answered with `working`; 2 s when absent. */
  readonly patienceMs?: number
  readonly startTimer?: StartTimer
}

export interface RoleGroup {
  readonly role: Role
  readonly group: string
}

/** Resolves after so many ms unless it is canceled; then never. */
export type StartTimer = (ms: number) => { readonly over: Promise<void>; readonly cancel: () => void }

export interface ChatContext extends ChatOptions {
  readonly app: App
  readonly refused: (what: RefusedRequest) => Promise<void>
}

export const startTimer: StartTimer = (ms) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  return { over: promise, cancel: () => clearTimeout(timer) }
}

import type { ParameterValue } from '../domain/action.ts'
import type { Card } from '../domain/card.ts'
import type { Chart } from '../domain/chart.ts'
import type { Evidence, EvidenceSourceName } from '../domain/evidence.ts'
import type { FormAnswers, FormField } from '../domain/form.ts'
import type { Service, Target } from '../domain/service.ts'

/** What the use cases need from outside. Adapters implement these and import nothing else of `app`. */

export interface Clock {
  /** Wall time for display and for facts fetched outside a transaction. Leases and expiries use PostgreSQL's clock. */
  readonly now: () => Temporal.Instant
  /** Milliseconds that never go backwards; for timeouts and lease checks. */
  readonly monotonicMs: () => number
}

export interface Ids {
  /** A UUID version 7. */
  readonly uuid: () => string
  /** An opaque token of 128 random bits, URL-safe. */
  readonly token: () => string
}

/** How a process is told from another that got the same pid later. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat), or null where there is no /proc. */
  readonly startTicks: string | null
  readonly bootId: string | null
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr' | 'note'
  readonly text: string
}

export interface StepCallRequest {
  /** The target performs at most one effect per key: `run-7.restart`. */
  readonly effectKey: string
  readonly target: Target
  readonly action: string
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly timeoutMs: number
}

export interface PerformContext {
  /** Aborted on timeout, cancel, drain or a lost lease. The executor must then end everything it started. */
  readonly signal: AbortSignal
  /** Asked immediately before acting: false means the lease is gone and nothing may be done. */
  readonly mayAct: () => boolean
  readonly onOutput: (chunk: OutputChunk) => void
  /** Awaited right after a child process starts, so that the watchdog can find it should this worker die. */
  readonly onProcess: (identity: ProcessIdentity) => Promise<void>
}

export type StepCallResult =
  | { readonly status: 'succeeded'; readonly summary: string }
  | { readonly status: 'failed'; readonly summary: string }
  /** The time was up or the run canceled; `effect` says whether the target may have acted all the same. */
  | { readonly status: 'timed_out' | 'canceled'; readonly summary: string; readonly effect: 'none' | 'maybe' }
  /** The connection broke after sending: nobody can say from here whether it happened. */
  | { readonly status: 'unknown'; readonly summary: string }

export interface ActionExecutor {
  readonly kind: Target['kind']
  /** Never throws for what a target may do; throws only for a defect. */
  readonly perform: (request: StepCallRequest, context: PerformContext) => Promise<StepCallResult>
  /** Asks the target whether the effect of this key happened. */
  readonly probe: (
    request: StepCallRequest,
    signal: AbortSignal,
  ) => Promise<'happened' | 'not_happened' | 'cannot_tell'>
  /** The call as it would be made, secrets as references: for the dry run. */
  readonly render: (request: StepCallRequest) => string
}

/** What besides the service a source may want to know. */
export interface EvidenceQuestion {
  readonly tenantId: string
  /** When the incident's first alert was received. */
  readonly beganAt: Temporal.Instant
}

export interface EvidenceSource {
  readonly name: EvidenceSourceName
  /** Read-only. A failure is returned as evidence with status `failed` or `timed_out`, never thrown. Null: nothing to ask. */
  readonly gather: (
    service: Service,
    signal: AbortSignal,
    question: EvidenceQuestion,
  ) => Promise<Evidence | null>
  /**
   * What the answer depends on besides tenant, source and service: equal text, equal answer. Absent: on nothing else, so that
   * incidents of one service share an answer.
   */
  readonly dependsOn?: (question: EvidenceQuestion) => string
}

export type MetricReading =
  /** Null: the query was answered, and there is no data: an empty result, NaN or an infinity. Never to be read as 0. */
  | { readonly ok: true; readonly value: number | null }
  /** One sentence for people, without secrets: not connected, not reachable, refused, or an answer that is no single number. */
  | { readonly ok: false; readonly problem: string }

/** The value of one PromQL query now, for verification: asked anew each time, never out of a cache. */
export interface MetricReader {
  /** `query` is PromQL with one number as its answer, such as a value of `service.metrics`. Obeys `signal`; never rejects. */
  readonly read: (service: Service, query: string, signal: AbortSignal) => Promise<MetricReading>
}

/** The private half of a key of the audit log. It never leaves the place it was read from. */
export interface LogSigner {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

export interface LogKeys {
  /** Null when there is no file. */
  readonly current: LogSigner | null
  /** The one that is to replace it; null when nobody has asked for that. */
  readonly next: LogSigner | null
  /** Where the key is, for people. */
  readonly place: string
}

/** Keys that sign checkpoints: outside the database, so that whoever holds the database cannot sign. */
export interface LogKeySource {
  /** Throws a sentence when a key is there and can't be used. */
  readonly read: () => Promise<LogKeys>
  /** Every log is signed by the next key now: it takes the place of the current one. */
  readonly promote: () => Promise<void>
}

/** Hands the signed note of a checkpoint to somebody outside. Throws a sentence, without secrets, when it did not arrive. */
export type PostCheckpoint = (note: string) => Promise<void>

/** A sealed entry on its way to a SIEM. */
export interface SinkRecord {
  readonly id: string
  readonly tenantId: string
  /** Of the tenant's log, and the entry's number in it. */
  readonly origin: string
  readonly index: number
  readonly at: string
  readonly event: string
  readonly actor: string
  readonly subject: string
  /** OCSF's severity_id. */
  readonly severity: number
  /** The event of OCSF in one line, redacted. */
  readonly json: string
}

/**
 * Hands entries of one tenant to a SIEM, in their order; they have arrived when it resolves. Throws a sentence, without secrets,
 * when any of them may not have: the same ones come again. A RefusedEntry says that it would take others.
 */
export type AuditSink = (records: readonly SinkRecord[]) => Promise<void>

export interface SecretSource {
  /** The value, or null when no such secret is set. */
  readonly read: (name: string) => Promise<string | null>
}

/** What a chat is asked to show: the newest state of one card, in its place. */
export interface CardPost {
  readonly tenantId: string
  /** The home channel by its name in the catalogue, without a leading `#`. */
  readonly channel: string
  readonly cardId: string
  /** Null for what is told in a channel by itself and is of no incident. */
  readonly incidentId: string | null
  readonly version: number
  readonly card: Card
  /** What `deliver` returned for this card the last time; null as long as it never did. */
  readonly messageId: string | null
  /**
   * Null for the head of a thread, which is the card of the incident itself. Otherwise what `deliver` returned for that
   * head: this card is a reply to it.
   */
  readonly threadId: string | null
  /** An earlier post of this card may have arrived although nobody heard so: look for it before posting anew. */
  readonly uncertain: boolean
  /** For a head alone: the name of the channel that this incident gets of its own; null for none. */
  readonly ownChannel: string | null
}

export interface Delivered {
  readonly done: true
  /** Opaque to everybody but its chat: where the message stands. Another one than before when it had to be posted anew. */
  readonly messageId: string
}

/** The card could not be shown. Nothing is lost by it: it stays due. */
export interface NotDelivered {
  readonly done: false
  /** One sentence for people, without secrets. */
  readonly why: string
  /** False: it fails until somebody changes something (channel missing, token revoked), so it is tried again rarely. */
  readonly retryable: boolean
  /** The platform asked to be left alone for so long, in ms; null when it did not say. Holds for this channel alone. */
  readonly retryAfterMs: number | null
  /** It may have arrived all the same: a time-out after sending, a broken connection, a 5xx. */
  readonly uncertain: boolean
}

export type ChatName = 'console' | 'slack' | 'discord'

export interface ChatPort {
  readonly name: ChatName
  /** At least so many ms lie between two calls to one channel: the platform's limit, kept with room to spare. */
  readonly gapMs: number
  /** Posts or updates; resolves once the platform has answered, or did not. Throws only for a defect. */
  readonly deliver: (post: CardPost, signal: AbortSignal) => Promise<Delivered | NotDelivered>
}

/** Who pressed or wrote, as the platform says it after its signature or connection was verified. */
export interface ChatUser {
  readonly chat: Exclude<ChatName, 'console'>
  /** Slack's team or Discord's guild: it decides the tenant. */
  readonly workspaceId: string
  readonly userId: string
  /** What the platform shows; may be anything. */
  readonly name: string
  /** Ids of the user groups (Slack) or roles (Discord) this user has; null when they could not be read. */
  readonly groups: readonly string[] | null
  /** How long ago the groups were read, in ms; just now when absent. */
  readonly groupsAgeMs?: number
}

/** A file for people: in the thread that it is about, or to whoever asked where there is none. */
export interface ReplyFile {
  readonly name: string
  readonly contentType: string
  readonly text: string
  /** Stands with it in the thread. */
  readonly sentence: string
  /** What `deliver` returned for the head of that thread, one part of it; null where this chat has none. */
  readonly threadId: string | null
}

/** A chart as a PNG. */
export interface Picture {
  readonly name: string
  readonly title: string
  readonly alt: string
  readonly bytes: Uint8Array
}

/** Draws a chart for a chat that takes pictures. Null when that can't be done, or not in time: the log says why. Never rejects. */
export type PictureMaker = (chart: Chart, signal?: AbortSignal) => Promise<Picture | null>

/**
 * What takes the place of a card until it stays. `show` is told the newest one, and the next when it has resolved: a chat that waits there
 * shows no more than it may. Resolves after the last one; rejects when `show` does.
 */
export type Live = (show: (card: Card) => Promise<void>) => Promise<void>

/** What a person sees who pressed, asked or typed a command. */
export interface ChatReply {
  readonly card: Card
  /** True: only the person who asked sees it. */
  readonly ephemeral: boolean
  /** Goes along where the chat takes files. */
  readonly file?: ReplyFile
  /** How the card goes on; absent where it stays as it is. */
  readonly live?: Live
  /** A form that is opened in place of the card, where that can be done in time; the card has a button for it. */
  readonly form?: { readonly token: string; readonly prompt: ChatPrompt }
}

export interface Press {
  /** The opaque ActionToken of the button. */
  readonly token: string
  /** What a modal asked for; empty without one. */
  readonly note: string
  /** What a modal with fields was filled in with, by their names; absent without fields. */
  readonly answers?: FormAnswers
}

export type PressReply =
  | {
      readonly kind: 'done'
      readonly reply: ChatReply
      /** What is wrong with a form, by the names of its fields: said there, where a chat can, in place of the reply. */
      readonly problems?: Readonly<Record<string, string>>
    }
  /** It takes longer than a platform waits. The click is stored and will be carried out; `later` brings what came of it. */
  | { readonly kind: 'working'; readonly reply: ChatReply; readonly later: Promise<ChatReply> }

/** A message to the bot: a mention, a DM, or a line in an incident's thread. */
export interface Said {
  readonly text: string
  /** What `deliver` returned for the head of the thread it stands in; null outside of one. */
  readonly threadId: string | null
  /** Nobody else reads what is answered; absent where others might. */
  readonly direct?: boolean
  /** Tells this message from all others of the workspace, however often it is delivered: channel and timestamp, or id. */
  readonly messageKey: string
}

/** What a chat adapter may ask for. It holds no rule: every answer, refusals included, comes from here. Never throws. */
export interface ChatCommands {
  readonly press: (user: ChatUser, press: Press) => Promise<PressReply>
  /** The words after `/heal`; empty for help. */
  readonly command: (user: ChatUser, words: string) => Promise<ChatReply>
  /** Null when this message was answered before, or asks nothing. */
  readonly say: (user: ChatUser, said: Said) => Promise<ChatReply | null>
  /** What waits for this person, and what is open: for a home page. */
  readonly home: (user: ChatUser) => Promise<readonly Card[]>
  /** Completions for what was typed so far of the words after `/heal`; at most 25. */
  readonly suggest: (user: ChatUser, words: string) => Promise<readonly string[]>
  /** Text that a modal asks for before a button's press is sent: null when the button is not known (any more). */
  readonly promptOf: (user: ChatUser, token: string) => Promise<ChatPrompt | null>
  /** A request that is not from the platform, or comes a second time: audited, and answered with nothing. */
  readonly refused: (what: RefusedRequest) => Promise<void>
  /** True the first time this key is seen within the hour: retries and replays have the same one. */
  readonly firstTime: (chat: Exclude<ChatName, 'console'>, key: string) => Promise<boolean>
}

export interface ChatPrompt {
  readonly title: string
  readonly label: string
  readonly required: boolean
  /** One input each, in place of the one for a note. An adapter that has no room for all says where the others are. */
  readonly fields?: readonly FormField[]
  /** What is asked, for the text above the input. */
  readonly about: string
}

export interface RefusedRequest {
  readonly chat: Exclude<ChatName, 'console'>
  readonly reason: 'missing' | 'malformed' | 'stale' | 'mismatch' | 'replayed' | 'unknown_workspace'
}

/** A request of the platform as it came over HTTP, before anything was believed. */
export interface HookRequest {
  readonly rawBody: Uint8Array
  readonly headers: { readonly get: (name: string) => string | null }
}

export interface HookResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ChatState {
  readonly connected: boolean
  /** One plain sentence, without secrets: `connected since 12:03`, `Slack refuses the token`. */
  readonly sentence: string
}

/** One thing that keeps a chat from working, in words, and what to do about it. */
export interface ChatProblem {
  readonly what: string
  readonly remedy: string
}

/** An open connection to a chat platform. */
export interface Chat {
  readonly port: ChatPort
  /** Where the platform sends its requests over HTTP; null when it is listened to by a socket. */
  readonly hook: ((request: HookRequest) => Promise<HookResponse>) | null
  /** Begins to listen. Throws a sentence while it can't, such as for a wrong token; it may then be called again. */
  readonly start: () => Promise<void>
  /** Takes nothing new, answers what it has, and leaves no timer or socket behind. */
  readonly stop: () => Promise<void>
  readonly state: () => ChatState
  /** Asks the platform about tokens, scopes, intents and channels; changes nothing. */
  readonly check: (channels: readonly string[]) => Promise<readonly ChatProblem[]>
  /**
   * Ids of the groups of each of these users, as the platform says it now. Whoever has left has none; whose groups can't
   * be read is not among the answers. Never throws.
   */
  readonly groupsOf: (userIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>
}

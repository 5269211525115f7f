import { openSlack, type SlackOptions } from '../../adapters/slack/index.ts'
import type { Chat, ChatCommands, HookResponse } from '../../src/app/ports.ts'
import { type FakeChatCommands, fakeChatCommands } from './fake-chat-commands.ts'
import {
  recordedAt,
  type Signing,
  signedForm,
  signedJson,
  signedPayload,
  signingSecret,
} from './slack-requests.ts'
import { type SlackStub, slackIds, startSlackStub } from './slack-stub.ts'

/** The adapter before the stub of Slack and a fake of the commands: what Slack sends goes in, what Suture answers comes out. */
export interface TestSlack {
  readonly stub: SlackStub
  readonly chat: Chat
  readonly commands: FakeChatCommands
  /** Everything that was logged, as JSON text. */
  readonly logged: readonly string[]
  /** Sends what Slack would, the way this adapter listens, and resolves with what was acknowledged with. */
  readonly send: (kind: SentKind, payload: object) => Promise<unknown>
  /** What was said through response_urls, as its text, oldest first. */
  readonly said: () => readonly string[]
  readonly close: () => Promise<void>
}

export type Way = 'http' | 'socket'
type SentKind = 'command' | 'interactive' | 'event'

export interface TestSlackOptions {
  readonly way: Way
  readonly answers?: Partial<ChatCommands>
  readonly timing?: SlackOptions['timing']
  /** Whether it listens from the start. */
  readonly started?: boolean
  readonly appToken?: string
  readonly botToken?: string
  readonly consoleUrl?: string
  readonly pictures?: SlackOptions['pictures']
}

/** Short enough for a test that waits for what is slow in life. */
const quick = { editGapMs: 5, pingMs: 1_000, helloMs: 1_000, retryMs: 20, drainMs: 60 }

const envelopeKinds = { command: 'slash_commands', interactive: 'interactive', event: 'events_api' } as const

export const testSlack = async (options: TestSlackOptions): Promise<TestSlack> => {
  const stub = await startSlackStub()
  const commands = fakeChatCommands(options.answers)
  const logged: string[] = []
  const write = (details: object, message: string): void => {
    logged.push(JSON.stringify({ ...details, message }))
  }
  const chat = openSlack({
    botToken: options.botToken ?? slackIds.botToken,
    appToken: options.way === 'socket' ? (options.appToken ?? slackIds.appToken) : null,
    signingSecret: options.way === 'http' ? signingSecret : null,
    apiUrl: stub.apiUrl,
    consoleUrl: options.consoleUrl ?? null,
    commands,
    now: () => recordedAt * 1000,
    log: { info: write, warn: write, error: write },
    timing: { ...quick, ...options.timing },
    ...(options.pictures === undefined ? {} : { pictures: options.pictures }),
  })
  if (options.started ?? true) await chat.start()

  let requests = 0
  const overHttp = async (kind: SentKind, payload: object): Promise<unknown> => {
    // Each request of Slack has a signature of its own; here they differ by their second.
    const signing: Signing = { at: recordedAt - (requests++ % 250) }
    const signed = {
      command: () => signedForm(payload as Record<string, string>, signing),
      interactive: () => signedPayload(payload, signing),
      event: () => signedJson(payload, signing),
    }[kind]()
    const response = await (chat.hook as (request: typeof signed) => Promise<HookResponse>)(signed)
    if (response.status !== 200) throw new Error(`answered ${response.status}`)
    return response.body === '' ? {} : (JSON.parse(response.body) as unknown)
  }

  return {
    stub,
    chat,
    commands,
    logged,
    send: (kind, payload) =>
      options.way === 'http'
        ? overHttp(kind, payload)
        : stub.acked(stub.envelope(envelopeKinds[kind], payload)),
    said: () => stub.responses.map(({ body }) => String(body['text'])),
    close: async () => {
      await chat.stop()
      await stub.close()
    },
  }
}

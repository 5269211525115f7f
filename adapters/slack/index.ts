import { App } from '@slack/bolt'
import type { Chat, ChatCommands, ChatState, PictureMaker } from '../../src/app/ports.ts'
import { acknowledge, ackWithinMs, type Process } from './acknowledge.ts'
import { boltLog } from './bolt-log.ts'
import { checkSlack } from './check.ts'
import { type AdapterLog, createSlackClient } from './client.ts'
import { type ConnectionTiming, connectionTiming, keepConnected } from './connection.ts'
import { createSlackPort } from './deliver.ts'
import { reasonOf, refusalOf } from './failure.ts'
import { createHomes } from './homes.ts'
import { createHook } from './hook.ts'
import { createPictures } from './pictures.ts'
import { listen } from './receive.ts'
import { createResponder } from './respond.ts'
import { createTasks } from './tasks.ts'

export interface SlackOptions {
  readonly botToken: string
  /** Set: Slack is listened to over a websocket (Socket Mode), and nothing of Suture need be reachable. */
  readonly appToken: string | null
  /** Set without an app token: Slack's requests come over HTTP, signed with it. */
  readonly signingSecret: string | null
  /** Ends in a slash. */
  readonly apiUrl: string
  readonly consoleUrl: string | null
  readonly commands: ChatCommands
  /** Draws charts; without it they are rows of text. */
  readonly pictures?: PictureMaker
  /** Told, at each start, whose token it is: what comes from another team is not of this installation. */
  readonly onTeam?: (teamId: string) => void
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: AdapterLog
  /** For tests: shorter times than those that fit Slack. */
  readonly timing?: Partial<ConnectionTiming & { readonly ackMs: number; readonly editGapMs: number }>
}

/** What is under way may take so long to end when Suture stops, ms. */
const settleMs = 5_000

export const openSlack = (options: SlackOptions): Chat => {
  const { appToken, signingSecret, apiUrl, consoleUrl, commands, log, now } = options
  const ackMs = options.timing?.ackMs ?? ackWithinMs
  const client = createSlackClient({ token: options.botToken, apiUrl, now, log })
  const pictures = createPictures({ client, apiUrl, log, make: options.pictures ?? null })
  const tasks = createTasks(log)
  const logger = boltLog(log)
  let stopping = false
  /** Why nothing can be done with the bot token; null once Slack has said whose it is. */
  let unusable: string | null = 'Slack was not asked yet'
  let heardAt: number | null = null
  const startedAt = now()

  const app = new App({
    // Both ways in hand over their requests themselves: no server and no socket of Bolt's own.
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
    authorize: async () => ({}),
    ignoreSelf: false,
    convoStore: false,
    extendedErrorHandler: true,
    logger,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 0 } },
  })
  const process: Process = (event) => app.processEvent(event)
  listen(app, {
    client,
    commands,
    respond: createResponder({
      client,
      apiUrl,
      consoleUrl,
      log,
      pictures,
      ...(options.timing?.editGapMs === undefined ? {} : { editGapMs: options.timing.editGapMs }),
    }),
    homes: createHomes(client, commands, consoleUrl),
    log,
  })

  const connection =
    appToken === null
      ? null
      : keepConnected({
          appToken,
          apiUrl,
          logger,
          log,
          now,
          timing: { ...connectionTiming, ...options.timing },
          onEnvelope: ({ body, retryNum, retryReason, ack }) => {
            // Not acknowledged: Slack delivers it again, to whoever is up by then.
            if (stopping) return
            const incoming = {
              body,
              ...(retryNum > 0 ? { retryNum } : {}),
              ...(retryReason === null ? {} : { retryReason }),
            }
            void tasks.run('an acknowledgement', async () =>
              ack(await acknowledge(incoming, { process, tasks, withinMs: ackMs })),
            )
          },
        })

  const hook =
    connection !== null || signingSecret === null
      ? null
      : createHook({
          signingSecret,
          commands,
          process,
          tasks,
          log,
          now,
          ackMs,
          onRequest: () => {
            heardAt = now()
          },
          stopping: () => stopping,
        })

  const state = (): ChatState => {
    if (stopping) return { connected: false, sentence: 'stopped' }
    if (unusable !== null) return { connected: false, sentence: unusable }
    if (connection === null) {
      const last = heardAt === null ? 'none came yet' : `the last came at ${hourOf(heardAt)}`
      return { connected: true, sentence: `takes signed requests since ${hourOf(startedAt)}; ${last}` }
    }
    const { kind, since, why } = connection.status()
    return kind === 'connected'
      ? { connected: true, sentence: `connected since ${hourOf(since)}` }
      : { connected: false, sentence: `not connected since ${hourOf(since)}: ${why}` }
  }

  return {
    port: createSlackPort(client, { consoleUrl, log, pictures }),
    hook,
    start: async () => {
      try {
        const { teamId } = await client.identify()
        unusable = null
        options.onTeam?.(teamId)
      } catch (error) {
        const refused = refusalOf(error)
        unusable =
          refused === null
            ? `Slack does not answer: ${reasonOf(error)}`
            : `Slack refuses the bot token: ${refused}`
        throw new Error(unusable, { cause: error })
      }
      await connection?.start()
    },
    stop: async () => {
      stopping = true
      await tasks.settled(settleMs)
      await connection?.stop()
    },
    state,
    check: (channels) => checkSlack(client, channels),
    groupsOf: async (userIds) => {
      const byUser = await client.allGroups()
      return new Map(byUser === null ? [] : userIds.map((id) => [id, byUser.get(id) ?? []]))
    },
  }
}

const hourOf = (epochMs: number): string =>
  `${Temporal.Instant.fromEpochMilliseconds(epochMs).toString().slice(11, 16)} UTC`

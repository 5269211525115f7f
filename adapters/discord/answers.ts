import { DiscordAPIError, HTTPError, RateLimitError, type RawFile, type REST } from '@discordjs/rest'
import type { AdapterLog } from './client.ts'
import type { AskingInteraction } from './payloads.ts'
import type { Callback, Plan } from './receive.ts'

/** Sends what a plan says. The token of the interaction is the only authority that these calls need, and all that they have. */
export interface Answers {
  /** Sends the first answer, then whatever follows. Never throws. */
  readonly answer: (interaction: AskingInteraction, plan: Plan) => Promise<void>
  /** What follows alone, where the first answer left by another way. Never throws. */
  readonly follow: (interaction: AskingInteraction, later: NonNullable<Plan['later']>) => Promise<void>
}

/** Somebody else answered, it was too late, or the 15 min of the token are over: nothing is left to do, and no harm done. */
const alreadyAnswered = 40_060
const harmless: ReadonlySet<number | string> = new Set([alreadyAnswered, 10_062, 50_027])

/**
 * Before every further try. An edit may be ahead of the first answer, when that travels as the answer to Discord's own request:
 * then Discord does not know of a message to edit yet.
 */
const pausesMs = [300, 1_000, 3_000, 10_000]

export const createAnswers = (
  rest: REST,
  options: { readonly log: AdapterLog; readonly wait: (ms: number) => Promise<void> },
): Answers => {
  const callback = async (interaction: AskingInteraction, first: Callback): Promise<void> => {
    const send = () =>
      rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, { auth: false, body: first })
    try {
      await send()
    } catch (error) {
      if (!isPassing(error)) throw error
      // Once more at once: there is no time for more.
      await send().catch((again: unknown) => {
        // The first has arrived, and only its receipt was lost.
        if (!(again instanceof DiscordAPIError) || again.code !== alreadyAnswered) throw again
      })
    }
  }

  const show = async (
    interaction: AskingInteraction,
    body: object,
    files: readonly RawFile[] = [],
  ): Promise<void> => {
    const message = { auth: false, body, ...(files.length === 0 ? {} : { files: [...files] }) }
    const path = `/webhooks/${interaction.application_id}/${interaction.token}/messages/@original` as const
    for (const pauseMs of pausesMs) {
      try {
        await rest.patch(path, message)
        return
      } catch (error) {
        if (!isPassing(error) && !isAhead(error)) throw error
        await options.wait(error instanceof RateLimitError ? Math.max(error.retryAfter, pauseMs) : pauseMs)
      }
    }
    await rest.patch(path, message)
  }

  const tell = (interaction: AskingInteraction, error: unknown, what: string): void => {
    const details = { interaction: interaction.id, ...factsOf(error) }
    if (error instanceof DiscordAPIError && harmless.has(error.code)) options.log.info(details, what)
    else options.log.warn(details, what)
  }

  const follow: Answers['follow'] = async (interaction, later) => {
    try {
      await later((message, files) => show(interaction, message, files))
    } catch (error) {
      tell(interaction, error, 'What came of an interaction on Discord could not be shown to whoever asked')
    }
  }

  return {
    follow,
    answer: async (interaction, plan) => {
      try {
        await callback(interaction, plan.first)
      } catch (error) {
        tell(interaction, error, 'An interaction on Discord could not be answered')
        return
      }
      if (plan.later !== null) await follow(interaction, plan.later)
    },
  }
}

/** Waiting may heal it: a limit, a fault of Discord's, a broken connection. */
const isPassing = (error: unknown): boolean => {
  if (error instanceof RateLimitError) return error.retryAfter <= 60_000
  if (error instanceof HTTPError) return error.status >= 500
  return error instanceof Error && !(error instanceof DiscordAPIError)
}

/** 10015 unknown webhook, 10008 unknown message. */
const isAhead = (error: unknown): boolean =>
  error instanceof DiscordAPIError && (error.code === 10_015 || error.code === 10_008)

/** Never the error itself: it names the URL, and the URL holds the token. */
export const factsOf = (error: unknown): Readonly<Record<string, string | number>> => {
  if (error instanceof DiscordAPIError) return { status: error.status, code: error.code }
  if (error instanceof RateLimitError) return { status: 429, retryAfterMs: error.retryAfter }
  if (error instanceof HTTPError) return { status: error.status }
  return { fault: error instanceof Error ? error.name : 'unknown' }
}

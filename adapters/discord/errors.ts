import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest'
import { ZodError } from 'zod'
import type { NotDelivered } from '../../src/app/ports.ts'

/** What went wrong between Suture and Discord, as a value in plain words. Errors of the library name addresses: they stay here. */

/** Discord's JSON error codes. https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
export const codes = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  tooManyChannels: 30_013,
  missingAccess: 50_001,
  missingPermissions: 50_013,
  invalidForm: 50_035,
  archivedThread: 50_083,
  threadExists: 160_004,
  tooManyThreads: 160_006,
} as const

export const hasCode = (error: unknown, ...wanted: readonly number[]): boolean =>
  error instanceof DiscordAPIError && wanted.includes(Number(error.code))

/** A reason of our own not to deliver, such as a channel that is nowhere to be found. */
export class Undeliverable extends Error {
  readonly retryable: boolean
  constructor(why: string, retryable: boolean) {
    super(why)
    this.name = 'Undeliverable'
    this.retryable = retryable
  }
}

const until = (why: string): NotDelivered => ({
  done: false,
  why,
  retryable: false,
  retryAfterMs: null,
  uncertain: false,
})
const again = (why: string, uncertain: boolean): NotDelivered => ({
  done: false,
  why,
  retryable: true,
  retryAfterMs: null,
  uncertain,
})

/** Throws what is no trouble with Discord but a defect. `where` is the channel's name in the catalogue. */
export const notDelivered = (error: unknown, where: string): NotDelivered => {
  if (error instanceof Undeliverable) return { ...until(error.message), retryable: error.retryable }
  if (error instanceof RateLimitError) return rateLimited(error)
  if (error instanceof DiscordAPIError) return refused(error, where)
  if (error instanceof HTTPError)
    return error.status >= 500
      ? again(`Discord has trouble of its own (HTTP ${error.status}).`, true)
      : until(`Discord refuses the call (HTTP ${error.status}).`)
  if (error instanceof ZodError || error instanceof SyntaxError)
    return again('Discord answered something that its documentation does not describe.', true)
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return again('Discord did not answer in time.', true)
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return neverSent.has(error.code)
      ? again(`Discord can not be reached (${error.code}).`, false)
      : again(`The connection to Discord broke (${error.code}).`, true)
  throw error
}

/** These come before a connection stands. */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** `retryAfter` is in ms here, and the message of this error is empty. */
const rateLimited = ({ retryAfter, global }: RateLimitError): NotDelivered => ({
  done: false,
  why: `Discord asks for a pause of ${Math.ceil(retryAfter / 1_000)} s${global ? ' for the whole bot' : ' in this channel'}.`,
  retryable: true,
  retryAfterMs: Math.max(1, Math.ceil(retryAfter)),
  uncertain: false,
})

const refused = (error: DiscordAPIError, where: string): NotDelivered => {
  if (error.status === 401) return until('Discord refuses the bot token: set SUTURE_DISCORD_TOKEN anew.')
  if (error.status >= 500) return again(`Discord has trouble of its own (HTTP ${error.status}).`, true)
  switch (error.code) {
    case codes.unknownChannel:
      return until(`The place of this message in #${where} does not exist any more.`)
    case codes.missingAccess:
      return until(`Suture may not see #${where}: give it View Channel there.`)
    case codes.missingPermissions:
      return until(
        `Suture may not write in #${where}: give it Send Messages, Create Public Threads and Send Messages in Threads there.`,
      )
    case codes.archivedThread:
      return again(`The thread in #${where} fell asleep again while a card was changed.`, false)
    case codes.tooManyThreads:
      return until(`#${where} has as many active threads as Discord allows: archive some.`)
    case codes.invalidForm:
      return until(`Discord does not accept the form of the card: ${formProblems(error)}`)
  }
  return until(`Discord refuses it (HTTP ${error.status}, code ${error.code}).`)
}

/** Paths within the message, and what is wrong there. */
const formProblems = (error: DiscordAPIError): string =>
  error.message.replace(/\s+/g, ' ').slice(0, 300).toWellFormed()

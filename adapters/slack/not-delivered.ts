import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import type { NotDelivered } from '../../src/app/ports.ts'

/** From whatever a call to Slack threw to what it means: in plain words, and whether and when to try again. */

const permanent: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack knows no such channel, or Suture was not invited to it',
  not_in_channel: 'Suture is not in this channel: invite it there',
  is_archived: 'the channel is archived',
  restricted_action: 'the workspace does not let Suture post there',
  restricted_action_read_only_channel: 'the channel is read-only',
  restricted_action_thread_only_channel: 'the channel takes replies in threads alone',
  restricted_action_non_threadable_channel: 'the channel takes no threads',
  cannot_reply_to_message: 'the message takes no replies',
  invalid_auth: 'Slack does not know the bot token',
  not_authed: 'Slack got no token',
  token_expired: 'the bot token has expired',
  token_revoked: 'the bot token was revoked',
  account_inactive: 'the app was removed from the workspace, or its account disabled',
  user_removed_from_team: 'the app was removed from the workspace',
  team_disabled: 'the workspace was disabled',
  team_access_not_granted: 'the app has no access to this workspace',
  org_login_required: 'the workspace is being moved',
  ekm_access_denied: 'the administrators of the workspace took away the right to post',
  access_denied: 'the token has no access to it',
  no_permission: 'the bot token lacks a right for it',
  not_allowed_token_type: 'this is the wrong kind of token',
  missing_scope: 'the bot token lacks a scope; install the app again with the scopes of the manifest',
  msg_too_long: 'Slack finds the card too long',
  msg_blocks_too_long: 'Slack finds the card too long',
  invalid_blocks: 'Slack refuses the card’s form',
  invalid_blocks_format: 'Slack refuses the card’s form',
  no_text: 'Slack finds no text in the card',
}

/** Passing states. The two errors of Slack's own may come after the message was posted. */
const passing: Readonly<Record<string, { readonly why: string; readonly uncertain: boolean }>> = {
  internal_error: { why: 'Slack has a fault of its own', uncertain: true },
  fatal_error: { why: 'Slack has a fault of its own', uncertain: true },
  request_timeout: { why: 'Slack did not get the whole request', uncertain: false },
  service_unavailable: { why: 'Slack is not available', uncertain: false },
  external_channel_migrating: { why: 'the channel is being moved', uncertain: false },
  team_added_to_org: { why: 'the workspace is being moved', uncertain: false },
  message_limit_exceeded: { why: 'too many messages were posted to the channel', uncertain: false },
  message_not_found: { why: 'the message is gone', uncertain: false },
  thread_not_found: { why: 'the thread is gone', uncertain: false },
}

export const notDelivered = (error: unknown): NotDelivered => {
  if (error instanceof WebAPIRateLimitedError) return slower(error.retryAfter)
  if (error instanceof WebAPIPlatformError) return refused(error)
  if (error instanceof WebAPIHTTPError) return httpFault(error)
  if (error instanceof WebAPIRequestError) return requestFault(error)
  // The library throws a bare Error for a 429 that does not say how long.
  if (error instanceof Error && /retry header/i.test(error.message)) return slower(null)
  if (error instanceof Error && isTimeout(error)) return maybe('Slack did not answer in time')
  return maybe('Slack’s answer could not be read')
}

/** The code of a refusal; null for everything else that can go wrong. */
export const slackCode = (error: unknown): string | null =>
  error instanceof WebAPIPlatformError ? String(error.data.error) : null

const refused = (error: WebAPIPlatformError): NotDelivered => {
  const code = String(error.data.error)
  if (code === 'ratelimited' || code === 'rate_limited')
    return slower(error.data.response_metadata?.retryAfter ?? null)
  const known = Object.hasOwn(passing, code) ? passing[code] : undefined
  if (known !== undefined)
    return { ...maybe(`${sentence(known.why)} (${code}).`), uncertain: known.uncertain }
  // A proxy's page of HTML arrives here as a "code".
  if (!/^[a-z_]{1,60}$/.test(code)) return maybe('Slack’s answer could not be read')
  const why = Object.hasOwn(permanent, code) ? permanent[code] : undefined
  return {
    done: false,
    why: why === undefined ? `Slack refuses it: ${code}.` : `${sentence(why)} (${code}).`,
    retryable: false,
    retryAfterMs: null,
    uncertain: false,
  }
}

const httpFault = ({ statusCode }: WebAPIHTTPError): NotDelivered => {
  if (statusCode === 429) return slower(null)
  if (statusCode >= 500) return maybe(`Slack answered ${statusCode}.`)
  return {
    ...maybe(`Slack answered ${statusCode}: is the address of its API right?`),
    retryable: statusCode === 408,
    uncertain: false,
  }
}

/** These fail before anything is sent. */
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

const requestFault = ({ original }: WebAPIRequestError): NotDelivered => {
  if (isTimeout(original)) return maybe('Slack did not answer in time')
  const code = causeOf(original)
  return unsent.has(code)
    ? { ...maybe(`Slack cannot be reached (${code}).`), uncertain: false }
    : maybe('the connection to Slack broke')
}

/** The first code down the chain of causes. */
const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : causeOf(error.cause)
}

const isTimeout = ({ name }: Error): boolean => name === 'TimeoutError' || name === 'AbortError'

const slower = (seconds: number | null): NotDelivered => ({
  done: false,
  why: `Slack asks for fewer messages${seconds === null ? '' : ` and to wait ${seconds} s`}.`,
  retryable: true,
  retryAfterMs: seconds === null ? null : Math.max(0, seconds) * 1_000,
  uncertain: false,
})

const maybe = (why: string): NotDelivered => ({
  done: false,
  why: why.endsWith('.') || why.endsWith('?') ? why : `${sentence(why)}.`,
  retryable: true,
  retryAfterMs: null,
  uncertain: true,
})

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

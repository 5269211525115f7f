import { WebAPIRateLimitedError } from '@slack/web-api'
import { slackCode } from './not-delivered.ts'

/** Why Slack lets nobody in, in words, by its error code. Trying again heals none of these. */
const refusals: Readonly<Record<string, string>> = {
  invalid_auth: 'Slack does not know this token',
  not_authed: 'Slack got no token',
  token_expired: 'this token has expired',
  token_revoked: 'this token was revoked',
  account_inactive: 'the app was removed from the workspace, or its account disabled',
  user_removed_from_team: 'the app was removed from the workspace',
  team_disabled: 'the workspace was disabled',
  not_allowed_token_type: 'this is the wrong kind of token',
  missing_scope: 'this token lacks a scope',
  no_permission: 'this token lacks a right',
}

/** A sentence when only a person can heal this failure; null when trying again may. */
export const refusalOf = (error: unknown): string | null => {
  const code = slackCode(error)
  const known = code === null ? undefined : refusals[code]
  return known === undefined ? null : `${known} (${code})`
}

/** One short line for logs and states. Slack's errors name no token; long ones are cut, since a proxy may answer HTML. */
export const reasonOf = (error: unknown): string => {
  const refused = refusalOf(error)
  if (refused !== null) return refused
  const said = error instanceof Error ? error.message : String(error)
  return said.replace(/\s+/g, ' ').slice(0, 200)
}

/** What Slack asked to wait, ms; 0 when it asked nothing. */
export const askedToWaitMs = (error: unknown): number =>
  error instanceof WebAPIRateLimitedError ? error.retryAfter * 1000 : 0

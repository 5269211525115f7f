import { createHmac } from 'node:crypto'
import type { HookRequest } from '../../src/app/ports.ts'
import { slackIds } from './slack-stub.ts'

/** Slack's requests, written from its documentation, and signed the way Slack signs (scheme v0). */

export const signingSecret = 'the-signing-secret-of-the-app'
/** When the recorded requests were made; epoch seconds. */
export const recordedAt = 1_795_370_000

export interface Signing {
  readonly secret?: string
  /** Epoch seconds. */
  readonly at?: number
  readonly headers?: Readonly<Record<string, string>>
}

const signedBytes = (body: string, contentType: string, signing: Signing): HookRequest => {
  const at = String(signing.at ?? recordedAt)
  const digest = createHmac('sha256', signing.secret ?? signingSecret)
    .update(`v0:${at}:${body}`)
    .digest('hex')
  return {
    rawBody: Buffer.from(body),
    headers: new Headers({
      'content-type': contentType,
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${digest}`,
      ...signing.headers,
    }),
  }
}

/** A form of fields: slash commands and `ssl_check`. */
export const signedForm = (fields: Readonly<Record<string, string>>, signing: Signing = {}): HookRequest =>
  signedBytes(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', signing)

/** The form with one field `payload` that clicks and submitted modals come in. */
export const signedPayload = (payload: object, signing: Signing = {}): HookRequest =>
  signedForm({ payload: JSON.stringify(payload) }, signing)

/** JSON: events and `url_verification`. */
export const signedJson = (body: object, signing: Signing = {}): HookRequest =>
  signedBytes(JSON.stringify(body), 'application/json', signing)

const user = { id: slackIds.user, username: 'ada', name: 'ada', team_id: slackIds.team }
const team = { id: slackIds.team, domain: 'acme' }

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
export const slashCommand = (fields: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  token: 'legacy-verification-token',
  team_id: slackIds.team,
  team_domain: 'acme',
  channel_id: slackIds.general,
  channel_name: 'general',
  user_id: slackIds.user,
  user_name: 'ada',
  command: '/heal',
  text: 'status',
  api_app_id: slackIds.app,
  is_enterprise_install: 'false',
  response_url: 'https://hooks.slack.com/commands/T000000001/1/x',
  trigger_id: '1.2.abc',
  ...fields,
})

export interface Click {
  readonly actionId: string
  readonly actionTs?: string
  readonly triggerId?: string
  /** Null for a button that stands where there is no response_url. */
  readonly responseUrl?: string | null
  readonly threadTs?: string | null
  /** In the App Home instead of a message. */
  readonly inHome?: boolean
  readonly userId?: string
  readonly teamId?: string
}

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export const blockActions = (click: Click): Record<string, unknown> => {
  const ts = '1795369000.000200'
  const thread = click.threadTs === undefined ? '1795369000.000100' : click.threadTs
  const inThread = thread === null ? {} : { thread_ts: thread }
  const place =
    click.inHome === true
      ? {
          container: { type: 'view', view_id: 'V1' },
          view: { id: 'V1', type: 'home', private_metadata: '', callback_id: '', hash: '1.x' },
        }
      : {
          container: {
            type: 'message',
            message_ts: ts,
            channel_id: slackIds.general,
            is_ephemeral: false,
            ...inThread,
          },
          channel: { id: slackIds.general, name: 'general' },
          message: {
            type: 'message',
            user: slackIds.bot,
            ts,
            bot_id: slackIds.botId,
            text: 'card',
            ...inThread,
          },
        }
  const response =
    click.responseUrl === null || click.inHome === true
      ? {}
      : { response_url: click.responseUrl ?? 'https://hooks.slack.com/actions/T000000001/1/x' }
  return {
    type: 'block_actions',
    user: { ...user, id: click.userId ?? user.id, team_id: click.teamId ?? user.team_id },
    api_app_id: slackIds.app,
    token: 'legacy-verification-token',
    trigger_id: click.triggerId ?? '1.2.abc',
    team: { ...team, id: click.teamId ?? team.id },
    enterprise: null,
    is_enterprise_install: false,
    state: { values: {} },
    ...place,
    ...response,
    actions: [
      {
        action_id: click.actionId,
        block_id: 'b1',
        text: { type: 'plain_text', text: 'Approve', emoji: true },
        style: 'primary',
        type: 'button',
        action_ts: click.actionTs ?? '1795370000.123456',
      },
    ],
  }
}

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export const viewSubmission = (submitted: {
  readonly callbackId: string
  readonly note: string | null
  /** Instead of the note: the inputs of every block, by its id. */
  readonly fields?: Readonly<Record<string, object>>
  readonly privateMetadata?: string
  readonly viewId?: string
  readonly blockId?: string
}): Record<string, unknown> => ({
  type: 'view_submission',
  team,
  user,
  api_app_id: slackIds.app,
  token: 'legacy-verification-token',
  trigger_id: '1.2.abc',
  view: {
    id: submitted.viewId ?? 'V1',
    team_id: slackIds.team,
    type: 'modal',
    blocks: [],
    private_metadata: submitted.privateMetadata ?? '',
    callback_id: submitted.callbackId,
    state: {
      values: submitted.fields ?? {
        [submitted.blockId ?? 'note']: { note: { type: 'plain_text_input', value: submitted.note } },
      },
    },
    hash: '1.abc',
    app_installed_team_id: slackIds.team,
    bot_id: slackIds.botId,
  },
  response_urls: [],
  is_enterprise_install: false,
  enterprise: null,
})

/** https://docs.slack.dev/apis/events-api: the wrapper around every event. */
export const eventCallback = (
  event: Readonly<Record<string, unknown>>,
  wrapper: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> => ({
  token: 'legacy-verification-token',
  team_id: slackIds.team,
  api_app_id: slackIds.app,
  type: 'event_callback',
  event_id: 'Ev1',
  event_time: recordedAt,
  authorizations: [
    {
      enterprise_id: null,
      team_id: slackIds.team,
      user_id: slackIds.bot,
      is_bot: true,
      is_enterprise_install: false,
    },
  ],
  is_ext_shared_channel: false,
  event_context: '4-xyz',
  event,
  ...wrapper,
})

export const appMention = (text: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  type: 'app_mention',
  user: slackIds.user,
  ts: '1795370000.000100',
  client_msg_id: 'c1',
  text: `<@${slackIds.bot}> ${text}`,
  team: slackIds.team,
  blocks: [],
  channel: slackIds.general,
  event_ts: '1795370000.000100',
  ...fields,
})

/** A line in a channel; a direct message with `channel_type: 'im'`. */
export const message = (text: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  type: 'message',
  channel_type: 'im',
  user: slackIds.user,
  ts: '1795370000.000200',
  client_msg_id: 'c2',
  text,
  team: slackIds.team,
  blocks: [],
  channel: 'D000000001',
  event_ts: '1795370000.000200',
  ...fields,
})

export const homeOpened = (tab: 'home' | 'messages' = 'home') => ({
  type: 'app_home_opened',
  user: slackIds.user,
  channel: 'D000000001',
  tab,
  event_ts: '1795370000.000300',
})

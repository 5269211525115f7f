import { WebClient } from '@slack/web-api'
import { z } from 'zod'
import { boltLog } from './bolt-log.ts'
import { callTimeoutMs } from './limits.ts'
import type { SlackMessage } from './render.ts'

/** Suture's own way to Slack's Web API: one call is one attempt, and it ends within 10 s. */

export interface AdapterLog {
  readonly info: (details: object, message: string) => void
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

export interface SlackClient {
  readonly identify: () => Promise<{ teamId: string; botUserId: string; botId: string }>
  /** What the token may do; null when Slack does not say. */
  readonly scopes: () => Promise<readonly string[] | null>
  readonly postEphemeral: (
    to: { readonly channel: string; readonly user: string; readonly thread: string | null },
    message: SlackMessage,
  ) => Promise<void>
  readonly reply: (
    to: { readonly channel: string; readonly thread: string | null },
    message: SlackMessage,
  ) => Promise<void>
  /** The same, and where it stands: for what goes on there. */
  readonly post: (
    to: { readonly channel: string; readonly thread: string | null },
    message: SlackMessage,
  ) => Promise<Posted>
  /** Only what `post` has put there. */
  readonly update: (at: Posted, message: SlackMessage) => Promise<void>
  readonly openView: (triggerId: string, view: object) => Promise<void>
  readonly publishHome: (userId: string, view: object) => Promise<void>
  /** The user groups this user is in, at most 5 min old; null when they can't be read. */
  readonly groupsOf: (userId: string) => Promise<Groups | null>
  /** The same of everybody, by user and read now; null when they can't be read. */
  readonly allGroups: () => Promise<ReadonlyMap<string, readonly string[]> | null>
  /** What people call this user; their id when it can't be read. */
  readonly nameOf: (userId: string) => Promise<string>
  /** Throws what `@slack/web-api` throws; see `not-delivered.ts`. */
  readonly call: (method: string, body: object) => Promise<unknown>
}

export interface Posted {
  readonly channel: string
  readonly ts: string
}

export interface Groups {
  readonly ids: readonly string[]
  /** How long ago they were read. */
  readonly ageMs: number
}

export interface SlackClientOptions {
  readonly token: string
  /** `https://slack.com/api/` */
  readonly apiUrl: string
  /** Epoch ms. */
  readonly now: () => number
  readonly log: AdapterLog
}

const Identity = z.object({ team_id: z.string(), user_id: z.string(), bot_id: z.string().default('') })
const Posted = z.object({ channel: z.string(), ts: z.string() })
const Scoped = z.object({ response_metadata: z.object({ scopes: z.array(z.string()) }) })
const UserGroups = z.object({
  usergroups: z.array(z.object({ id: z.string(), users: z.array(z.string()).default([]) })),
})
const User = z.object({
  user: z.object({
    name: z.string().default(''),
    real_name: z.string().default(''),
    profile: z.object({ display_name: z.string().default('') }).default({ display_name: '' }),
  }),
})

interface Reading {
  readonly of: Promise<ReadonlyMap<string, readonly string[]> | null>
  readonly at: number
}

const cachedMs = 5 * 60_000
/** How long Slack is not asked again for a name it did not tell. */
const failedMs = 60_000
/** More names than this are not kept; a workspace's responders are fewer. */
const mostNames = 1_000

/** Nothing is unfurled and nothing becomes a ping, whatever a text says. */
export const quietly = { unfurl_links: false, unfurl_media: false, link_names: false } as const

export const createSlackClient = ({ token, apiUrl, now, log }: SlackClientOptions): SlackClient => {
  const web = new WebClient(token, {
    slackApiUrl: apiUrl,
    // The delivery engine tries again, with the newest card; the library would send the old one, for half an hour.
    retryConfig: { retries: 0 },
    timeout: callTimeoutMs,
    // Else one slow channel holds up all others.
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: boltLog(log),
  })
  const call: SlackClient['call'] = (method, body) => web.apiCall(method, { ...body })
  const names = new Map<string, { readonly of: Promise<string | null>; readonly until: number }>()
  let groups: Reading | null = null

  const readGroups = async (): Promise<ReadonlyMap<string, readonly string[]> | null> => {
    try {
      const { usergroups } = UserGroups.parse(await call('usergroups.list', { include_users: true }))
      const byUser = new Map<string, string[]>()
      for (const { id, users } of usergroups)
        for (const user of users) byUser.set(user, [...(byUser.get(user) ?? []), id])
      return byUser
    } catch {
      log.warn({}, 'Slack: the user groups could not be read, so no role comes from them')
      return null
    }
  }

  /** As old as its question: what changes while Slack answers may be missing from it. */
  const readAnew = (): Reading => {
    const reading: Reading = { of: readGroups(), at: now() }
    groups = reading
    // What could not be read is asked for again by whoever comes next.
    void reading.of.then((byUser) => {
      if (byUser === null && groups === reading) groups = null
    })
    return reading
  }

  /** Null when it can't be read, which is remembered for a while too: everybody who writes is asked for. */
  const readName = async (userId: string): Promise<string | null> => {
    try {
      const { user } = User.parse(await call('users.info', { user: userId }))
      return user.profile.display_name || user.real_name || user.name || null
    } catch {
      names.set(userId, { of: Promise.resolve(null), until: now() + failedMs })
      return null
    }
  }

  return {
    call,
    identify: async () => {
      const identity = Identity.parse(await call('auth.test', {}))
      return { teamId: identity.team_id, botUserId: identity.user_id, botId: identity.bot_id }
    },
    scopes: async () => {
      const answer = Scoped.safeParse(await call('auth.test', {}))
      return answer.success ? answer.data.response_metadata.scopes : null
    },
    postEphemeral: async ({ channel, user, thread }, { text, blocks }) => {
      await call('chat.postEphemeral', {
        channel,
        user,
        ...inThread(thread),
        text,
        blocks,
        link_names: false,
      })
    },
    reply: async ({ channel, thread }, { text, blocks }) => {
      await call('chat.postMessage', { channel, ...inThread(thread), text, blocks, ...quietly })
    },
    post: async ({ channel, thread }, { text, blocks }) =>
      Posted.parse(
        await call('chat.postMessage', { channel, ...inThread(thread), text, blocks, ...quietly }),
      ),
    update: async ({ channel, ts }, { text, blocks }) => {
      await call('chat.update', { channel, ts, text, blocks })
    },
    openView: async (triggerId, view) => {
      await call('views.open', { trigger_id: triggerId, view })
    },
    publishHome: async (userId, view) => {
      await call('views.publish', { user_id: userId, view })
    },
    groupsOf: async (userId) => {
      const reading = groups === null || now() - groups.at >= cachedMs ? readAnew() : groups
      const byUser = await reading.of
      return byUser === null
        ? null
        : { ids: byUser.get(userId) ?? [], ageMs: Math.max(0, now() - reading.at) }
    },
    allGroups: () => readAnew().of,
    nameOf: async (userId) => {
      let known = names.get(userId)
      if (known === undefined || now() >= known.until) {
        if (names.size >= mostNames) names.clear()
        known = { of: readName(userId), until: now() + cachedMs }
        names.set(userId, known)
      }
      return (await known.of) ?? userId
    },
  }
}

const inThread = (thread: string | null): { thread_ts?: string } =>
  thread === null ? {} : { thread_ts: thread }

import { hash } from 'node:crypto'
import { noteSeen } from '../../storage/chat.repository.ts'
import { inTenant } from '../../storage/database.ts'
import { commit } from '../commit.ts'
import type { RefusedRequest } from '../ports.ts'
import type { ChatContext, ChatPlatform } from './options.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Where what belongs to a chat as a whole is kept; null when nothing of it is served. */
const homeOf = ({ workspaces }: Pick<ChatContext, 'workspaces'>, chat: ChatPlatform): string | null =>
  workspaces.find((each) => each.chat === chat)?.tenantId ?? null

/**
 * Requests that were not from the platform. A flood of them is one entry a minute and reason (an hour for a workspace that
 * is not served), with the count of those since the last: it can't fill the history, and costs no statement each.
 */
export const createRefusals = (
  context: Pick<ChatContext, 'app' | 'workspaces'>,
): ((what: RefusedRequest) => Promise<void>) => {
  const since = new Map<string, { atMs: number; more: number }>()
  return async ({ chat, reason }) => {
    const everyMs = reason === 'unknown_workspace' ? hourMs : minuteMs
    const key = `${chat} ${reason}`
    const nowMs = context.app.clock.monotonicMs()
    const last = since.get(key)
    if (last !== undefined && nowMs - last.atMs < everyMs) {
      last.more += 1
      return
    }
    since.set(key, { atMs: nowMs, more: 0 })
    const tenantId = homeOf(context, chat)
    context.app.log.warn({ chat, reason, more: last?.more ?? 0 }, 'a request to a chat was refused')
    if (tenantId === null) return
    const keyHash = hash('sha256', `refused ${key}`, 'buffer')
    await commit(context.app, tenantId, async (tx, out) => {
      // Other processes have refused the same.
      if (!(await noteSeen(tx, keyHash, everyMs, context.app.store.shiftMs()))) return
      const more = last?.more ?? 0
      out.audit({
        event: 'chat_refused',
        actor: `source:${chat}`,
        subject: tenantId,
        details: { chat, reason, more },
      })
    })
  }
}

/**
 * True the first time a key is seen within the hour, whatever process sees it. Nobody waits for the disk here: what is done
 * about it is committed later, and then this is kept as well.
 */
export const firstTime = (
  { app: { store }, ...context }: ChatContext,
  chat: ChatPlatform,
  key: string,
): Promise<boolean> => {
  const tenantId = homeOf(context, chat)
  // Where no workspace is served nothing is done, however often.
  if (tenantId === null) return Promise.resolve(true)
  const keyHash = hash('sha256', `${chat} ${key}`, 'buffer')
  return inTenant(store, tenantId, (tx) => noteSeen(tx, keyHash, hourMs, store.shiftMs()), {
    eager: true,
    volatile: true,
  })
}

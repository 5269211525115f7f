import { z } from 'zod'
import type { CardPost } from '../../src/app/ports.ts'
import { slackCode } from './not-delivered.ts'
import type { Part } from './part.ts'

const Messages = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
          .optional()
          .catch(undefined),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
})

/** Messages looked at in one call; Slack gives at most 999. */
const pageSize = 200
/** Threads are read from their beginning, so the newest reply may stand on a later page. */
const mostPages = 10

/** Looks for a card among what was posted: every message of Suture's names its card in its metadata. Null when it is not there. */
export const findCard = async (
  call: (method: string, body: object) => Promise<unknown>,
  { channel, thread }: { readonly channel: string; readonly thread: string | null },
  { cardId, tenantId }: Pick<CardPost, 'cardId' | 'tenantId'>,
): Promise<Part | null> => {
  const where = thread === null ? { channel } : { channel, ts: thread }
  const pages = thread === null ? 1 : mostPages
  let cursor = ''
  for (let page = 0; page < pages; page++) {
    const answer = await call(thread === null ? 'conversations.history' : 'conversations.replies', {
      ...where,
      // Without it Slack leaves the payload of the metadata out.
      include_all_metadata: true,
      limit: pageSize,
      ...(cursor === '' ? {} : { cursor }),
    }).catch((error: unknown) => {
      if (slackCode(error) === 'thread_not_found') return { messages: [] }
      throw error
    })
    const { messages, response_metadata: next } = Messages.parse(answer)
    const found = messages.find(
      ({ metadata }) =>
        metadata?.event_type === 'suture_card' &&
        metadata.event_payload['card'] === cardId &&
        metadata.event_payload['tenant'] === tenantId,
    )
    if (found !== undefined) return { channel, ts: found.ts }
    cursor = next.next_cursor
    if (cursor === '') break
  }
  return null
}

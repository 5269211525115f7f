import { z } from 'zod'
import type { SlackClient } from './client.ts'

const Page = z.object({
  channels: z.array(
    z.object({
      id: z.string(),
      name: z.string().default(''),
      creator: z.string().default(''),
      is_private: z.boolean().default(false),
      is_member: z.boolean().default(false),
      is_archived: z.boolean().default(false),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
})

export type ListedChannel = z.infer<typeof Page>['channels'][number]

/** docs.slack.dev/reference/methods/conversations.list: no more than 200 results at a time are advised. */
const pageSize = 200
/** 20,000 channels; a cursor that never ends must not keep us. */
const mostPages = 100

/** Every channel that Suture can see: public ones, and private ones it was invited to. */
export const listChannels = async (
  client: Pick<SlackClient, 'call'>,
  { archived }: { readonly archived: boolean },
): Promise<readonly ListedChannel[]> => {
  const channels: ListedChannel[] = []
  let cursor = ''
  for (let page = 0; page < mostPages; page++) {
    const answer = Page.parse(
      await client.call('conversations.list', {
        types: 'public_channel,private_channel',
        exclude_archived: !archived,
        limit: pageSize,
        ...(cursor === '' ? {} : { cursor }),
      }),
    )
    channels.push(...answer.channels)
    cursor = answer.response_metadata.next_cursor
    if (cursor === '') break
  }
  return channels
}

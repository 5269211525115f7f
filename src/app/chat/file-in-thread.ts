import { headOfIncident } from '../../storage/chat.repository.ts'
import { inTenant } from '../../storage/database.ts'
import type { AnswerFile } from '../answer/reading.ts'
import type { App } from '../app.ts'
import type { ReplyFile } from '../ports.ts'

/** Discord takes 10 MiB a file: https://discord.com/developers/docs/reference#uploading-files */
const mostBytes = 8 * 2 ** 20

/** For the thread of its incident, where this chat has one. Null for what no chat takes. */
export const fileInThread = async (
  app: Pick<App, 'store'>,
  chat: string,
  tenantId: string,
  { incidentId, ...file }: AnswerFile,
): Promise<ReplyFile | null> =>
  Buffer.byteLength(file.text) > mostBytes
    ? null
    : {
        ...file,
        threadId: await inTenant(app.store, tenantId, (tx) => headOfIncident(tx, chat, incidentId), {
          readOnly: true,
          eager: true,
        }),
      }

import type { ChatUser } from '../../src/app/ports.ts'
import { type ChatWorld, codeIn, onDiscord, onSlack, words } from './chat-world.ts'

/** What people do in the chats of a world, and what is left behind by it. */
export const chatHands = (world: ChatWorld) => {
  let users = 100
  const type = async (user: ChatUser, text: string) => (await world.commands.command(user, text)).card
  const told = async (user: ChatUser, text: string) => words(await type(user, text))
  const person = (id: string) =>
    world.read((tx) => tx.db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst())
  return {
    type,
    told,
    person,
    /** A user of both chats whom nobody has seen yet; `id` and `discordId` are who they become. */
    somebody: () => {
      users += 1
      return {
        slack: onSlack(`U${users}`),
        discord: onDiscord(String(users)),
        id: `slack-u${users}`,
        discordId: `discord-${users}`,
        accounts: { slack: `slack T1:U${users}`, discord: `discord G1:${users}` },
      }
    },
    approve: async (user: ChatUser, requestId: string) =>
      words(
        (await world.commands.press(user, { token: await world.tokenOf(requestId, 'approve'), note: '' }))
          .reply.card,
      ),
    /** The code of `one`, typed by `other`. */
    link: async (one: ChatUser, other: ChatUser) => told(other, `link ${codeIn(await type(one, 'link'))}`),
    identitiesOf: (id: string) =>
      world.read(async (tx) =>
        (
          await tx.db
            .selectFrom('identity')
            .selectAll()
            .where('person_id', '=', id)
            .orderBy('provider')
            .execute()
        ).map((row) => `${row.provider} ${row.external_id}${row.unlinked_at === null ? '' : ' off'}`),
      ),
    pendingOf: async (incidentId: string): Promise<string> =>
      (
        await world.read((tx) =>
          tx.db
            .selectFrom('approval_request')
            .select('id')
            .where('incident_id', '=', incidentId)
            .where('status', '=', 'pending')
            .executeTakeFirstOrThrow(),
        )
      ).id,
    waitsForLock: async () => {
      const { rows } = await world.app.store.pool.query<{ waiting: boolean }>(
        `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting`,
      )
      return rows[0]?.waiting === true
    },
  }
}

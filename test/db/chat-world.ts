import { createChatCommands } from '../../src/app/chat/commands.ts'
import type { ChatOptions, Workspace } from '../../src/app/chat/options.ts'
import { bootstrapTenant } from '../../src/app/identity/bootstrap.ts'
import type { ChatCommands, ChatUser } from '../../src/app/ports.ts'
import type { AuditEvent } from '../../src/domain/audit.ts'
import type { Card } from '../../src/domain/card.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { ensureTenant } from '../../src/storage/ensure-tenant.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld, forgetConfiguration } from './core-world.ts'

export const otherTenant = 'other'

const workspaces: readonly Workspace[] = [
  { chat: 'slack', workspaceId: 'T1', tenantId: testTenant },
  { chat: 'discord', workspaceId: 'G1', tenantId: testTenant },
  { chat: 'slack', workspaceId: 'T2', tenantId: otherTenant },
]

export interface ChatWorld extends CoreWorld {
  readonly commands: ChatCommands
  readonly commandsWith: (options: Partial<ChatOptions>) => ChatCommands
  readonly tokenOf: (subject: string, command: 'approve' | 'reject' | 'request' | 'cancel') => Promise<string>
  readonly votesOf: (requestId: string) => Promise<string[]>
  /** Ada has requested; nobody has voted. */
  readonly waiting: (playbook?: string) => Promise<{ incidentId: string; runId: string; requestId: string }>
  readonly counts: (event: AuditEvent) => Promise<number>
}

/** Incidents, proposals and two chats: Slack's T1 and Discord's G1 are the lab's, Slack's T2 another tenant's. */
export const chatWorld = async (core: Parameters<typeof coreWorld>[0] = {}): Promise<ChatWorld> => {
  const world = await coreWorld(core)
  await ensureTenant(world.ownerUrl, otherTenant, 'Other')
  await bootstrapTenant(world.app, otherTenant, { lab: true })
  await world.configure({}, undefined, otherTenant)
  forgetConfiguration(world.app, otherTenant)
  const options: ChatOptions = {
    workspaces,
    roleGroups: {
      slack: [
        { role: 'approver', group: 'SAPP' },
        { role: 'responder', group: 'SRES' },
        { role: 'admin', group: 'SADM' },
        { role: 'viewer', group: 'SVIEW' },
      ],
      discord: [
        { role: 'approver', group: '900' },
        { role: 'responder', group: '901' },
      ],
    },
    consoleUrl: 'https://suture.example',
  }
  return {
    ...world,
    commands: createChatCommands(world.app, options),
    commandsWith: (more) => createChatCommands(world.app, { ...options, ...more }),
    tokenOf: (subject, command) =>
      world.read(async (tx) => {
        const row = await tx.db
          .selectFrom('action_token')
          .select('token')
          .where('subject', '=', subject)
          .where('command', '=', command)
          .executeTakeFirstOrThrow()
        return row.token
      }),
    votesOf: (requestId) =>
      world.read(async (tx) =>
        (
          await tx.db
            .selectFrom('approval_decision')
            .select(['person_id', 'decision', 'via'])
            .where('request_id', '=', requestId)
            .orderBy('decided_at')
            .execute()
        ).map((row) => `${row.person_id} ${row.decision} ${row.via}`),
      ),
    waiting: async (playbook = 'two-steps') => {
      const incidentId = await world.proposed(world.take().name)
      return { incidentId, ...(await world.requested(incidentId, playbook)) }
    },
    counts: (event) =>
      world.read(
        async (tx) =>
          (await tx.db.selectFrom('audit_entry').select('id').where('event', '=', event).execute()).length,
      ),
  }
}

/** A user of Slack's T1, an approver unless said otherwise. */
export const onSlack = (userId: string, given: Partial<ChatUser> = {}): ChatUser => ({
  chat: 'slack',
  workspaceId: 'T1',
  userId,
  name: userId,
  groups: ['SAPP'],
  ...given,
})

export const onDiscord = (userId: string, given: Partial<ChatUser> = {}): ChatUser => ({
  chat: 'discord',
  workspaceId: 'G1',
  userId,
  name: userId,
  groups: ['900'],
  ...given,
})

export const words = (card: Card): string => plainText(card)

/** The code that a card of `/heal link` shows. */
export const codeIn = (card: Card): string => {
  const [code] = /[A-Z2-9]{5}-[A-Z2-9]{5}/.exec(words(card)) ?? []
  if (code === undefined) throw new Error(`no code in: ${words(card)}`)
  return code
}

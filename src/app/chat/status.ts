import { bold, type Card, code, type Text } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { activeRunStatuses } from '../../domain/run.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { counted, listInWords, text } from '../../message/words.ts'
import { inTenant } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { governanceOf } from '../policy-facts.ts'
import type { GovernanceView } from '../read/governance.ts'
import type { ModeSettingView } from '../read/modes.ts'
import type { ChatContext } from './options.ts'

/** How things are, in three lines, and where to go on. */
export const statusCard = async ({ app }: ChatContext, caller: Caller): Promise<Card> => {
  const now = await readNow(app, caller)
  const open = now.incidents.reduce((sum, each) => sum + each.count, 0)
  const quiet = open === 0 && now.runs === 0 && now.waiting === 0
  return chatCard({
    title: quiet ? 'All is quiet' : 'How things are',
    tone: now.emergencyStop ? 'bad' : quiet ? 'good' : 'info',
    lines: [
      text(
        open === 0
          ? 'No incident is open.'
          : `${counted(open, 'incident')} open: ${listInWords(now.incidents.map(({ status, count }) => `${count} ${incidentWords[status] ?? status}`))}.`,
      ),
      text(
        `${counted(now.runs, 'run')} queued or under way; ${counted(now.waiting, 'request')} waiting for approval.`,
      ),
      modeLine(now),
      nextLine(open, now.waiting),
    ],
  })
}

const incidentWords: Readonly<Record<string, string>> = {
  open: 'being looked into',
  proposed: 'waiting for people',
  healing: 'healing',
  escalated: 'in need of a person',
}

const nextLine = (open: number, waiting: number): Text => {
  if (waiting > 0) return text(code('/heal approvals'), ' shows what waits for you.')
  return open > 0 ? text(code('/heal incidents'), ' lists them.') : text('Nothing to do.')
}

export const modeLine = ({ mode, emergencyStop }: Pick<GovernanceView, 'mode' | 'emergencyStop'>): Text =>
  text(
    `Mode ${mode}: ${modeWords[mode]}.`,
    emergencyStop ? ' The emergency stop is on: nothing runs until an admin lifts it.' : '',
  )

export const modeWords = {
  observe: 'Suture records and proposes nothing',
  propose: 'one person requests, another approves',
  approve: 'Suture requests, a person approves',
  auto: 'Suture acts by itself inside its limits, and asks beyond them',
} as const satisfies Record<GovernanceView['mode'], string>

export const modeCard = (
  governance: Pick<GovernanceView, 'mode' | 'emergencyStop'>,
  settings: readonly Pick<ModeSettingView, 'scope' | 'name' | 'mode'>[] = [],
): Card =>
  chatCard({
    title: 'How far Suture may go',
    status: governance.emergencyStop ? 'Emergency stop' : governance.mode,
    tone: governance.emergencyStop ? 'bad' : 'info',
    lines: [
      modeLine(governance),
      ...settings
        .slice(0, mostSettings)
        .map(({ scope, name, mode }) =>
          text(bold(mode), scope === 'service' ? ' for ' : ' for the playbook ', code(name)),
        ),
      ...(settings.length > mostSettings
        ? [text(`and ${settings.length - mostSettings} more; the console lists them.`)]
        : []),
      text(
        'An admin changes it: ',
        code('/heal mode propose'),
        ', for one service ',
        code('/heal mode propose for checkout'),
        ', or in the console.',
      ),
    ],
  })

/** More than these are for a screen. */
const mostSettings = 12

const readNow = (app: App, caller: Caller) =>
  inTenant(
    app.store,
    caller.tenantId,
    async (tx) => {
      const [incidents, runs, waiting, governance] = await Promise.all([
        tx.db
          .selectFrom('incident')
          .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
          .where('tenant_id', '=', tx.tenantId)
          .where('status', '<>', 'resolved')
          .groupBy('status')
          .orderBy('status')
          .execute(),
        tx.db
          .selectFrom('run')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('tenant_id', '=', tx.tenantId)
          .where('status', 'in', ['queued', ...activeRunStatuses])
          .executeTakeFirstOrThrow(),
        tx.db
          .selectFrom('approval_request')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('tenant_id', '=', tx.tenantId)
          .where('status', '=', 'pending')
          .executeTakeFirstOrThrow(),
        governanceOf(tx),
      ])
      return {
        incidents: incidents.map(({ status, count }) => ({ status, count: Number(count) })),
        runs: Number(runs.count),
        waiting: Number(waiting.count),
        mode: app.observeOnly ? ('observe' as const) : governance.mode,
        emergencyStop: governance.emergency_stop,
      }
    },
    { readOnly: true },
  )

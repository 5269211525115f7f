import type { Command } from 'commander'
import { localInWords } from '../../src/domain/policy/calendar-words.ts'
import { FreezeList, FreezeSet, WindowsList, type WindowsView } from '../../src/http/schemas/calendar.ts'
import { wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { more } from '../tables.ts'
import { type Cell, oneLine, shortened, table } from '../text.ts'
import { relative } from '../when.ts'

interface SetOptions {
  readonly until: string
  readonly because?: string
}

interface WindowsOptions {
  readonly search?: string
  readonly limit: number
  readonly after?: string
}

/** Freezes and change windows: what may begin now, and what may not. */
export const addFreeze = (program: Command, open: Open): void => {
  program
    .command('freeze')
    .description('let nothing begin until then, whoever has approved it')
    .argument('[what]', 'a service, a playbook, an owner of the catalogue, or all', 'all')
    .requiredOption('--until <when>', '18:00, 2h, tomorrow 09:00, friday 18:00 or "2026-12-24 18:00"')
    .option('--because <reason>', 'why, for whoever is refused')
    .action(async (what: string, { until, because }: SetOptions, command: Command) => {
      const session = open(command)
      const set = await session.client.post('/v1/freezes', { what, until, reason: because }, FreezeSet)
      session.show(set, () => [
        `${set.id}: ${oneLine(set.what)} is frozen until ${inZone(set.until, set.timeZone)}, ${relative(set.until, session.now)}.`,
        `It is told in ${set.told} open ${set.told === 1 ? 'incident' : 'incidents'}. To lift it: suture unfreeze ${set.id}`,
      ])
    })

  program
    .command('freezes')
    .description('what is frozen now or will be, the soonest to end first')
    .action(async (_: unknown, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get('/v1/freezes', FreezeList)
      session.show(found, () =>
        found.items.length === 0
          ? ['Nothing is frozen.']
          : table(
              paint,
              ['ID', 'WHAT', 'FROM', 'UNTIL', 'SET BY', 'WHY'],
              found.items.map((each) => [
                each.id,
                shortened(each.what, 40),
                relative(each.from, now),
                relative(each.until, now),
                each.setBy?.name ?? 'the policy',
                shortened(each.reason === '' ? '-' : each.reason, 50),
              ]),
            ),
      )
    })

  program
    .command('unfreeze')
    .description('lift a freeze before its end')
    .argument('<freeze>', 'such as frz-7')
    .action(async (id: string, _: unknown, command: Command) => {
      const session = open(command)
      await session.client.remove(`/v1/freezes/${encodeURIComponent(id)}`)
      session.show({ id, lifted: true }, () => [`${oneLine(id)} is lifted.`])
    })

  program
    .command('windows')
    .description('change windows: open or not, and until when')
    .argument('[service]', 'name or alias in the catalogue; all without it')
    .option('--search <text>', 'those whose name, title, alias or owner has this in it')
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 50)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async (service: string | undefined, asked: WindowsOptions, command: Command) => {
      const session = open(command)
      const { paint } = session
      const found = await session.client.get('/v1/windows', WindowsList, { service, ...asked })
      session.show(found, () =>
        found.items.length === 0
          ? [
              asked.search === undefined
                ? 'The catalogue has no services.'
                : 'No service has that in its name.',
            ]
          : [
              ...table(
                paint,
                ['SERVICE', 'NOW', 'CHANGES', 'UTC', 'WINDOWS'],
                found.items.map((each) => [
                  each.service,
                  stateCell(each),
                  turnOf(each) === null ? '-' : inZone(turnOf(each) ?? '', each.timeZone),
                  turnOf(each) === null ? '-' : inZone(turnOf(each) ?? '', 'UTC'),
                  shortened([...each.windows, ...each.besides].join(', ') || 'always open', 60),
                ]),
              ),
              ...more(found.next),
            ],
      )
    })
}

const stateCell = ({ open, frozenUntil, holiday }: WindowsView): Cell => {
  if (frozenUntil !== null) return { text: 'frozen', style: 'yellow' }
  if (open) return { text: 'open', style: 'green' }
  return { text: holiday === null ? 'closed' : `closed, ${shortened(holiday, 30)}`, style: 'yellow' }
}

const turnOf = ({ frozenUntil, changesAt }: WindowsView): string | null => frozenUntil ?? changesAt

const inZone = (at: string, zone: string): string => localInWords(Temporal.Instant.from(at), zone)

import type { Command } from 'commander'
import { z } from 'zod'
import { AuditEntryView, AuditKeyView, CheckpointView } from '../../src/http/schemas/audit.ts'
import { page } from '../../src/http/schemas/common.ts'
import { wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { more } from '../tables.ts'
import { oneLine, shortened, table } from '../text.ts'

interface LogOptions {
  readonly actor?: string
  readonly service?: string
  readonly incident?: string
  readonly event?: string
  readonly from?: string
  readonly to?: string
  readonly limit: number
  readonly after?: string
}

export const addAuditRead = (audit: Command, open: Open): void => {
  audit
    .command('log')
    .description('what was done, newest first: of incidents, and what you did; an admin sees all')
    .option('--actor <person>', 'who, such as person_ada')
    .option('--service <name>', 'of the incidents of this service')
    .option('--incident <id>', 'such as inc-42')
    .option('--event <names>', 'such as run_started,run_finished')
    .option('--from <time>', 'not before, such as 2026-11-22T14:00:00Z')
    .option('--to <time>', 'before')
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 50)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async (options: LogOptions, command: Command) => {
      const session = open(command)
      const found = await session.client.get('/v1/audit', page(AuditEntryView), { ...options })
      session.show(found, () =>
        found.items.length === 0
          ? ['Nothing of the kind is on record.']
          : [
              ...table(
                session.paint,
                ['NUMBER', 'AT', 'WHO', 'EVENT', 'ABOUT', 'WHAT'],
                found.items.map((entry) => [
                  entry.index === null ? '-' : String(entry.index),
                  entry.at,
                  oneLine(entry.actor.name),
                  entry.event,
                  oneLine(entry.subject),
                  shortened(entry.text, 80),
                ]),
              ),
              ...more(found.next),
            ],
      )
    })

  audit
    .command('checkpoint')
    .description('the newest signed checkpoint; keep it elsewhere to compare the history with later')
    .action(async (_options: object, command: Command) => {
      const session = open(command)
      const checkpoint = await session.client.get('/v1/audit/checkpoint', CheckpointView)
      session.note(`${checkpoint.size} entries, signed at ${checkpoint.at}`)
      // To the byte: its last line feed is part of it.
      session.show(checkpoint, () => checkpoint.note.replace(/\n$/, '').split('\n'))
    })

  audit
    .command('keys')
    .description('the public keys of the log, the first one first; pin the one you were given by other means')
    .action(async (_options: object, command: Command) => {
      const session = open(command)
      const { items } = await session.client.get('/v1/audit/keys', z.object({ items: z.array(AuditKeyView) }))
      session.show({ items }, () => items.map(({ vkey }) => oneLine(vkey)))
    })
}

import type { Command } from 'commander'
import { matcherOf, matchersInWords } from '../../src/domain/silence.ts'
import { page } from '../../src/http/schemas/common.ts'
import { SilenceSet, SilenceView } from '../../src/http/schemas/silence.ts'
import { wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { more, words } from '../tables.ts'
import { oneLine, shortened, table } from '../text.ts'
import { relative } from '../when.ts'

interface SetOptions {
  readonly until: string
  readonly from?: string
  readonly because: string
  readonly maintenance?: true
}

interface ListOptions {
  readonly all?: true
  readonly limit: number
  readonly after?: string
}

export const addSilences = (program: Command, open: Open): void => {
  program
    .command('silence')
    .description('keep alerts that match quiet for a while; those that still fire at the end open incidents')
    .argument('<matchers...>', 'such as service=checkout severity!=critical alertname=~High*')
    .requiredOption('--until <when>', 'such as 2h, 18:00 or 2026-12-24T18:00:00Z')
    .option('--from <when>', 'when it begins; now without it')
    .requiredOption('--because <why>', 'for whoever wonders about the quiet')
    .option('--maintenance', 'of one service: Suture proposes nothing for it either')
    .action(async (typed: string[], options: SetOptions, command: Command) => {
      const session = open(command)
      const { until, from, because, maintenance } = options
      const set = await session.client.post(
        '/v1/silences',
        {
          kind: maintenance === true ? 'maintenance' : 'silence',
          matchers: typed.map(matcherOf),
          until,
          from,
          reason: because,
        },
        SilenceSet,
      )
      session.show(set, () => [
        `${set.id}: ${oneLine(matchersInWords(set.matchers))} is silenced until ${set.until}.`,
        `To end it before: suture unsilence ${set.id}`,
      ])
    })

  program
    .command('silences')
    .description('what is silenced, by whom and until when')
    .option('--all', 'those that are over, too')
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 50)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async ({ all, limit, after }: ListOptions, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get('/v1/silences', page(SilenceView), {
        standing: all === true ? undefined : 'true',
        limit,
        after,
      })
      session.show(found, () =>
        found.items.length === 0
          ? [all === true ? 'No silences on record.' : 'Nothing is silenced.']
          : [
              ...table(
                paint,
                ['ID', 'STATE', 'KIND', 'WHAT', 'UNTIL', 'ALERTS', 'BY', 'WHY'],
                found.items.map((each) => [
                  each.id,
                  words(each.state),
                  each.kind,
                  shortened(matchersInWords(each.matchers), 60),
                  relative(each.endedAt ?? each.until, now),
                  String(each.alerts),
                  oneLine(each.setBy.name),
                  shortened(each.reason, 60),
                ]),
              ),
              ...more(found.next),
            ],
      )
    })

  program
    .command('unsilence')
    .description('end a silence before its time')
    .argument('<silence>', 'such as sil-7')
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      await session.client.remove(`/v1/silences/${encodeURIComponent(id)}`)
      session.show({ id }, () => [`${id} is over. What still fires opens an incident.`])
    })
}

import type { Command } from 'commander'
import { Delegation, DelegationList } from '../../src/http/schemas/delegations.ts'
import type { Open } from '../program.ts'
import { oneLine, shortened, table } from '../text.ts'
import { relative } from '../when.ts'

interface AwayOptions {
  readonly until?: string
  readonly from?: string
  readonly to?: string
}

/** Somebody else votes for whoever is away. */
export const addAway = (program: Command, open: Open): void => {
  program
    .command('away')
    .description('who is away; with --until and --to somebody votes in your stead')
    .option('--until <when>', '18:00, 2h, "friday 18:00" or "2026-12-24 18:00", in UTC; at most 30 days')
    .option('--from <when>', 'the same; now without it')
    .option('--to <person>', 'who votes in your stead, by id or name')
    .action(async ({ until, from, to }: AwayOptions, command: Command) => {
      const session = open(command)
      const { now, paint } = session
      if (until === undefined && from === undefined && to === undefined) {
        const found = await session.client.get('/v1/delegations', DelegationList)
        session.show(found, () =>
          found.items.length === 0
            ? ['Nobody is away.']
            : table(
                paint,
                ['ID', 'AWAY', 'VOTES FOR THEM', 'FROM', 'UNTIL'],
                found.items.map((each) => [
                  each.id,
                  shortened(each.person.name, 40),
                  shortened(each.delegate.name, 40),
                  relative(each.from, now),
                  relative(each.until, now),
                ]),
              ),
        )
        return
      }
      if (until === undefined || to === undefined)
        command.error('error: give both --until and --to, or neither to see who is away')
      const set = await session.client.post('/v1/delegations', { until, from, to }, Delegation)
      session.show(set, () => [
        `${set.id}: ${oneLine(set.delegate.name)} votes for ${oneLine(set.person.name)} until ${relative(set.until, now)}. To be back before: suture back ${set.id}`,
      ])
    })

  program
    .command('back')
    .description('you are back before the time: nobody votes for you any more')
    .argument('<delegation>', 'such as away-7')
    .action(async (id: string, _: unknown, command: Command) => {
      const session = open(command)
      await session.client.remove(`/v1/delegations/${encodeURIComponent(id)}`)
      session.show({ id, ended: true }, () => [`${oneLine(id)} has ended.`])
    })
}

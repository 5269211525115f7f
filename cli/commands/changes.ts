import { type Command, InvalidArgumentError, Option } from 'commander'
import { sentChangeKinds } from '../../src/domain/change.ts'
import { ChangeView } from '../../src/http/schemas/change.ts'
import { page } from '../../src/http/schemas/common.ts'
import { wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { more, words } from '../tables.ts'
import { oneLine, shortened, table } from '../text.ts'
import { relative } from '../when.ts'

interface ListOptions {
  readonly service?: string
  readonly limit: number
  readonly after?: string
}

interface AddOptions {
  readonly kind: string
  readonly at?: string
  readonly by?: string
  readonly changeVersion?: string
  readonly link?: string
}

export const addChanges = (program: Command, open: Open): void => {
  const changes = program.command('changes').description('list what was changed, say what you changed')

  changes
    .command('list', { isDefault: true })
    .description('changes of services, newest first, with the runs of Suture among them')
    .option('--service <name>', 'of this service only')
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 20)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async ({ service, limit, after }: ListOptions, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get('/v1/changes', page(ChangeView), { service, limit, after })
      session.show(found, () =>
        found.items.length === 0
          ? ['No changes on record.']
          : [
              ...table(
                paint,
                ['ID', 'WHEN', 'SERVICE', 'KIND', 'WHAT', 'VERSION', 'BY'],
                found.items.map((each) => [
                  each.id,
                  relative(each.at, now),
                  each.service,
                  words(each.kind),
                  shortened(each.title, 60),
                  each.version ?? '-',
                  each.by ?? '-',
                ]),
              ),
              ...more(found.next),
            ],
      )
    })

  changes
    .command('add')
    .description('say that a service was changed, so that its next incident is told of it')
    .argument('<service>', 'name or alias in the catalogue')
    .argument('<title>', 'what was changed, such as "Deploy 2.31.0"')
    .addOption(new Option('--kind <kind>', 'what it was').choices(sentChangeKinds).default('deploy'))
    .option('--at <time>', 'when, such as 2026-11-22T14:03:00Z; now without it', instant)
    .option('--by <who>', 'who made it')
    .option('--change-version <version>', 'the version that is out now')
    .option('--link <url>', 'where more can be read')
    .action(async (service: string, title: string, options: AddOptions, command: Command) => {
      const session = open(command)
      const { kind, at, by, changeVersion: version, link } = options
      const change = await session.client.post(
        '/v1/changes',
        { service, kind, title, at, by, version, link },
        ChangeView,
      )
      session.show(change, () => [
        `${change.id}: ${oneLine(change.title)} of ${oneLine(change.service)} is on record.`,
      ])
    })
}

const instant = (text: string): string => {
  try {
    return Temporal.Instant.from(text).toString()
  } catch {
    throw new InvalidArgumentError('Expected a time with its zone, such as 2026-11-22T14:03:00Z.')
  }
}

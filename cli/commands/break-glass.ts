import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { parseDuration } from '../../src/domain/duration.ts'
import { BreakGlassView } from '../../src/http/schemas/break-glass.ts'
import { idLike } from '../arguments.ts'
import type { Open } from '../program.ts'
import { oneLine, table } from '../text.ts'
import { relative } from '../when.ts'

const minute = 60_000
const glass = idLike('bg-7')

const minutesOf = (text: string): number => {
  const ms = parseDuration(text)
  if (ms !== null && ms % minute === 0) return ms / minute
  throw new InvalidArgumentError('Expected whole minutes such as 30m, or 1h.')
}

export const addBreakGlass = (program: Command, open: Open): void => {
  const group = program
    .command('break-glass')
    .description('let one person decide for a while; somebody else reviews it afterwards')

  group
    .command('list', { isDefault: true })
    .description('broken glasses, newest first')
    .action(async (_options: object, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get('/v1/break-glass', z.object({ items: z.array(BreakGlassView) }))
      session.show(found, () =>
        found.items.length === 0
          ? ['No glass was ever broken.']
          : table(
              paint,
              ['ID', 'FOR', 'STATE', 'BY', 'UNTIL', 'REASON'],
              found.items.map((each) => [
                each.id,
                each.service ?? 'all services',
                each.state === 'open'
                  ? paint('red', 'open')
                  : each.state === 'unreviewed'
                    ? paint('yellow', 'not reviewed')
                    : 'reviewed',
                oneLine(each.openedBy.name),
                relative(each.endedAt ?? each.until, now),
                oneLine(each.reason),
              ]),
            ),
      )
    })

  group
    .command('open')
    .description('break the glass for one service or all, for 5m to 4h')
    .argument('<service>', 'a service, or all')
    .requiredOption('--for <duration>', 'how long, such as 30m', minutesOf)
    .requiredOption('--because <why>', 'the reason, for whoever reviews it')
    .action(async (service: string, options: { for: number; because: string }, command: Command) => {
      const session = open(command)
      const opened = await session.client.post(
        '/v1/break-glass',
        { service: service === 'all' ? null : service, minutes: options.for, reason: options.because },
        BreakGlassView,
      )
      session.show(opened, () => [
        `${opened.id} is open for ${opened.service ?? 'all services'} until ${opened.until}.`,
        'One person with the role override or admin approves; press Request again for what waits for more.',
      ])
    })

  group
    .command('end')
    .description('end it before its time is up')
    .argument('<id>', 'such as bg-7', glass)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const ended = await session.client.post(`/v1/break-glass/${id}/end`, {}, BreakGlassView)
      session.show(ended, () => [
        `${id} has ended. Somebody else reviews it: suture break-glass review ${id}.`,
      ])
    })

  group
    .command('review')
    .description('say what you saw; modes hold again as they are set')
    .argument('<id>', 'such as bg-7', glass)
    .argument('<note...>', 'what you looked at and found')
    .action(async (id: string, note: string[], _options: object, command: Command) => {
      const session = open(command)
      const reviewed = await session.client.post(
        `/v1/break-glass/${id}/review`,
        { note: note.join(' ') },
        BreakGlassView,
      )
      session.show(reviewed, () => [`${id} is reviewed. The modes hold again as they are set.`])
    })
}

import type { Command } from 'commander'
import { LinkCodeView, LinkedView } from '../../src/http/schemas/links.ts'
import type { Open } from '../program.ts'
import { oneLine } from '../text.ts'
import { relative } from '../when.ts'

export const addLink = (program: Command, open: Open): void => {
  program
    .command('link')
    .description('make a code that links a chat account to you, or type the one a chat showed')
    .argument('[code]', 'what /heal link has shown there')
    .action(async (code: string | undefined, _: object, command: Command) => {
      const session = open(command)
      if (code === undefined) {
        const made = await session.client.post('/v1/links', {}, LinkCodeView)
        session.show(made, () => [
          `In Slack or Discord, type: /heal link ${oneLine(made.code)}`,
          `It counts once and ends ${relative(made.expiresAt, session.now)}.`,
        ])
        return
      }
      const linked = await session.client.post('/v1/links/redeem', { code }, LinkedView)
      session.show(linked, () => [
        `${oneLine(linked.person.name)} (${linked.person.id}): ${linked.accounts.map(oneLine).join(', ')}`,
      ])
    })
}

import { Argument, type Command } from 'commander'
import { modes } from '../../src/domain/policy/modes.ts'
import { GovernanceView } from '../../src/http/schemas/identity.ts'
import { ModesView } from '../../src/http/schemas/modes.ts'
import { oneOf } from '../arguments.ts'
import type { Open } from '../program.ts'
import { oneLine, table } from '../text.ts'
import { relative } from '../when.ts'

interface AboutOptions {
  readonly service?: string
  readonly playbook?: string
}

type ModeWord = (typeof modes)[number] | 'default'

export const addMode = (program: Command, open: Open): void => {
  program
    .command('mode')
    .description('how far Suture may go: for all services, one service or one playbook')
    .addArgument(
      new Argument('[mode]', `${modes.join(', ')}, or default to take away what is set`).argParser(
        oneOf<ModeWord>([...modes, 'default']),
      ),
    )
    .option('--service <name>', 'for one service')
    .option('--playbook <name>', 'for one playbook')
    .action(async (mode: ModeWord | undefined, about: AboutOptions, command: Command) => {
      const { service, playbook } = about
      if (mode !== undefined && service !== undefined && playbook !== undefined)
        command.error('A mode is set for a service or for a playbook: leave one of them out.', {
          exitCode: 2,
        })
      if (mode === 'default' && service === undefined && playbook === undefined)
        command.error('Say what for: suture mode default --service checkout.', { exitCode: 2 })
      const session = open(command)
      const { client, paint, now } = session
      const name = service ?? playbook
      if (mode !== undefined && mode !== 'default' && name === undefined)
        await client.patch('/v1/governance', { mode }, GovernanceView)
      const found =
        mode === undefined || name === undefined
          ? await client.get('/v1/modes', ModesView, { service, playbook })
          : await client.patch(
              '/v1/modes',
              {
                scope: service === undefined ? 'playbook' : 'service',
                name,
                mode: mode === 'default' ? null : mode,
              },
              ModesView,
            )
      session.show(found, () => [
        ...(found.emergencyStop ? [paint('red', 'The emergency stop is on: nothing runs.')] : []),
        ...(found.holds === null
          ? [`Mode ${paint('bold', found.mode)} for all services.`]
          : [
              `Mode ${paint('bold', found.holds.mode)} for ${[found.holds.service, found.holds.playbook].filter((each) => each !== null).join(' and ')}.`,
              ...found.holds.why.map((why) => `  ${oneLine(why)}`),
            ]),
        ...(found.holds !== null
          ? []
          : found.settings.length === 0
            ? ['Nothing is set for single services or playbooks.']
            : table(
                paint,
                ['FOR', 'NAME', 'MODE', 'SET'],
                found.settings.map((each) => [
                  each.scope,
                  `${oneLine(each.name)}${each.inForce ? '' : ' (no longer there)'}`,
                  each.mode,
                  `${relative(each.setAt, now)} by ${oneLine(each.setBy.name)}`,
                ]),
              )),
      ])
    })

  program
    .command('stop')
    .description('emergency stop: nothing new runs, what runs is stopped and undone')
    .argument('[why...]', 'why, for whoever reads this later')
    .action((why: string[], _options: object, command: Command) => set(open, command, true, why))

  program
    .command('resume')
    .description('lift the emergency stop')
    .argument('[why...]', 'why, for whoever reads this later')
    .action((why: string[], _options: object, command: Command) => set(open, command, false, why))
}

const set = async (open: Open, command: Command, on: boolean, why: readonly string[]): Promise<void> => {
  const session = open(command)
  const reason = why.join(' ')
  const after = await session.client.post(
    '/v1/emergency-stop',
    { on, ...(reason === '' ? {} : { reason }) },
    GovernanceView,
  )
  session.show(after, () => [
    on
      ? 'Everything is stopped. New runs are refused; what was running is being stopped and undone.'
      : `The stop is lifted. Mode ${after.mode}; what was cancelled has to be requested again.`,
  ])
}

import { existsSync } from 'node:fs'
import type { ActionExecutor, StepCallRequest } from '../../../src/app/ports.ts'
import { possibleOn } from '../../../src/domain/named-target.ts'
import { type Bound, bound, missingAction, refused } from '../binding.ts'
import type { CommandExecutorOptions } from '../command/executor.ts'
import { createCommandExecutor } from '../command/executor.ts'

const places = ['/usr/bin/systemctl', '/bin/systemctl'] as const

const systemctl = (): string => places.find((path) => existsSync(path)) ?? places[0]

/**
 * Performs a step by `systemctl`, held and ended like any command. systemd keeps no trace of who asked for a restart, so it can't
 * be asked whether one was ours; a restart whose waiting was cut short may still come.
 */
export function createSystemdExecutor(
  options: Omit<CommandExecutorOptions, 'allowedCommands'>,
): ActionExecutor {
  const program = systemctl()
  const command = createCommandExecutor({ ...options, allowedCommands: [program] })
  return {
    kind: 'systemd',
    perform: async (request, context) => {
      const argv = systemctlCall(request, program)
      return argv.ok
        ? await command.perform(asCommand(request, argv.value), context)
        : { status: 'failed', summary: `nothing was started: ${argv.problem}` }
    },
    probe: async () => 'cannot_tell',
    render: (request) => {
      const argv = systemctlCall(request, program)
      return argv.ok ? command.render(asCommand(request, argv.value)) : `cannot be run: ${argv.problem}`
    },
  }
}

/** The argument vector; the unit stands behind `--`, so that nothing could be read as an option. */
export function systemctlCall(request: StepCallRequest, program: string): Bound<string[]> {
  const { target, action } = request
  if (target.kind !== 'systemd')
    return refused(`target ${target.name} is of kind ${target.kind}, expected systemd`)
  if (!Object.hasOwn(target.actions, action) || !possibleOn(target).includes(action))
    return refused(missingAction(request))
  return bound([program, '--no-ask-password', '--no-pager', 'restart', '--', target.unit])
}

const asCommand = (request: StepCallRequest, argv: string[]): StepCallRequest => ({
  ...request,
  parameters: {},
  target: { name: request.target.name, kind: 'command', actions: { [request.action]: { argv } } },
})

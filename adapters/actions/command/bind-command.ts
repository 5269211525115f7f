import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { StepCallRequest } from '../../../src/app/ports.ts'
import { parameterNamed } from '../../../src/domain/playbook.ts'
import { type Bound, bindValue, bound, missingAction, refused } from '../binding.ts'

/** Linux takes 128 KB of one argument (MAX_ARG_STRLEN in execve(2)); no honest value comes near. */
const LONGEST_ARGUMENT = 100_000

export interface BoundCommand {
  /** The first is an allow-listed absolute path. */
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
}

export function bindCommand(request: StepCallRequest, allowed: readonly string[]): Bound<BoundCommand> {
  const { target, action, parameters } = request
  if (target.kind !== 'command')
    return refused(`target ${target.name} is of kind ${target.kind}, expected command`)
  const call = Object.hasOwn(target.actions, action) ? target.actions[action] : undefined
  if (call === undefined) return refused(missingAction(request))
  const [command = '', ...rest] = call.argv
  if (!isAbsolute(command) || !allowed.includes(command)) {
    const list = allowed.length === 0 ? 'none' : allowed.join(', ')
    return refused(
      `${JSON.stringify(command)} is not an allowed command (allowed: ${list}); allow it by its absolute path`,
    )
  }
  const cwd = call.cwd ?? '/'
  if (!isAbsolute(cwd)) return refused(`cwd ${JSON.stringify(cwd)} is not an absolute path`)
  const argv: [string, ...string[]] = [command]
  for (const template of rest) {
    const value = bindArgument(template, parameters)
    if (!value.ok) return value
    argv.push(value.value)
  }
  return bound({ argv, cwd })
}

function bindArgument(template: string, parameters: StepCallRequest['parameters']): Bound<string> {
  const value = bindValue(template, parameters)
  if (!value.ok) return value
  const text = String(value.value)
  if (text.includes('\0')) return refused(`argument ${JSON.stringify(template)} holds a NUL character`)
  if (!text.isWellFormed())
    return refused(`argument ${JSON.stringify(template)} is no valid text and can't be passed on as it is`)
  if (Buffer.byteLength(text) > LONGEST_ARGUMENT)
    return refused(
      `argument ${JSON.stringify(template.slice(0, 80))} has ${Buffer.byteLength(text)} bytes, at most ${LONGEST_ARGUMENT} are passed on`,
    )
  // Texts may come out of an alert. A number may be negative; a text that looks like an option would be taken for one.
  if (parameterNamed(template) !== null && typeof value.value === 'string' && text.startsWith('-'))
    return refused(
      `argument ${JSON.stringify(template)} is ${JSON.stringify(text)}, which would be read as an option`,
    )
  return bound(text)
}

/** Why it can't be started on this machine, or null. */
export function unstartable({ argv, cwd }: BoundCommand): string | null {
  try {
    accessSync(argv[0], constants.X_OK)
  } catch {
    return `${argv[0]} is not an executable file on this machine`
  }
  if (!statSync(argv[0]).isFile()) return `${argv[0]} is not a file`
  return statSync(cwd, { throwIfNoEntry: false })?.isDirectory()
    ? null
    : `cwd ${cwd} is not a folder on this machine`
}

/** For people: arguments that need it are quoted as JSON. */
export function describeCommand({ argv, cwd }: BoundCommand): string {
  const words = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
  return cwd === '/' ? words.join(' ') : `${words.join(' ')} (in ${cwd})`
}

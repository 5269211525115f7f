import { CommanderError } from 'commander'
import { CliFailure, type ExitCode, exitCodes } from './failure.ts'
import { createProgram } from './program.ts'
import type { Surroundings } from './session.ts'
import { jsonText, oneLine } from './text.ts'

/** One command from its words to its exit code: what it cannot do stands on standard error, with the remedy. */
export const run = async (args: readonly string[], around: Surroundings): Promise<ExitCode> => {
  let ended: ExitCode = exitCodes.ok
  try {
    await createProgram(around, (code) => {
      ended = code
    }).parseAsync([...args], { from: 'user' })
    return ended
  } catch (error) {
    if (error instanceof CliFailure) {
      around.stderr.write(`${args.includes('--json') ? failureAsJson(error) : failureInWords(error)}\n`)
      return error.exitCode
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    throw error
  }
}

const failureAsJson = ({ title, message, remedy, problem, exitCode }: CliFailure): string =>
  jsonText({ error: problem ?? { title, detail: message, remedy }, exitCode })

const failureInWords = ({ title, message, remedy, problem }: CliFailure): string => {
  const more = [
    remedy === '' ? '' : `  do: ${oneLine(remedy)}`,
    problem?.earliest === undefined ? '' : `  earliest: ${oneLine(problem.earliest)}`,
    problem === null
      ? ''
      : `  (${oneLine(problem.code)}${problem.requestId === '' ? '' : `, request ${oneLine(problem.requestId)}`})`,
  ].filter((line) => line !== '')
  return [`${oneLine(title)}: ${oneLine(message)}`, ...more].join('\n')
}

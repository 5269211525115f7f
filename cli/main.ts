#!/usr/bin/env node
import { CommanderError } from 'commander'
import { CliFailure, exitCodes } from './failure.ts'
import { createProgram } from './program.ts'
import { jsonText, oneLine } from './text.ts'

/** `suture`: a client of `/v1`. Everything it can do, the HTTP API can. */

const fail = (failure: CliFailure): void => {
  process.exitCode = failure.exitCode
  const { title, message, remedy, problem } = failure
  if (process.argv.includes('--json')) {
    process.stderr.write(
      `${jsonText({ error: problem ?? { title, detail: message, remedy }, exitCode: failure.exitCode })}\n`,
    )
    return
  }
  const more = [
    remedy === '' ? '' : `  do: ${oneLine(remedy)}`,
    problem?.earliest === undefined ? '' : `  earliest: ${oneLine(problem.earliest)}`,
    problem === null
      ? ''
      : `  (${oneLine(problem.code)}${problem.requestId === '' ? '' : `, request ${oneLine(problem.requestId)}`})`,
  ].filter((line) => line !== '')
  process.stderr.write(`${[`${oneLine(title)}: ${oneLine(message)}`, ...more].join('\n')}\n`)
}

// A reader that went away, such as `head`, is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  const around = {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Temporal.Now.instant(),
  }
  await createProgram(around, (code) => {
    process.exitCode = code
  }).parseAsync()
} catch (error) {
  if (error instanceof CliFailure) fail(error)
  else if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  else throw error
}

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { labMode, readSettings, type Settings } from './config.ts'
import { createLog } from './log.ts'
import { banner, help } from './start/banner.ts'
import { ConfigurationProblems, type ProcessRole, type Running, roles, startSuture } from './start/start.ts'

/** Reads the configuration, builds the context, starts the roles, and stops them again. */

const fail = (lines: readonly string[], code: number): never => {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(code)
}

const readArguments = (): { roles: ReadonlySet<ProcessRole> } => {
  try {
    const { values } = parseArgs({
      options: { role: { type: 'string', default: 'all' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help === true) {
      process.stdout.write(help)
      process.exit(0)
    }
    if (values.role === 'all') return { roles: new Set(roles) }
    const wanted = values.role.split(',')
    const unknown = wanted.filter((each) => !(roles as readonly string[]).includes(each))
    if (unknown.length > 0)
      return fail(
        [
          `There is no role ${unknown.join(', ')}. Roles are all, ${roles.join(', ')}; several are joined by commas.`,
        ],
        2,
      )
    return { roles: new Set(wanted as ProcessRole[]) }
  } catch (error) {
    return fail([error instanceof Error ? error.message : String(error), help], 2)
  }
}

const readEnvironment = (): { settings: Settings; lab: boolean } => {
  const read = readSettings(process.env)
  if (!read.ok)
    return fail(
      [
        'Suture was not started: these settings do not fit.',
        ...read.problems.map(({ name, problem, remedy }) => `  ${name}: ${problem}. ${remedy}`),
      ],
      2,
    )
  const mode = labMode(read.settings, process.env['NODE_ENV'])
  if ('refused' in mode)
    return fail(
      [`Suture was not started. ${mode.refused.name}: ${mode.refused.problem}. ${mode.refused.remedy}`],
      2,
    )
  return { settings: read.settings, lab: mode.lab }
}

const versionOf = async (): Promise<string> => {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const start = async (): Promise<Running> => {
  const given = readArguments()
  const { settings, lab } = readEnvironment()
  try {
    return await startSuture({
      ...given,
      settings,
      env: process.env,
      lab,
      // A newcomer reads the terminal; the lab's log lines go to a file beside its data.
      log: lab
        ? createLog(settings.SUTURE_LOG_LEVEL, join(settings.SUTURE_DATA_DIR, 'suture.log'))
        : createLog(settings.SUTURE_LOG_LEVEL),
      version: await versionOf(),
      portIsFixed: process.env['SUTURE_PORT'] !== undefined && process.env['SUTURE_PORT'] !== '',
    })
  } catch (error) {
    if (error instanceof ConfigurationProblems)
      return fail(
        ['Suture was not started: these files do not fit.', ...error.problems.map((line) => `  ${line}`)],
        2,
      )
    return fail(
      [
        `Suture was not started. ${error instanceof Error ? error.message : String(error)}`,
        ...causeOf(error),
      ],
      1,
    )
  }
}

const causeOf = (error: unknown): string[] =>
  error instanceof Error && error.cause instanceof Error ? [`  because: ${error.cause.message}`] : []

if (existsSync('.env')) process.loadEnvFile('.env')
const running = await start()
process.stdout.write(banner(running))

let stopping = false
const stop = (signal: string): void => {
  if (stopping) {
    process.stderr.write('Stopping at once. What was under way is taken over by the next start.\n')
    process.exit(130)
  }
  stopping = true
  process.stdout.write(`\n${signal}: finishing what is under way; press Ctrl-C again to stop at once.\n`)
  running.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  )
}
process.on('SIGINT', () => stop('Stopping'))
process.on('SIGTERM', () => stop('Stopping'))

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { labMode, readSettings, type Settings } from '../config.ts'
import { createLog } from '../log.ts'
import { banner, help } from './banner.ts'
import { checkInstallation } from './check.ts'
import { giveBackMemorySoon } from './give-back.ts'
import { ConfigurationProblems, type ProcessRole, type Running, roles, startSuture } from './start.ts'

/** Reads the configuration, builds the context, starts the roles, and stops them again. */

const fail = (lines: readonly string[], code: number): never => {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(code)
}

const readArguments = (): { roles: ReadonlySet<ProcessRole>; check: boolean } => {
  try {
    const { values } = parseArgs({
      options: {
        role: { type: 'string', default: 'all' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help === true) {
      process.stdout.write(help)
      process.exit(0)
    }
    const { check } = values
    if (values.role === 'all') return { roles: new Set(roles), check }
    const wanted = values.role.split(',')
    const unknown = wanted.filter((each) => !(roles as readonly string[]).includes(each))
    if (unknown.length > 0)
      return fail(
        [
          `There is no role ${unknown.join(', ')}. Roles are all, ${roles.join(', ')}; several are joined by commas.`,
        ],
        2,
      )
    return { roles: new Set(wanted as ProcessRole[]), check }
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
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Processes that share the work need a database they can all reach, which the embedded one is not. */
const refuseSplit = (given: ReadonlySet<ProcessRole>, settings: Settings, lab: boolean): void => {
  if (given.size === roles.length) return
  if (settings.DATABASE_URL === undefined)
    fail(
      [
        'Suture was not started. DATABASE_URL: it is not set, and the embedded database serves one process alone. Set DATABASE_URL, or leave --role out.',
      ],
      2,
    )
  if (lab)
    fail(
      [
        'Suture was not started. SUTURE_LAB: the lab needs every role in one process. Set SUTURE_LAB to off, or leave --role out.',
      ],
      2,
    )
}

const start = async (
  onFatal: (reason: Error) => void,
): Promise<{ running: Running; logFile: string | null }> => {
  const { check, ...given } = readArguments()
  const { settings, lab } = readEnvironment()
  if (check) await checkOnly(settings)
  refuseSplit(given.roles, settings, lab)
  // A newcomer reads the terminal; the lab's log lines go to a file beside its data.
  const logFile = lab ? join(settings.SUTURE_DATA_DIR, 'suture.log') : null
  try {
    const running = await startSuture({
      ...given,
      settings,
      env: process.env,
      lab,
      log: createLog(settings.SUTURE_LOG_LEVEL, logFile ?? undefined),
      logFile,
      version: await versionOf(),
      portIsFixed: process.env['SUTURE_PORT'] !== undefined && process.env['SUTURE_PORT'] !== '',
      onFatal,
    })
    return { running, logFile }
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

/** Ends the process: 0 when nothing is wrong. The settings have been read, and fit. */
const checkOnly = async (settings: Settings): Promise<never> => {
  const { ok, lines } = await checkInstallation(settings)
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exit(ok ? 0 : 1)
}

const causeOf = (error: unknown): string[] =>
  error instanceof Error && error.cause instanceof Error ? [`  because: ${error.cause.message}`] : []

/** npm passes Ctrl-C on to a process that has had it from the terminal already: both are one press. */
const onePressMs = 400
let stoppingSince: number | null = null

const stop = (why: string, code: number): void => {
  if (stoppingSince !== null) {
    if (performance.now() - stoppingSince < onePressMs) return
    process.stderr.write('Stopping at once. What was under way is taken over by the next start.\n')
    process.exit(130)
  }
  stoppingSince = performance.now()
  process.stdout.write(`\n${why}: finishing what is under way; press Ctrl-C again to stop at once.\n`)
  started
    .then(({ running }) => running.stop())
    .then(
      () => process.exit(code),
      () => process.exit(1),
    )
}

// A terminal that was closed takes no more words.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop('Stopping', 0))

if (existsSync('.env')) process.loadEnvFile('.env')
const started = start((reason) => {
  process.stderr.write(`Suture can't go on. ${reason.message}\n`)
  stop('Stopping', 1)
})
const { running, logFile } = await started
if (stoppingSince === null) process.stdout.write(banner(running, logFile))
giveBackMemorySoon()

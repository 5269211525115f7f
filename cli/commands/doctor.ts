import type { Command } from 'commander'
import type { z } from 'zod'
import { HealthView, Me, OpenHealthView } from '../../src/http/schemas/identity.ts'
import { SelfTestView } from '../../src/http/schemas/self-test.ts'
import { type Client, readAnswer } from '../client.ts'
import { isExposed } from '../config-file.ts'
import { CliFailure, type ExitCode, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import type { Session } from '../session.ts'
import { oneLine } from '../text.ts'
import { cliVersion } from '../version.ts'

/** Looks for what is usually wrong, one line each, and says what to do about it. */

interface Check {
  readonly name: string
  readonly status: 'pass' | 'warn' | 'fail'
  readonly detail: string
  /** Empty when there is nothing to do. */
  readonly remedy: string
}

/** An older server does not say what fails. */
const OpenHealth = OpenHealthView.extend({ failing: OpenHealthView.shape.failing.default([]) })

export const addDoctor = (program: Command, open: Open, end: (code: ExitCode) => void): void => {
  program
    .command('doctor')
    .description('check server, version, key, clock and health, with a remedy for each')
    .option('--test', 'let the server test all it needs, too, which takes up to ten seconds')
    .action(async ({ test = false }: { test?: boolean }, command: Command) => {
      const session = open(command)
      const reached = await reach(session)
      const checks =
        reached.response === null
          ? reached.checks
          : [
              ...reached.checks,
              ...(await look(session, reached.response)),
              ...(test ? await selfTestChecks(session) : []),
            ]
      const { paint } = session
      const marks = {
        pass: paint('green', 'ok  '),
        warn: paint('yellow', 'warn'),
        fail: paint('red', 'FAIL'),
      } as const
      session.show({ url: session.client.url, checks }, () =>
        checks.flatMap(({ name, status, detail, remedy }) => [
          `${marks[status]}  ${oneLine(name)}: ${oneLine(detail)}`,
          ...(remedy === '' ? [] : [`      do: ${oneLine(remedy)}`]),
        ]),
      )
      if (reached.response === null) end(exitCodes.unreachable)
      else if (checks.some((check) => check.status === 'fail')) end(exitCodes.failed)
    })
}

const pass = (name: string, detail: string): Check => ({ name, status: 'pass', detail, remedy: '' })

interface Reached {
  readonly checks: Check[]
  readonly response: {
    readonly answer: z.infer<typeof OpenHealth> | null
    readonly headers: Headers
    readonly clock: Check
  } | null
}

const reach = async ({ client }: Session): Promise<Reached> => {
  const before = Date.now()
  try {
    const response = await client.raw('/health')
    const clock = clockCheck(response.headers.get('date'), before, Date.now())
    const answer = OpenHealth.safeParse(await response.json().catch(() => null))
    return {
      checks: [pass('reachable', `${client.url} answers`)],
      response: { answer: answer.success ? answer.data : null, headers: response.headers, clock },
    }
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error
    return {
      checks: [{ name: 'reachable', status: 'fail', detail: error.message, remedy: error.remedy }],
      response: null,
    }
  }
}

/** HTTP dates have whole seconds, so a smaller difference is no finding. */
const mostSkewMs = 5_000

const clockCheck = (date: string | null, before: number, after: number): Check => {
  const server = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(server))
    return {
      name: 'clock',
      status: 'warn',
      detail: 'the server does not tell its time',
      remedy: 'A proxy in between may remove the Date header; let it pass.',
    }
  const skew = server + 500 - (before + after) / 2
  const seconds = Math.round(Math.abs(skew) / 1_000)
  if (Math.abs(skew) <= mostSkewMs) return pass('clock', 'this machine and the server agree')
  return {
    name: 'clock',
    status: 'warn',
    detail: `this machine is ${seconds} s ${skew > 0 ? 'behind' : 'ahead of'} the server`,
    remedy: 'Set both clocks by NTP: expiry times shown here are off by as much.',
  }
}

const look = async (
  session: Session,
  { answer, headers, clock }: NonNullable<Reached['response']>,
): Promise<Check[]> => {
  const checks = await keyChecks(session)
  return [
    versionCheck(answer?.version ?? null, headers.get('x-api-version')),
    clock,
    ...settingsChecks(session),
    ...checks,
    // Told without a key, for when there is none or, the database being away, none can be looked up.
    ...(answer?.failing ?? [])
      .map(({ name, status, detail }) => serverCheck(name, status, detail))
      .filter(({ name }) => !checks.some((check) => check.name === name)),
  ]
}

const versionCheck = (server: string | null, api: string | null): Check => {
  const own = cliVersion()
  if (server === null)
    return {
      name: 'version',
      status: 'fail',
      detail: 'what answers there is not Suture',
      remedy: 'Name the right server with --url or SUTURE_URL.',
    }
  if (api !== '1')
    return {
      name: 'version',
      status: 'fail',
      detail: `the server speaks API version ${api ?? 'none'}, this command line speaks 1`,
      remedy: 'Use the command line that came with the server.',
    }
  if (server === own) return pass('version', `server and command line are ${own}`)
  return {
    name: 'version',
    status: 'warn',
    detail: `the server is ${server}, this command line ${own}`,
    remedy: 'Use the same version on both sides.',
  }
}

const settingsChecks = ({ configPath }: Session): Check[] =>
  isExposed(configPath)
    ? [
        {
          name: 'settings',
          status: 'warn',
          detail: `others on this machine can read ${configPath}`,
          remedy: `chmod 600 ${configPath}`,
        },
      ]
    : []

const login = 'Run `suture login`, or set SUTURE_API_KEY.'

const keyChecks = async ({ client, hasKey }: Session): Promise<Check[]> => {
  if (!hasKey) return [{ name: 'key', status: 'fail', detail: 'no key is set', remedy: login }]
  try {
    const me = await client.get('/v1/me', Me)
    if (me.person === null)
      return [{ name: 'key', status: 'fail', detail: 'the server does not know this key', remedy: login }]
    const key = pass(
      'key',
      `${me.person.name} (${me.person.roles.join(', ') || 'no role'}); it may ${me.scopes.join(', ')}`,
    )
    return me.scopes.includes('read')
      ? [key, ...(await healthChecks(client))]
      : [
          key,
          {
            name: 'health',
            status: 'warn',
            detail: 'this key may not read',
            remedy: 'Make a key with the scope read.',
          },
        ]
  } catch (error) {
    return [failed('key', error)]
  }
}

const healthChecks = async (client: Client): Promise<Check[]> => {
  try {
    const response = await client.raw('/v1/health')
    const health = await readAnswer(
      response.status === 503 ? new Response(response.body, { headers: response.headers }) : response,
      HealthView,
    )
    return Object.entries(health.checks).map(([name, { status, detail }]) =>
      serverCheck(name, status, detail),
    )
  } catch (error) {
    return [failed('health', error)]
  }
}

const selfTestChecks = async ({ client }: Session): Promise<Check[]> => {
  try {
    const { verdict, checks, done, total } = await client.post('/v1/self-test', {}, SelfTestView)
    if (verdict === 'running')
      return [
        {
          name: 'tests',
          status: 'warn',
          detail: `somebody else’s are under way: ${done} of ${total} are done`,
          remedy: 'Ask again in ten seconds.',
        },
      ]
    return checks.map(({ name, status, detail, remedy }) => ({
      name: `test of ${name}`,
      status: status === 'fail' ? 'fail' : 'pass',
      detail: status === 'not_here' ? `not here: ${detail}` : detail,
      remedy,
    }))
  } catch (error) {
    return [failed('tests', error)]
  }
}

const serverCheck = (name: string, status: Check['status'], detail: string): Check => ({
  name: `server ${name}`,
  status,
  detail,
  remedy:
    status === 'pass' ? '' : (remedies[name] ?? 'The detail says what is wrong; the server’s log says more.'),
})

const remedies: Readonly<Record<string, string>> = {
  database: 'See that PostgreSQL runs and has free disk space; Suture goes on by itself once it answers.',
  queue: 'See that the queue’s PostgreSQL or Redis answers; what is due is rung again.',
  watchdog: 'Start Suture again: runs are not guarded without the watchdog.',
  clock: 'Set the server’s clock by NTP.',
}

const failed = (name: string, error: unknown): Check => {
  if (!(error instanceof CliFailure)) throw error
  return { name, status: 'fail', detail: error.message, remedy: error.remedy === '' ? login : error.remedy }
}

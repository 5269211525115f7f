/** `npm run lab -- ...`: break the running lab, mend it, look at it. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { FAULT_NAMES, FAULTS, isFaultName, isServiceName, SERVICE_NAMES } from './estate.ts'
import { readLabFile } from './find-lab.ts'
import { table } from './table.ts'

type Where = { readonly dir?: string; readonly json?: boolean }
type Lab = { readonly url: string; readonly token: string | null }

/** A mistake the person at the keyboard can mend: shown as one plain text, no stack. */
class Usage extends Error {}

const EXAMPLES = `
Examples:
  $ npm run lab -- break checkout hang     checkout stops answering; an alert follows within seconds
  $ npm run lab -- state                   what runs, what is broken
  $ npm run lab -- mend checkout           put it back by hand, without Suture
  $ npm run lab -- faults                  the ways to break a service, and what mends each

The running lab is found by .suture/lab/lab.json (other data directory: --dir or SUTURE_DATA_DIR),
or directly by LAB_URL and LAB_TOKEN.`

const program = new Command('lab')
  .description('Breaks a small real service estate on demand, for Suture to heal.')
  .addOption(new Option('--dir <path>', "Suture's data directory").env('SUTURE_DATA_DIR').default('.suture'))
  .option('--json', 'print one JSON object instead of text')
  .addHelpText('after', EXAMPLES)
  .showHelpAfterError('(npm run lab -- --help shows examples)')
  .configureHelp({ showGlobalOptions: true })

program
  .command('break')
  .description('break a service for real')
  .argument('<service>', SERVICE_NAMES.join(', '))
  .argument('<fault>', FAULT_NAMES.join(', '))
  .addHelpText('after', '\nExample: npm run lab -- break checkout hang')
  .action(async (service: string, fault: string) => {
    requireService(service)
    if (!isFaultName(fault)) {
      throw new Usage(
        `There is no fault "${fault}". There are: ${FAULT_NAMES.join(', ')} (npm run lab -- faults).`,
      )
    }
    const answer = await ask(`/services/${service}/break`, { fault })
    const { what, seen, mendedBy } = FAULTS[fault]
    print(answer, [
      `${service} is broken: ${what}.`,
      `You will see: ${seen}. Mended by: ${mendedBy}.`,
      `By hand: npm run lab -- mend ${service}`,
    ])
  })

program
  .command('mend')
  .description('put a service back to how it began')
  .argument('<service>', SERVICE_NAMES.join(', '))
  .action(async (service: string) => {
    requireService(service)
    const answer = z
      .looseObject({ before: z.string().nullable() })
      .parse(await ask(`/services/${service}/mend`, {}))
    print(answer, [
      `${service} is mended${answer.before ? ` (was: ${answer.before})` : ''}, with one fresh instance.`,
    ])
  })

program
  .command('state')
  .description('show what runs and what is broken')
  .action(async () => {
    const answer = State.parse(await ask('/state'))
    const rows = answer.services.map((service) => [
      service.name,
      service.healthy === null ? '?' : service.healthy ? 'yes' : 'NO',
      service.fault ?? '-',
      `${service.instances.length} of ${service.desired}`,
      service.flags['new-pricing']?.enabled ? 'on' : 'off',
      service.logLevel,
      String(service.restarts),
    ])
    const head = ['service', 'healthy', 'fault', 'instances', 'new-pricing', 'log level', 'restarts']
    print(answer, [
      ...table(head, rows),
      '',
      `${answer.effects.total} remedies carried out; the lab is at ${answer.url}`,
    ])
  })

program
  .command('faults')
  .description('list the ways to break a service')
  .action(() => {
    const rows = FAULT_NAMES.map((name) => [
      name,
      FAULTS[name].what,
      FAULTS[name].seen,
      FAULTS[name].mendedBy,
    ])
    print({ faults: FAULTS }, table(['fault', 'what happens', 'what is seen', 'what mends it'], rows))
  })

const State = z.looseObject({
  url: z.string(),
  effects: z.object({ total: z.number() }),
  services: z.array(
    z.looseObject({
      name: z.string(),
      healthy: z.boolean().nullable(),
      fault: z.string().nullable(),
      instances: z.array(z.unknown()),
      desired: z.number(),
      flags: z.record(z.string(), z.object({ enabled: z.boolean() })),
      logLevel: z.string(),
      restarts: z.number(),
    }),
  ),
})

function print(answer: unknown, lines: readonly string[]): void {
  console.log(program.opts<Where>().json ? JSON.stringify(answer) : lines.join('\n'))
}

function requireService(name: string): void {
  if (!isServiceName(name)) {
    throw new Usage(`There is no service "${name}". There are: ${SERVICE_NAMES.join(', ')}.`)
  }
}

/** @throws Usage naming where was looked */
function findLab(): Lab {
  if (process.env.LAB_URL)
    return { url: process.env.LAB_URL.replace(/\/$/, ''), token: process.env.LAB_TOKEN ?? null }
  const data = resolve(program.opts<Where>().dir ?? '.suture')
  // The data directory, or the lab's own directory in it: both are what a person may mean.
  for (const dir of [join(data, 'lab'), data]) {
    const found = readLabFile(dir)
    if (found) return { url: found.url, token: process.env.LAB_TOKEN ?? readToken(dir) }
  }
  throw new Usage(
    `No lab is running: there is no ${join(data, 'lab', 'lab.json')}.\n` +
      'Start it with: npm start   (or point to it: --dir <data directory>, or LAB_URL and LAB_TOKEN)',
  )
}

function readToken(dir: string): string | null {
  try {
    return readFileSync(join(dir, 'token'), 'utf8').trim()
  } catch {
    return null
  }
}

/** GET without a body, POST with one. @throws Usage with the lab's own words when it refuses */
async function ask(path: string, body?: Readonly<Record<string, unknown>>): Promise<unknown> {
  const lab = findLab()
  const response = await fetch(`${lab.url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      ...(lab.token ? { authorization: `Bearer ${lab.token}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(15_000),
  }).catch((error: unknown) => {
    const why =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : ''
    throw new Usage(
      `The lab at ${lab.url} does not answer (${why}). Is Suture running? Start it with: npm start`,
    )
  })
  const answer: unknown = await response.json().catch(() => ({}))
  if (response.ok) return answer
  const problem = z.object({ detail: z.string(), remedy: z.string() }).safeParse(answer)
  throw new Usage(
    problem.success
      ? `${problem.data.detail}\n${problem.data.remedy}`
      : `${lab.url}${path} answered ${response.status}; it may not be a lab.`,
  )
}

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof Usage)) throw error
  console.error(program.opts<Where>().json ? JSON.stringify({ error: error.message }) : error.message)
  process.exitCode = 1
}

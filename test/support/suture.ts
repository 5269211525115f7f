import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'
import { alwaysOpenPath } from './always-open.ts'

/** The real program in a process of its own, as `npm start` runs it. */
export interface Suture {
  readonly child: ChildProcess
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** What the banner names; empty until it has been printed. */
  readonly url: () => string
  /** Rejects with what was said when the process ends before it is ready. */
  readonly ready: Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** Every process that came of it and lives: watchdog, PostgreSQL with its backends, the lab with its services. */
  readonly family: () => number[]
  /** To the whole process group, as a terminal does. */
  readonly signal: (signal: NodeJS.Signals) => void
  /** Ctrl-C, and waits for the end. */
  readonly stop: () => Promise<number | null>
}

export interface SutureOptions {
  readonly dataDir: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** Instead of Node with `src/main.ts`. */
  readonly command?: readonly [string, ...string[]]
  readonly spawn?: SpawnOptions
}

const main = ['--disable-warning=ExperimentalWarning', 'src/main.ts']

export const spawnSuture = ({ dataDir, env, args = [], command, spawn: more }: SutureOptions): Suture => {
  const [program, ...rest] = command ?? [process.execPath, ...main]
  const child = spawn(program, [...rest, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    // Nothing of the tests' own environment: NODE_ENV=test and the like would change what is started.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SUTURE_DATA_DIR: dataDir,
      SUTURE_POLICY: alwaysOpenPath,
      ...env,
    },
    ...more,
  })
  const pid = child.pid ?? Number.NaN
  let stdout = ''
  let stderr = ''
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => undefined)
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (stdout.includes('Ctrl-C stops it.')) ready.resolve()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => {
      ready.reject(new Error(`Suture ended with ${code ?? signal} before it was ready:\n${stdout}${stderr}`))
      resolve({ code, signal })
    })
  })
  // Kept, because children of a dead process are found no more by whose they are.
  const known = new Map<number, string>()
  const family = (): number[] => {
    for (const each of descendantsOf(pid)) known.set(each, startOf(each))
    return [...known].filter(([each, start]) => start !== '' && startOf(each) === start).map(([each]) => each)
  }
  const suture: Suture = {
    child,
    pid,
    stdout: () => stdout,
    stderr: () => stderr,
    url: () => /running at (\S+)/.exec(stdout)?.[1] ?? '',
    ready: ready.promise,
    ended,
    family,
    signal: (signal) => {
      process.kill(-pid, signal)
    },
    stop: async () => {
      suture.signal('SIGINT')
      return (await ended).code
    },
  }
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      family()
      child.kill('SIGKILL')
      await ended
    }
    for (const each of family()) process.kill(each, 'SIGKILL')
  })
  return suture
}

export const startedSuture = async (options: SutureOptions): Promise<Suture> => {
  const suture = spawnSuture(options)
  await suture.ready
  return suture
}

/** When a process began, in the kernel's ticks; empty when it is gone or only waits to be collected. */
const startOf = (pid: number): string => {
  const fields = statOf(pid)
  return fields === null || fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '')
}

const statOf = (pid: number): string[] | null => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return null
  }
}

const descendantsOf = (root: number): number[] => {
  const childrenOf = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const parent = Number.isInteger(pid) ? Number(statOf(pid)?.[1] ?? 0) : 0
    if (parent > 0) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid])
  }
  const found: number[] = []
  const visit = (pid: number): void => {
    for (const child of childrenOf.get(pid) ?? []) {
      found.push(child)
      visit(child)
    }
  }
  visit(root)
  return found
}

/** Another program on a port of loopback, until it is released or the test ends. */
export const occupy = async (port = 0): Promise<{ port: number; release: () => Promise<void> }> => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const release = () => new Promise<void>((resolve) => server.close(() => resolve()))
  onTestFinished(release)
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : port, release }
}

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** One request with a bearer token; answers that are no JSON have an empty `json`. */
export const ask = async (
  url: string,
  path: string,
  { key, method = 'GET', body }: { key?: string; method?: string; body?: unknown } = {},
): Promise<Answer> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

/** What Alertmanager would post for one alert. */
export const firing = (alertname: string, labels: Readonly<Record<string, string>> = {}) => ({
  version: '4',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname, severity: 'warning', ...labels },
      annotations: { summary: `${alertname} of a test` },
      startsAt: '2026-11-22T10:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
    },
  ],
})

/** The key that the first start has shown. */
export const adminKeyOf = (suture: Suture): string => /^ {4}(sut_\S+)$/m.exec(suture.stdout())?.[1] ?? ''

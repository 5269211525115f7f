import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { run } from '../../cli/run.ts'

/** `suture` as a process of its own, and servers for it to talk to. */

const root = resolve(import.meta.dirname, '../..')

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** An empty home for settings, gone at the end of the test. */
export const aHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'suture-cli-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

/** Runs it to its end with nothing of this machine's environment but PATH. */
export const suture = (args: readonly string[], { env = {}, input = '' }: RunOptions = {}): Promise<Ran> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], {
      cwd: tmpdir(),
      env: {
        PATH: process.env['PATH'],
        HOME: join(tmpdir(), 'suture-cli-no-home'),
        // Some hundred of them are started; compiled once, each is there in half the time.
        NODE_COMPILE_CACHE: join(tmpdir(), 'suture-cli-tests-compiled'),
        ...env,
      },
    })
    const out = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text))
    child.on('error', fail)
    child.on('close', (code) => done({ code, ...out }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

/** The same command without a process of its own, for tests that go through many: starting one costs half a second. */
export const sutureHere = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> => {
  const out = { stdout: '', stderr: '' }
  const code = await run(args, {
    env: { HOME: join(tmpdir(), 'suture-cli-no-home'), ...env },
    stdout: { write: (text) => (out.stdout += text) },
    stderr: { write: (text) => (out.stderr += text) },
    now: () => Temporal.Now.instant(),
  })
  return { code, ...out }
}

/** Serves on a free port of loopback. */
export const serve = async (
  listener: RequestListener,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> => {
  const server = createServer(listener)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** The same until the test ends. Returns the server's address. */
export const serveHere = async (listener: RequestListener): Promise<string> => {
  const { url, close } = await serve(listener)
  onTestFinished(close)
  return url
}

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A stub of the server: answers by path with what a test wants to see handled. It is no Suture. */
export const stubServer = async (
  answers: Readonly<Record<string, (request: Seen, response: ServerResponse) => void>>,
): Promise<{ url: string; seen: Seen[] }> => {
  const seen: Seen[] = []
  const url = await serveHere((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const path = (request.url ?? '').split('?', 1)[0] ?? ''
      const entry: Seen = { method: request.method ?? '', path, headers: request.headers, body }
      seen.push(entry)
      const answer = answers[path]
      if (answer === undefined)
        sendJson(404, problem({ status: 404, code: 'not_found', title: 'Not found' }))(entry, response)
      else answer(entry, response)
    })
  })
  return { url, seen }
}

export const sendJson =
  (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}) =>
  (_request: Seen, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-api-version': '1', ...headers })
    response.end(JSON.stringify(value))
  }

export const problem = (over: Readonly<Record<string, unknown>> = {}) => ({
  type: 'urn:suture:problem:separation_of_duties',
  title: 'Somebody else must approve',
  status: 403,
  detail: 'Ada requested this and so cannot approve it.',
  code: 'separation_of_duties',
  remedy: 'Ask another person with the role approver.',
  requestId: 'req-id-1',
  ...over,
})

/** The address of a port that was free a moment ago. */
export const closedServer = async (): Promise<string> => {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((closed) => server.close(() => closed()))
  return `http://127.0.0.1:${port}`
}

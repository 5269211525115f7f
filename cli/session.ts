import type { Command } from 'commander'
import { type Client, createClient } from './client.ts'
import { configPath, isExposed, readSaved } from './config-file.ts'
import { CliFailure, exitCodes } from './failure.ts'
import { jsonText, type Paint, painter } from './text.ts'

/** What one run of the command line has from outside. Tests of pure parts give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { readonly write: (text: string) => unknown; readonly isTTY?: boolean }
  readonly stderr: { readonly write: (text: string) => unknown }
  readonly now: () => Temporal.Instant
}

/** One command's hold on server, options and terminal. */
export interface Session {
  readonly client: Client
  readonly json: boolean
  readonly paint: Paint
  readonly now: Temporal.Instant
  readonly configPath: string
  readonly hasKey: boolean
  /** JSON with --json, otherwise the lines. */
  readonly show: (value: unknown, text: () => readonly string[]) => void
  /** For people alone: goes to stderr, so that stdout stays what scripts read. */
  readonly note: (text: string) => void
}

export const defaultUrl = 'http://127.0.0.1:7500'

export interface GlobalOptions {
  readonly url?: string
  readonly key?: string
  readonly json?: boolean
  readonly color: boolean
  readonly timeout: string
}

/** An offline command asks no server: it has no key, and no warning about one. */
export interface OpenOptions {
  readonly offline?: boolean
}

export const openSession = (
  command: Command,
  around: Surroundings,
  { offline = false }: OpenOptions = {},
): Session => {
  const options = command.optsWithGlobals<GlobalOptions>()
  const { env } = around
  const path = configPath(env)
  const saved = readSaved(path)
  const url = checkedUrl(options.url ?? nonEmpty(env['SUTURE_URL']) ?? saved?.url ?? defaultUrl)
  // A saved key belongs to the server it was saved for and is sent to no other.
  const savedKey = saved !== null && new URL(saved.url).origin === new URL(url).origin ? saved.key : null
  const key = offline ? null : (options.key ?? nonEmpty(env['SUTURE_API_KEY']) ?? savedKey)
  const json = options.json === true
  const note = (text: string): void => void around.stderr.write(`${text}\n`)
  if (key !== null && isExposed(path) && savedKey === key)
    note(`warning: others can read ${path}; run: chmod 600 ${path}`)
  if (key !== null && isClearText(url)) note(`warning: the key travels unencrypted to ${url}; use https`)
  return {
    client: createClient({ url, key, timeoutMs: checkedSeconds(options.timeout) * 1_000 }),
    json,
    paint: painter(options.color && nonEmpty(env['NO_COLOR']) === undefined && around.stdout.isTTY === true),
    now: around.now(),
    configPath: path,
    hasKey: key !== null,
    show: (value, text) =>
      void around.stdout.write(
        json
          ? `${jsonText(value)}\n`
          : text()
              .map((line) => `${line}\n`)
              .join(''),
      ),
    note,
  }
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value)

const checkedUrl = (text: string): string => {
  const url = URL.parse(text)
  if (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === ''
  )
    return url.origin
  throw new CliFailure(
    exitCodes.usage,
    'Not a server address',
    `Expected an address such as ${defaultUrl}, found ${JSON.stringify(text)}.`,
    'Correct --url, SUTURE_URL or the saved one.',
  )
}

const checkedSeconds = (text: string): number => {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 600) return seconds
  throw new CliFailure(
    exitCodes.usage,
    'Not a timeout',
    `--timeout: expected seconds up to 600, found ${JSON.stringify(text)}.`,
    'Give a number such as 10.',
  )
}

const isClearText = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return (
    protocol === 'http:' &&
    !(hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname))
  )
}

import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { freePort } from './suture.ts'

/** A real Prometheus and a real Alertmanager as Debian ships them, in a hurry: everything that waits, waits a second. */

const programs = {
  prometheus: '/usr/bin/prometheus',
  promtool: '/usr/bin/promtool',
  alertmanager: '/usr/bin/prometheus-alertmanager',
}
export const hasPrometheus = Object.values(programs).every((path) => existsSync(path))

const readyWithinMs = 30_000

/** Runs until the test ends. @throws Error with its own last words when it is not ready within 30 s */
const run = async (program: string, args: readonly string[], url: string): Promise<void> => {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: {} })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4_000)
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(force)
  })
  const until = Date.now() + readyWithinMs
  while (child.exitCode === null && Date.now() < until) {
    const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => null)
    if (answer?.ok === true) return
    await pause(50)
  }
  throw new Error(`${program} was not ready within ${readyWithinMs} ms: ${words}`)
}

/** Posts each change, and again every second while an alert fires; as `user` with a password, or with a bearer token. */
export const startAlertmanager = async (
  dir: string,
  webhook: { readonly url: string; readonly secret: string; readonly user?: string },
): Promise<string> => {
  const url = `http://127.0.0.1:${await freePort()}`
  await mkdir(dir, { recursive: true })
  // JSON is YAML.
  const config = {
    route: {
      receiver: 'suture',
      group_by: ['service'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1s',
    },
    receivers: [
      {
        name: 'suture',
        webhook_configs: [
          {
            url: webhook.url,
            send_resolved: true,
            http_config:
              webhook.user === undefined
                ? { authorization: { type: 'Bearer', credentials: webhook.secret } }
                : { basic_auth: { username: webhook.user, password: webhook.secret } },
          },
        ],
      },
    ],
  }
  await writeFile(join(dir, 'alertmanager.yml'), JSON.stringify(config))
  await run(
    programs.alertmanager,
    [
      `--config.file=${join(dir, 'alertmanager.yml')}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      `--web.external-url=${url}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    url,
  )
  return url
}

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/**
 * Looks every second. `target` is host and port of what has `/metrics`. `past` is what it looks back on: lines of OpenMetrics with
 * their times, which become blocks of its storage before it starts.
 */
export const startPrometheus = async (
  dir: string,
  given: {
    readonly target: string
    readonly alerting?: { readonly alertmanager: string; readonly rule: AlertRule }
    readonly past?: string
  },
): Promise<string> => {
  const url = `http://127.0.0.1:${await freePort()}`
  await mkdir(dir, { recursive: true })
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s', external_labels: { cluster: 'test' } },
    rule_files: [join(dir, 'rules.yml')],
    alerting: {
      alertmanagers:
        given.alerting === undefined
          ? []
          : [{ static_configs: [{ targets: [new URL(given.alerting.alertmanager).host] }] }],
    },
    scrape_configs: [{ job_name: 'probe', static_configs: [{ targets: [given.target] }] }],
  }
  const rules = given.alerting === undefined ? [] : [given.alerting.rule]
  await writeFile(join(dir, 'rules.yml'), JSON.stringify({ groups: [{ name: 'lab', rules }] }))
  if (given.past !== undefined) await remember(dir, given.past)
  await writeFile(join(dir, 'prometheus.yml'), JSON.stringify(config))
  await run(
    programs.prometheus,
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
      `--web.external-url=${url}`,
      '--log.level=warn',
    ],
    url,
  )
  return url
}

const remember = async (dir: string, past: string): Promise<void> => {
  await writeFile(join(dir, 'past.om'), `${past}# EOF\n`)
  await promisify(execFile)(programs.promtool, [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(dir, 'past.om'),
    join(dir, 'data'),
  ])
}

/** Has `/metrics` with whatever `lines` says at each look. @returns host and port */
export const startExporter = (lines: () => string): Promise<string> =>
  serve((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(lines())
  })

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `127.0.0.1:${port}`
}

const probeWithinMs = 500

/** What a blackbox exporter is: at each scrape asks `health` and says `probe_success`. @returns host and port */
export const startProbeExporter = (service: string, health: string): Promise<string> =>
  serve((_request, response) => {
    const signal = AbortSignal.timeout(probeWithinMs)
    fetch(health, { signal }).then(
      (answer) => say(answer.ok),
      () => say(false),
    )
    const say = (up: boolean): void => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      response.end(`# TYPE probe_success gauge\nprobe_success{service="${service}"} ${up ? 1 : 0}\n`)
    }
  })

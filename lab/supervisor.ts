/**
 * The lab's own process: it holds the estate, answers on one loopback port, and probes.
 *
 *   node lab/supervisor.ts --dir .suture/lab [--port 7600] [--with-parent] [--probe-interval-ms 1000]
 *
 * Environment: LAB_TOKEN (made up when absent), LAB_SUTURE_URL and LAB_ALERT_SECRET (without both it only probes),
 * LAB_LEAK_MB_PER_S (how fast the leak leaks). Standard output is one line: {"ready":true,"url":...}.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { getRequestListener } from '@hono/node-server'
import { createAlertSender } from './alert-sender.ts'
import { catalogueYaml } from './catalogue.ts'
import { createControlApi } from './control-api.ts'
import { openEffects } from './effects.ts'
import { SERVICE_NAMES } from './estate.ts'
import { writeFileWhole } from './files.ts'
import { readLabFile, whoAnswers } from './find-lab.ts'
import { listenNear } from './listen.ts'
import { addInstances, manage, type Runtime } from './managed-service.ts'
import { type Prober, startProber } from './prober.ts'

const log = (message: string) => process.stderr.write(`${message}\n`)

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string', default: join('.suture', 'lab') },
    port: { type: 'string', default: '7600' },
    'with-parent': { type: 'boolean', default: false },
    'probe-interval-ms': { type: 'string', default: '1000' },
  },
})

/** @throws Error naming the option, what it allows and what it was */
function whole(name: 'port' | 'probe-interval-ms', min: number, max: number): number {
  const value = Number(options[name])
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new Error(`--${name} must be a whole number from ${min} to ${max}, not ${options[name]}`)
}

const PREDECESSOR_GRACE_MS = 3_000
const LAST_EFFECT_MS = 1_500

/** Two labs on one journal would each count the other's effects as never done. */
async function refuseSecond(dir: string): Promise<void> {
  const before = readLabFile(dir)
  if (!before) return
  const deadline = performance.now() + PREDECESSOR_GRACE_MS
  // One whose parent was killed is on its way out: give it that moment.
  while ((await whoAnswers(before.url)) === before.pid) {
    if (performance.now() > deadline) {
      throw new Error(
        `a lab already runs on ${dir} (pid ${before.pid}, ${before.url}); stop it, or give another --dir`,
      )
    }
    await new Promise((wake) => setTimeout(wake, 50))
  }
}

let prober: Prober | null = null
let runtime: Runtime | null = null

function killAll(): void {
  if (!runtime) return
  runtime.stopping = true
  for (const service of Object.values(runtime.services))
    for (const instance of service.instances) instance.killNow()
}

async function main(): Promise<void> {
  const dir = resolve(options.dir)
  const port = whole('port', 0, 65_535)
  const intervalMs = whole('probe-interval-ms', 50, 60_000)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  await refuseSecond(dir)

  const server = createServer()
  const url = `http://127.0.0.1:${await listenNear(server, port)}`
  const token = process.env.LAB_TOKEN || randomBytes(24).toString('base64url')
  const effects = openEffects(dir, log)
  const services = {
    payments: manage('payments'),
    checkout: manage('checkout'),
    storefront: manage('storefront'),
  }
  const leakMbPerSecond = Number(process.env.LAB_LEAK_MB_PER_S) || 10
  const estate: Runtime = { dir, labUrl: url, leakMbPerSecond, services, log, stopping: false }
  runtime = estate

  let ending = false
  const stop = async (why: string) => {
    if (ending) return
    ending = true
    log(`the lab ends: ${why}`)
    prober?.stop()
    server.close()
    // An effect under way gets to write down what came of it; otherwise a repeat could only be answered "unknown".
    const settled = Promise.all(Object.values(services).map((service) => service.tail))
    await Promise.race([settled, new Promise((wake) => setTimeout(wake, LAST_EFFECT_MS))])
    rmSync(join(dir, 'lab.json'), { force: true })
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop('SIGTERM'))
  process.on('SIGINT', () => void stop('SIGINT'))
  if (options['with-parent']) process.stdin.on('close', () => void stop('its parent is gone')).resume()

  const healthy = (service: { readonly name: keyof typeof services }) => prober?.healthy(service.name) ?? null
  const app = createControlApi({ runtime: estate, effects, token, healthy })
  const listener = getRequestListener(app.fetch)
  server.on('request', (request, response) => void listener(request, response))
  await Promise.all(SERVICE_NAMES.map((name) => addInstances(estate, services[name], 1)))

  writeFileWhole(join(dir, 'token'), `${token}\n`)
  writeFileWhole(join(dir, 'catalogue.yaml'), catalogueYaml(url), 0o644)
  writeFileWhole(join(dir, 'lab.json'), `${JSON.stringify({ url, pid: process.pid })}\n`, 0o644)

  const sutureUrl = process.env.LAB_SUTURE_URL
  const secret = process.env.LAB_ALERT_SECRET
  const sender = sutureUrl && secret ? createAlertSender({ sutureUrl, secret }, dir, url, log) : null
  prober = startProber(url, intervalMs, sender)
  process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`)
}

// Whatever ends this process, its children end with it.
process.on('exit', killAll)
process.on('uncaughtException', (error) => {
  log(`the lab failed: ${error.stack ?? error.message}`)
  process.exit(1)
})
main().catch((error: unknown) => {
  log(`the lab did not start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})

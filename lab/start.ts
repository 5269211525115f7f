/** Starts the lab as a child process, and stops it without leaving anything behind. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { compileCacheIn } from './files.ts'

export type LabOptions = {
  /** Where the lab keeps its files; made when absent. */
  readonly dir: string
  /** The port to try first; the next free one is taken. 0 lets the system choose. */
  readonly port: number
  /** Where alerts are posted, e.g. http://127.0.0.1:8080. Without it and the secret the lab only probes. */
  readonly sutureUrl?: string
  readonly alertSecret?: string
  readonly probeIntervalMs?: number
  /** How fast the leak fault leaks, in MB/s; 10 when absent. */
  readonly leakMbPerSecond?: number
  readonly log: (message: string) => void
}

export type Lab = {
  readonly url: string
  readonly token: string
  readonly cataloguePath: string
  readonly pid: number
  /** Resolves when the lab is gone, wanted or not. */
  readonly exited: Promise<void>
  readonly stop: () => Promise<void>
}

const SUPERVISOR_FILE = fileURLToPath(new URL('./supervisor.ts', import.meta.url))
const READY_WITHIN_MS = 15_000
const STOP_WITHIN_MS = 4_000

const Ready = z.object({ ready: z.literal(true), url: z.url() })

/** @throws Error with the lab's own last words when it does not get ready within 15 s */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { dir, port, probeIntervalMs, log } = options
  const token = randomBytes(24).toString('base64url')
  const interval = probeIntervalMs === undefined ? [] : ['--probe-interval-ms', String(probeIntervalMs)]
  const args = ['--disable-warning=ExperimentalWarning', SUPERVISOR_FILE]
  // A process group of its own: Ctrl-C reaches only the parent, which ends the lab when its own work is done.
  const child = spawn(
    process.execPath,
    [...args, '--dir', dir, '--port', String(port), '--with-parent', ...interval],
    {
      env: {
        PATH: process.env.PATH ?? '',
        LAB_TOKEN: token,
        NODE_COMPILE_CACHE: compileCacheIn(dir),
        ...(options.sutureUrl ? { LAB_SUTURE_URL: options.sutureUrl } : {}),
        ...(options.alertSecret ? { LAB_ALERT_SECRET: options.alertSecret } : {}),
        ...(options.leakMbPerSecond ? { LAB_LEAK_MB_PER_S: String(options.leakMbPerSecond) } : {}),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    },
  )
  const exited = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<string>()
  let lastWords = ''
  child.stdin.on('error', () => {})
  child.on('error', (error) => over(error.message))
  child.on('exit', (code, signal) => over(signal ?? `exit code ${code}`))
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastWords = line
    log(line)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = parseReady(line)
    if (said) ready.resolve(said.url)
  })
  function over(how: string): void {
    exited.resolve()
    // The pipe may still hold the sentence that says why.
    setImmediate(() =>
      ready.reject(new Error(`the lab did not start (${how}): ${lastWords || 'it said nothing'}`)),
    )
  }

  async function stop(): Promise<void> {
    child.stdin.end()
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await exited.promise
    clearTimeout(force)
  }

  const late = setTimeout(
    () => ready.reject(new Error(`the lab was not ready within ${READY_WITHIN_MS} ms: ${lastWords}`)),
    READY_WITHIN_MS,
  )
  try {
    const url = await ready.promise
    const cataloguePath = join(dir, 'catalogue.yaml')
    return { url, token, cataloguePath, pid: child.pid ?? 0, exited: exited.promise, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(late)
  }
}

function parseReady(line: string): z.infer<typeof Ready> | null {
  try {
    return Ready.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Lab, type LabOptions, startLab } from '../../lab/start.ts'
import type { EstateView, ServiceView } from '../../lab/state.ts'

// Every lab of the tests runs the same code: compiled once for all of them, they start in half the time.
process.env.NODE_COMPILE_CACHE = join(tmpdir(), 'suture-lab-tests-compiled')

/** Fast enough that a window of ten probes passes in 2.5 s, slow enough to stay far below an instance's capacity. */
const PROBE_INTERVAL_MS = 250

export type Answer = {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly replayed: boolean
}

export type LabUnderTest = Lab & {
  readonly dir: string
  readonly get: (path: string) => Promise<Answer>
  readonly post: (path: string, body?: unknown, key?: string) => Promise<Answer>
  readonly service: (name: string) => Promise<ServiceView>
  /** The status of one order and how long it took, in ms. */
  readonly order: (name: string) => Promise<{ status: number; ms: number }>
  /** Every process of the lab: the supervisor first. */
  readonly pids: () => Promise<number[]>
}

/** A directory of its own, with spaces in its path, as a person's may have. */
export const labDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'suture lab '))

export const removeDirectory = (dir: string): Promise<void> =>
  rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })

export async function startTestLab(dir: string, options: Partial<LabOptions> = {}): Promise<LabUnderTest> {
  const lab = await startLab({ dir, port: 0, probeIntervalMs: PROBE_INTERVAL_MS, log: () => {}, ...options })
  const send = async (method: string, path: string, body?: unknown, key?: string): Promise<Answer> => {
    const response = await fetch(lab.url + path, {
      method,
      headers: {
        authorization: `Bearer ${lab.token}`,
        'content-type': 'application/json',
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const replayed = response.headers.get('idempotent-replay') === 'true'
    return { status: response.status, body: (await response.json()) as Answer['body'], replayed }
  }
  const state = async () => (await (await fetch(`${lab.url}/state`)).json()) as EstateView
  return {
    ...lab,
    dir,
    get: (path) => send('GET', path),
    post: (path, body, key) => send('POST', path, body, key),
    async service(name) {
      const found = (await state()).services.find((service) => service.name === name)
      if (!found) throw new Error(`the lab has no service ${name}`)
      return found
    },
    async order(name) {
      const began = performance.now()
      const { status } = await send('GET', `/svc/${name}/order`)
      return { status, ms: performance.now() - began }
    },
    async pids() {
      const { services } = await state()
      return [lab.pid, ...services.flatMap(({ instances }) => instances.map(({ pid }) => pid))]
    },
  }
}

/** Whether this process still runs; one that is dead but not yet collected by its parent does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat === null ? process.platform !== 'linux' : !/\) [ZX] /.test(stat)
}

export async function stillRunning(pids: readonly number[]): Promise<number[]> {
  const running = await Promise.all(pids.map(isRunning))
  return pids.filter((_, index) => running[index])
}

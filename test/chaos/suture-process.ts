import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** One real process of Suture, which does to itself what it is told (test/support/chaos-main.ts). */

const Line = z.object({
  checkpoint: z.string().optional(),
  ready: z.boolean().optional(),
  url: z.string().optional(),
  adminKey: z.string().nullable().optional(),
  stopping: z.string().optional(),
  woken: z.string().optional(),
  holding: z.string().optional(),
  obeyed: z.string().optional(),
})
type Line = z.infer<typeof Line>

export type Deed = 'kill' | 'stop' | 'hold'

export interface SutureProcess {
  readonly pid: number
  /** Rejects when it ends before. */
  readonly ready: Promise<{ readonly url: string; readonly adminKey: string | null }>
  readonly isReady: () => boolean
  readonly isGone: () => boolean
  /** Resolves with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** The places that it has come by, oldest first. */
  readonly passed: readonly string[]
  /** Resolves once the process has heard it. */
  readonly arm: (at: string, nth: number, deed: Deed) => Promise<void>
  readonly disarm: () => Promise<void>
  readonly release: () => void
  readonly setBudget: (ms: number) => Promise<void>
  /** Resolves with true when it says something of this kind, with false when it ends first. */
  readonly says: (what: 'stopping' | 'woken' | 'holding') => Promise<boolean>
  readonly signal: (signal: NodeJS.Signals) => void
}

const program = fileURLToPath(new URL('../support/chaos-main.ts', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/suture/', import.meta.url))

export const startSutureProcess = (env: Readonly<Record<string, string>>, logPath: string): SutureProcess => {
  const log = openSync(logPath, 'a')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    stdio: ['ignore', 'pipe', log, 'ipc'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_COMPILE_CACHE: cache, ...env },
  })
  closeSync(log)
  const { pid, stdout } = child
  if (pid === undefined || stdout === null) throw new Error('Suture could not be started')
  const said = new EventEmitter()
  said.setMaxListeners(100)
  const passed: string[] = []
  let gone = false
  let isReady = false
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      gone = true
      said.emit('end')
      resolve(code)
    }),
  )
  const ready = Promise.withResolvers<{ url: string; adminKey: string | null }>()
  ready.promise.catch(() => undefined)
  void ended.then(() =>
    ready.reject(
      new Error(`Suture ${pid} ended before it was ready:\n${readFileSync(logPath, 'utf8').slice(-3_000)}`),
    ),
  )
  createInterface({ input: stdout }).on('line', (text) => {
    const line: Line = Line.parse(JSON.parse(text))
    if (line.checkpoint !== undefined) passed.push(line.checkpoint)
    if (line.ready === true) {
      isReady = true
      ready.resolve({ url: line.url ?? '', adminKey: line.adminKey ?? null })
    }
    for (const kind of ['stopping', 'woken', 'holding', 'obeyed'] as const)
      if (line[kind] !== undefined) said.emit(kind, line[kind])
  })
  child.on('error', () => undefined)
  const tell = (order: object): void => {
    if (!gone && child.connected) child.send(order, () => undefined)
  }
  const eitherOrEnd = async (what: string): Promise<boolean> => {
    if (gone) return false
    const settled = new AbortController()
    const heard = await Promise.race([
      once(said, what, { signal: settled.signal }).then(
        () => true,
        () => false,
      ),
      once(said, 'end', { signal: settled.signal }).then(
        () => false,
        () => false,
      ),
    ])
    settled.abort()
    return heard
  }
  const obeyed = async (order: object): Promise<void> => {
    const heard = eitherOrEnd('obeyed')
    tell(order)
    await heard
  }
  return {
    pid,
    ready: ready.promise,
    isReady: () => isReady,
    isGone: () => gone,
    ended,
    passed,
    arm: (at, nth, deed) => obeyed({ kind: 'arm', at, nth, deed, inRun: true }),
    disarm: () => obeyed({ kind: 'disarm' }),
    release: () => tell({ kind: 'release' }),
    setBudget: (ms) => obeyed({ kind: 'budget', ms }),
    says: eitherOrEnd,
    signal: (signal) => {
      if (!gone) child.kill(signal)
    },
  }
}

/** Processes whose environment holds `mark`, whoever their parent is by now: watchdogs of Sutures that were killed. */
export const processesMarked = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)
      } catch {
        return false
      }
    })

import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { within } from './trace.ts'

/** One real process of Suture, which does to itself what it is told (test/support/chaos-main.ts). */

const Line = z.object({
  checkpoint: z.string().optional(),
  about: z.array(z.string()).optional(),
  ready: z.boolean().optional(),
  url: z.string().optional(),
  adminKey: z.string().nullable().optional(),
  stopping: z.boolean().optional(),
  holding: z.string().optional(),
  obeyed: z.string().optional(),
})
type Line = z.infer<typeof Line>

export type Deed = 'kill' | 'hold'

export interface Armed {
  readonly of: string
  readonly at: string
  readonly nth: number
  readonly deed: Deed
}

export interface Passed {
  readonly at: string
  /** Ids of what the commit or the step is about. */
  readonly about: readonly string[]
}

export interface SutureProcess {
  readonly pid: number
  /** Rejects when it ends before, and when it takes too long. */
  readonly ready: Promise<{ readonly url: string; readonly adminKey: string | null }>
  readonly isReady: () => boolean
  readonly isGone: () => boolean
  /** Resolves with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** The places that it has come by, oldest first. */
  readonly passed: readonly Passed[]
  /** Since when it holds each run at its place, by `performance.now()`. */
  readonly held: ReadonlyMap<string, number>
  /** Instead of what was armed before. Resolves once the process has heard it, or has ended. */
  readonly arm: (armed: readonly Armed[]) => Promise<void>
  /** Runs that are held go on. */
  readonly disarm: () => Promise<void>
  /** Resolves when it is about to stop, or has ended; it goes on by SIGCONT, and so do the runs that it held. */
  readonly stop: () => Promise<void>
  readonly setBudget: (ms: number) => Promise<void>
  readonly signal: (signal: NodeJS.Signals) => void
}

const program = fileURLToPath(new URL('../support/chaos-main.ts', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/suture/', import.meta.url))

/** A process that has not begun, or not heard, by then never will: the case ends as a fault that says which. */
const readyWithinMs = 90_000
const obeysWithinMs = 60_000

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
  const passed: Passed[] = []
  const held = new Map<string, number>()
  let gone = false
  let isReady = false
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      gone = true
      said.emit('end')
      resolve(code)
    }),
  )
  const begun = Promise.withResolvers<{ url: string; adminKey: string | null }>()
  void ended.then(() =>
    begun.reject(
      new Error(`Suture ${pid} ended before it was ready:\n${readFileSync(logPath, 'utf8').slice(-3_000)}`),
    ),
  )
  const ready = within(readyWithinMs, `the start of Suture ${pid}`, begun.promise)
  ready.catch(() => undefined)
  createInterface({ input: stdout }).on('line', (text) => {
    const line: Line = Line.parse(JSON.parse(text))
    if (line.checkpoint !== undefined) passed.push({ at: line.checkpoint, about: line.about ?? [] })
    if (line.holding !== undefined) held.set(line.holding, performance.now())
    if (line.ready === true) {
      isReady = true
      begun.resolve({ url: line.url ?? '', adminKey: line.adminKey ?? null })
    }
    if (line.stopping === true) said.emit('stopping')
    if (line.obeyed !== undefined) said.emit(line.obeyed)
  })
  child.on('error', () => undefined)
  /** Resolves when it has said `word`, or has ended. */
  const tell = (order: { kind: string }, word: string): Promise<void> => {
    if (gone) return Promise.resolve()
    const heard = new Promise<void>((resolve) => {
      const done = (): void => {
        said.off(word, done).off('end', done)
        resolve()
      }
      said.on(word, done).on('end', done)
    })
    if (child.connected) child.send(order, () => undefined)
    return within(obeysWithinMs, `Suture ${pid} to obey ${order.kind}`, heard)
  }
  const obeyed = (order: { kind: string; [name: string]: unknown }): Promise<void> => tell(order, order.kind)
  return {
    pid,
    ready,
    isReady: () => isReady,
    isGone: () => gone,
    ended,
    passed,
    held,
    arm: (armed) => obeyed({ kind: 'arm', armed }),
    disarm: async () => {
      await obeyed({ kind: 'disarm' })
      held.clear()
    },
    stop: () => tell({ kind: 'stop' }, 'stopping'),
    setBudget: (ms) => obeyed({ kind: 'budget', ms }),
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

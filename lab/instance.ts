/** One child process seen from the supervisor: start it, talk to it, end it. */
import { spawn } from 'node:child_process'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Detail, FromInstance, InstanceSetup, ToInstance } from './protocol.ts'

// A plain Omit over a union would keep only the members' common fields.
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
export type Order = WithoutId<ToInstance>

export type Instance = {
  readonly pid: number
  readonly port: number
  readonly since: string
  /** Connections of the balancer to this instance; they end with it. */
  readonly agent: Agent
  /** Requests the balancer has under way here. */
  inFlight: number
  readonly alive: () => boolean
  /** Resolves with the instance's answer, or null when it does not answer in time or at all. */
  readonly tell: (order: Order) => Promise<Detail | null>
  /** Ends the process (SIGTERM, then SIGKILL) and resolves once it is gone. */
  readonly end: () => Promise<void>
  readonly killNow: () => void
  readonly exited: Promise<string>
}

const SERVICE_FILE = fileURLToPath(new URL('./service.ts', import.meta.url))
const READY_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 1_000
const TERM_GRACE_MS = 500

/** @throws Error when the process does not get ready in time or exits before. */
export async function startInstance(
  setup: InstanceSetup,
  logFd: number,
  cacheDir: string,
): Promise<Instance> {
  // A small heap: what an instance keeps for long is outside the heap, and four of them should stay light.
  const args = ['--max-old-space-size=64', '--disable-warning=ExperimentalWarning', SERVICE_FILE]
  const child = spawn(process.execPath, args, {
    // Nothing of the supervisor's environment: its token is none of a service's business.
    env: { LAB_INSTANCE: JSON.stringify(setup), NODE_COMPILE_CACHE: cacheDir },
    stdio: ['ignore', logFd, logFd, 'ipc'],
  })
  const waiting = new Map<number, (detail: Detail | null) => void>()
  const ready = Promise.withResolvers<number>()
  const gone = Promise.withResolvers<string>()
  let lastId = 0
  let alive = true

  const over = (how: string) => {
    if (!alive) return
    alive = false
    for (const answer of waiting.values()) answer(null)
    waiting.clear()
    ready.reject(new Error(`an instance of ${setup.service} ended before it was ready: ${how}`))
    gone.resolve(how)
  }
  child.on('error', (error) => over(error.message))
  child.on('exit', (code, signal) => over(signal ?? `exit code ${code}`))
  child.on('message', (message: FromInstance) => {
    if (message.type === 'ready') return ready.resolve(message.port)
    waiting.get(message.id)?.(message.detail)
    waiting.delete(message.id)
  })

  const end = async () => {
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), TERM_GRACE_MS)
    await gone.promise
    clearTimeout(force)
    agent.destroy()
  }
  const agent = new Agent({ keepAlive: true })
  const late = setTimeout(
    () =>
      ready.reject(new Error(`an instance of ${setup.service} was not ready within ${READY_WITHIN_MS} ms`)),
    READY_WITHIN_MS,
  )
  try {
    const port = await ready.promise
    return {
      pid: child.pid ?? 0,
      port,
      since: Temporal.Now.instant().toString({ smallestUnit: 'millisecond' }),
      agent,
      inFlight: 0,
      alive: () => alive,
      tell: (order) => {
        const { promise, resolve } = Promise.withResolvers<Detail | null>()
        if (!alive) return Promise.resolve(null)
        const id = ++lastId
        const silence = setTimeout(() => {
          waiting.delete(id)
          resolve(null)
        }, ANSWER_WITHIN_MS)
        waiting.set(id, (detail) => {
          clearTimeout(silence)
          resolve(detail)
        })
        child.send({ ...order, id } satisfies ToInstance, () => {})
        return promise
      },
      end,
      killNow: () => child.kill('SIGKILL'),
      exited: gone.promise,
    }
  } catch (error) {
    await end()
    throw error
  } finally {
    clearTimeout(late)
  }
}

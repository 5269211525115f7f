import { spawn, spawnSync } from 'node:child_process'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { endChild } from './child.ts'
import type { Closers } from './closers.ts'
import { freePort } from './free-port.ts'

/** A variable, because it is the machine's and not one of the project's own programs. */
const program = 'redis-server'

export const hasRedis = (): boolean => spawnSync(program, ['--version']).status === 0
export const redisMissing = 'redis-server is not installed'

const readyWithinMs = 5_000

/** Redis in memory on a free port of loopback; its URL. */
export const startRedis = async (folder: string, closers: Closers): Promise<string> => {
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder }
  const child = spawn(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  )
  closers.add(() => endChild(child))
  const deadline = performance.now() + readyWithinMs
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${program} did not take connections on port ${port} within ${readyWithinMs / 1_000} s`)
    await sleep(20)
  }
  return `redis://127.0.0.1:${port}`
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

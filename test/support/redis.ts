import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { within } from './patience.ts'
import { freePort } from './suture.ts'

/** A variable, because it is the machine's and not one of the project's own programs. */
const program = 'redis-server'

export const hasRedis = spawnSync(program, ['--version']).status === 0

export interface TestRedis {
  readonly url: string
  /** One command by Redis's inline protocol; the first line of its answer. */
  readonly command: (line: string) => Promise<string>
  readonly stop: () => Promise<void>
}

/** A redis-server of one's own, in memory, on a free port of loopback. */
export const startRedis = async (): Promise<TestRedis> => {
  const dir = mkdtempSync(join(tmpdir(), 'suture-redis-'))
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    dir,
    // So that its command line goes on naming the folder, by which it is found should this process be killed.
    '--set-proc-title',
    'no',
  ]
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const command = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = createConnection(port, '127.0.0.1', () => socket.write(`${line}\r\n`))
      socket.once('error', reject)
      socket.once('data', (data) => {
        socket.destroy()
        resolve(data.toString('utf8').split('\r\n', 1)[0] ?? '')
      })
    })
  await vi.waitFor(async () => {
    if ((await command('PING')) !== '+PONG') throw new Error('redis-server is not ready')
  }, within)
  return {
    url: `redis://127.0.0.1:${port}`,
    command,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

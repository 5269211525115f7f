import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmod, mkdir } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readCredentials, SUPERUSER, urlFor } from '../../adapters/postgres/credentials.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../adapters/postgres/embedded.ts'
import { readPidFile } from '../../adapters/postgres/pid-file.ts'

/** PostgreSQL and Redis of a cell's own, because a case may take them away. */

export interface Database {
  readonly ownerUrl: string
  readonly appUrl: string
  /** As a superuser: facts that row-level security hides. */
  readonly adminUrl: string
  readonly port: number
  /** `fast` ends sessions and writes all down; `crash` ends at once, and it recovers at its start. Resolves when it is back. */
  readonly restart: (how: 'fast' | 'crash') => Promise<void>
  readonly stop: () => Promise<void>
}

export const startDatabase = async (dir: string, wantedPort: number): Promise<Database> => {
  await mkdir(dir, { recursive: true })
  // As root the server runs as another user, who has to pass this folder.
  await chmod(dir, 0o711)
  const start = (port: number): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      dataDir: dir,
      port,
      log: () => undefined,
      // A crash of the server loses nothing that was written to the system; only a crash of the machine would.
      settings: { fsync: 'off', full_page_writes: 'off', max_connections: '500' },
    })
  let server = await start(wantedPort)
  const { port, directory } = server
  const credentials = await readCredentials(directory)
  const urlOf = (role: 'postgres' | 'suture_owner' | 'suture_app') =>
    urlFor(role, credentials[role], port, 'suture')
  return {
    ownerUrl: urlOf('suture_owner'),
    appUrl: urlOf('suture_app'),
    adminUrl: urlOf(SUPERUSER),
    port,
    restart: async (how) => {
      const pid = readPidFile(join(directory, 'data'))?.pid
      if (how === 'crash' && pid !== undefined) process.kill(pid, 'SIGQUIT')
      await server.stop()
      server = await start(port)
      if (server.port !== port)
        throw new Error(`PostgreSQL came back on port ${server.port} instead of ${port}`)
    },
    stop: () => server.stop(),
  }
}

const redisProgram = 'redis-server'
export const hasRedis = spawnSync(redisProgram, ['--version']).status === 0

export interface Redis {
  readonly url: string
  readonly flush: () => Promise<void>
  readonly stop: () => Promise<void>
}

export const startRedis = async (dir: string): Promise<Redis> => {
  await mkdir(dir, { recursive: true })
  const port = await freePort()
  // Its command line has to go on naming the folder, by which it is found should this process be killed.
  const named = ['--dir', dir, '--set-proc-title', 'no']
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...named]
  const child: ChildProcess = spawn(redisProgram, args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const command = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = createConnection(port, '127.0.0.1', () => socket.write(`${line}\r\n`))
      socket.once('error', reject)
      socket.once('data', (data) => {
        socket.destroy()
        resolve(data.toString('utf8').trim())
      })
    })
  for (let tries = 0; (await command('PING').catch(() => '')) !== '+PONG'; tries += 1) {
    if (tries > 400) throw new Error('redis-server is not ready after 10 s')
    await pause(25)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    flush: async () => {
      const said = await command('FLUSHALL')
      if (said !== '+OK') throw new Error(`FLUSHALL: ${said}`)
    },
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

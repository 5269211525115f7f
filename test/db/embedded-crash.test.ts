import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { isServerOf } from '../../adapters/postgres/pid-file.ts'
import {
  dataFolder,
  processesOn,
  query,
  serverPid,
  start,
  startedProcess,
  startProcess,
} from '../support/embedded.ts'

const WITHIN = { timeout: 60_000, interval: 10 }

test('a server that outlived a killed Suture is adopted, and stopped for good by the one that adopted it', async () => {
  const dataDir = dataFolder()
  const killed = await startedProcess([dataDir])
  await query(killed.said.ownerUrl, 'CREATE TABLE pebble AS SELECT 7 AS id')
  const pid = serverPid(killed.said.directory)
  await killed.killHard()
  expect(serverPid(killed.said.directory)).toBe(pid)

  const heir = await start(dataDir)
  expect(heir.adopted).toBe(true)
  expect(heir.port).toBe(killed.said.port)
  expect(heir.log).toEqual([expect.stringContaining(`pid ${pid}`)])
  expect(await query(heir.ownerUrl, 'SELECT id FROM pebble')).toEqual([{ id: 7 }])
  await heir.stop()
  expect(processesOn(heir.directory)).toEqual([])
})

test('after a kill of Suture and of its server the next start recovers what was committed', async () => {
  const dataDir = dataFolder()
  const killed = await startedProcess([dataDir])
  await query(killed.said.ownerUrl, 'CREATE TABLE pebble AS SELECT 7 AS id')
  const pid = serverPid(killed.said.directory)
  process.kill(pid, 'SIGKILL')
  await killed.killHard()
  expect(existsSync(join(killed.said.directory, 'data/postmaster.pid'))).toBe(true)

  const heir = await start(dataDir)
  expect(heir.adopted).toBe(false)
  expect(heir.port).toBe(killed.said.port)
  expect(await query(heir.ownerUrl, 'SELECT id FROM pebble')).toEqual([{ id: 7 }])
})

test('a stale pid file whose pid belongs to another process by now does not stop the start', async () => {
  const dataDir = dataFolder()
  const first = await start(dataDir)
  const data = join(first.directory, 'data')
  const pidFile = readFileSync(join(data, 'postmaster.pid'), 'utf8')
  const { uid, gid } = statSync(data)
  await first.stop()

  const stranger = spawn('sleep', ['60'], { uid, gid })
  onTestFinished(() => void stranger.kill())
  writeFileSync(join(data, 'postmaster.pid'), pidFile.replace(/^\d+/, String(stranger.pid)))
  const second = await start(dataDir)
  expect(second.adopted).toBe(false)
  await second.stop()
  expect(stranger.exitCode).toBe(null)
})

test('a first start that is killed half way leaves nothing in the way of the next', async () => {
  const dataDir = dataFolder()
  const attempt = startProcess([dataDir]).catch(() => undefined)
  const staged = () => readdirSync(dataDir).filter((name) => name.startsWith('postgres.new-'))
  await vi.waitFor(() => expect(existsSync(join(dataDir, staged()[0]!, 'data/global'))).toBe(true), WITHIN)
  const pid = Number(staged()[0]?.split('-')[1])
  process.kill(pid, 'SIGKILL')
  await attempt
  // initdb lives on for a moment, and may write into the folder while it is removed.
  await vi.waitFor(() => expect(processesOn(dataDir)).toEqual([]), WITHIN)

  const server = await start(dataDir)
  expect(await query(server.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  expect(readdirSync(dataDir)).toEqual(['postgres'])
})

test('a server that dies in mid-flight is reported, and a new start heals it on the same port', async () => {
  const dataDir = dataFolder()
  const onLost = vi.fn<(reason: Error) => void>()
  const first = await start(dataDir, { onLost })
  process.kill(serverPid(first.directory), 'SIGKILL')
  await vi.waitFor(() => expect(onLost).toHaveBeenCalledOnce(), WITHIN)
  expect(onLost.mock.calls[0]?.[0]).toBeInstanceOf(Error)

  const second = await start(dataDir, { onLost })
  expect(second.ownerUrl).toBe(first.ownerUrl)
  // The old handle has lost its right to the server.
  const pid = serverPid(second.directory)
  await first.stop()
  expect(isServerOf(pid, join(second.directory, 'data'))).toBe(true)
  await second.stop()
  expect(onLost).toHaveBeenCalledOnce()
})

test('a lock connection that dies alone is reported, and the server is taken over again', async () => {
  const dataDir = dataFolder()
  const onLost = vi.fn<(reason: Error) => void>()
  const first = await start(dataDir, { onLost })
  const pid = serverPid(first.directory)
  const credentials = JSON.parse(readFileSync(join(first.directory, 'credentials.json'), 'utf8')) as {
    postgres: string
  }
  const superuser = `postgresql://postgres:${credentials.postgres}@127.0.0.1:${first.port}/postgres`
  await query(
    superuser,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'suture instance lock'",
  )
  await vi.waitFor(() => expect(onLost).toHaveBeenCalledOnce(), WITHIN)
  const second = await start(dataDir)
  expect(second.adopted).toBe(true)
  expect(serverPid(second.directory)).toBe(pid)
  // Whoever lost the lock may no longer stop a server that another has taken over.
  await first.stop()
  expect(serverPid(second.directory)).toBe(pid)
})

test('the server lives in a session of its own, out of reach of Ctrl-C in the terminal', async () => {
  const dataDir = dataFolder()
  const holder = await startedProcess([dataDir], { detached: true })
  const pid = serverPid(holder.said.directory)
  // To the whole process group, as a terminal does.
  process.kill(-(holder.child.pid ?? Number.NaN), 'SIGINT')
  await once(holder.child, 'exit')
  expect(serverPid(holder.said.directory)).toBe(pid)
  expect(dirname(holder.said.directory)).toBe(dataDir)
})

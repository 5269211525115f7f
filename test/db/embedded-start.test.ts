import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SERVER_SETTINGS } from '../../adapters/postgres/settings.ts'
import { dataFolder, processesOn, query, serverPid, start } from '../support/embedded.ts'

test('the first start makes a database whose owner is no superuser, with secrets only Suture can read', async () => {
  const server = await start(dataFolder())
  expect(server.adopted).toBe(false)
  expect(await query(server.ownerUrl, 'SELECT current_database(), current_user')).toEqual([
    { current_database: 'suture', current_user: 'suture_owner' },
  ])
  const app = `postgresql://suture_app:${server.appPassword}@127.0.0.1:${server.port}/suture`
  const roles = `SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb) AS privileged
    FROM pg_roles WHERE rolname LIKE 'suture%'`
  expect(await query(app, roles)).toEqual([{ privileged: false }])
  expect(statSync(join(server.directory, 'credentials.json')).mode & 0o777).toBe(0o600)
  expect(statSync(join(server.directory, 'data')).mode & 0o777).toBe(0o700)
})

test('a wrong password and another database are refused', async () => {
  const server = await start(dataFolder())
  const wrong = `postgresql://suture_app:wrong@127.0.0.1:${server.port}/suture`
  await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed')
  await expect(query(server.ownerUrl, 'SELECT pg_read_file($$/etc/passwd$$)')).rejects.toThrow(
    'permission denied',
  )
})

test('the server listens on the loopback interface only and keeps what it has acknowledged', async () => {
  const server = await start(dataFolder())
  const names = [
    'listen_addresses',
    'unix_socket_directories',
    'fsync',
    'synchronous_commit',
    'full_page_writes',
  ]
  const rows = await query(
    server.ownerUrl,
    `SELECT name, setting FROM pg_settings WHERE name = ANY('{${names.join()}}')`,
  )
  // pg_settings hides two of these from who is no superuser; the command line shows them.
  expect(rows).toEqual(
    expect.arrayContaining([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
    ]),
  )
  const line = readFileSync(`/proc/${serverPid(server.directory)}/cmdline`, 'utf8')
  for (const name of names) expect(line).toContain(`${name}=${SERVER_SETTINGS[name]}`)
  expect(listeners(server.port)).toEqual(['127.0.0.1'])
})

test('a restart keeps the data, the port and the passwords', async () => {
  const dataDir = dataFolder()
  const first = await start(dataDir)
  await query(first.ownerUrl, 'CREATE TABLE pebble AS SELECT 7 AS id')
  await first.stop()
  const second = await start(dataDir)
  expect(second.adopted).toBe(false)
  expect(second.ownerUrl).toBe(first.ownerUrl)
  expect(second.appPassword).toBe(first.appPassword)
  expect(await query(second.ownerUrl, 'SELECT id FROM pebble')).toEqual([{ id: 7 }])
})

test('stopping leaves no process behind, and stopping again is harmless', async () => {
  const server = await start(dataFolder())
  expect(processesOn(server.directory)).not.toEqual([])
  // A client in the middle of something must not hold the stop up.
  const sleeping = query(server.ownerUrl, 'SELECT pg_sleep(600)').catch((error: Error) => error.message)
  const seen = () => query(server.ownerUrl, "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)'")
  await expect.poll(seen, { timeout: 60_000 }).toHaveLength(1)
  await Promise.all([server.stop(), server.stop()])
  expect(processesOn(server.directory)).toEqual([])
  expect(await sleeping).toMatch(/terminat/i)
})

test('a path with spaces, quotes and letters beyond ASCII works', async () => {
  const dataDir = dataFolder(`data of "Zoë" & it's $HOME`)
  const server = await start(dataDir)
  expect(server.directory).toBe(join(dataDir, 'postgres'))
  expect(await query(server.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('an occupied port is passed over for the next free one, which is remembered', async () => {
  const dataDir = dataFolder()
  const occupant = createServer().listen(0, '127.0.0.1')
  await once(occupant, 'listening')
  onTestFinished(() => void occupant.close())
  const address = occupant.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const server = await start(dataDir, { port })
  expect(server.port).toBeGreaterThan(port)
  expect(server.log).toContain(`port ${port} is occupied; PostgreSQL listens on ${server.port}`)
  await server.stop()
  expect((await start(dataDir)).port).toBe(server.port)
})

test('a server that can not start says why', async () => {
  const attempt = start(dataFolder(), { settings: { shared_buffers: 'plenty' } })
  await expect(attempt).rejects.toThrow(/did not start[\s\S]*shared_buffers[\s\S]*plenty/)
})

/** The IPv4 addresses that listen on `port`; /proc/net/tcp writes them as little-endian hex. */
function listeners(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
    .map((fields) => [...Buffer.from(fields[1]!.slice(0, 8), 'hex')].reverse().join('.'))
}

import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { binariesFor, packagedHome } from '../../adapters/postgres/binaries.ts'
import { firstClosedFolder, isRoot, postgresUser } from '../../adapters/postgres/server-user.ts'
import { dataFolder, query, removeCluster, serverPid, start, startedProcess } from '../support/embedded.ts'

const NOBODY = { uid: 65_534, gid: 65_534 }
const ownerOf = (pid: number) => statSync(`/proc/${pid}`).uid

/** Whether the user `nobody` can read the sources and run Node: not when the project lies in a closed home. */
const nobodyReaches = async () => isRoot() && !(await firstClosedFolder(dirname(process.execPath), NOBODY))

describe.skipIf(!isRoot())('as root', () => {
  test('the server runs as the user postgres', async () => {
    const server = await start(dataFolder())
    expect(ownerOf(serverPid(server.directory))).toBe((await postgresUser(() => undefined)).uid)
  })

  test('below a closed folder the database is kept in /var/lib/suture, which is said once', async () => {
    const dataDir = dataFolder()
    const closed = dirname(dataDir)
    chmodSync(closed, 0o700)
    const first = await start(dataDir)
    onTestFinished(() => removeCluster(first.directory, dirname(first.directory)))
    expect(first.directory).toMatch(/^\/var\/lib\/suture\/[0-9a-f]{16}\/postgres$/)
    expect(first.log).toEqual([expect.stringContaining(first.directory)])
    expect(first.log[0]).toContain(`can't pass ${closed};`)
    await query(first.ownerUrl, 'CREATE TABLE pebble AS SELECT 7 AS id')
    await first.stop()

    // It stays there, even if the folder is opened later.
    chmodSync(closed, 0o711)
    const second = await start(dataDir)
    expect(second.log).toEqual([])
    expect(await query(second.ownerUrl, 'SELECT id FROM pebble')).toEqual([{ id: 7 }])
  })

  test('a database whose folder was closed later is named, with the remedy', async () => {
    const dataDir = dataFolder()
    await (await start(dataDir)).stop()
    chmodSync(dirname(dataDir), 0o700)
    await expect(start(dataDir)).rejects.toThrow(`chmod o+x ${dirname(dataDir)}`)
  })

  test('binaries that the user postgres can not reach are copied to where it can', async () => {
    const user = await postgresUser(() => undefined)
    const folder = dirname(dataFolder())
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    execFileSync('cp', ['-r', dirname(packagedHome()), join(closed, 'package')])
    const log: string[] = []
    const packaged = join(closed, 'package/native')
    const { postgres } = await binariesFor(user, (line) => log.push(line), packaged, join(folder, 'shared'))
    expect(postgres.startsWith(join(folder, 'shared/postgresql-18.'))).toBe(true)
    expect(log).toEqual([expect.stringContaining(closed)])
    expect(execFileSync(postgres, ['--version'], { ...user, encoding: 'utf8' })).toContain('PostgreSQL) 18.')
    await binariesFor(user, (line) => log.push(line), packaged, join(folder, 'shared'))
    expect(log).toHaveLength(1)
  })
})

describe.skipIf(!(await nobodyReaches()))('as an ordinary user', () => {
  test('the server runs as that user, and root may take the database over without spoiling it', async () => {
    const dataDir = dataFolder()
    mkdirSync(dataDir)
    chownSync(dataDir, NOBODY.uid, NOBODY.gid)
    const own = await startedProcess([dataDir], NOBODY)
    expect(ownerOf(serverPid(own.said.directory))).toBe(NOBODY.uid)
    await own.end()

    const byRoot = await start(dataDir)
    expect(ownerOf(serverPid(byRoot.directory))).toBe(NOBODY.uid)
    await byRoot.stop()

    const again = await startedProcess([dataDir], NOBODY)
    expect(again.said.ownerUrl).toBe(own.said.ownerUrl)
    await again.end()
  })

  test("another user's database is refused with its owner", async () => {
    const dataDir = dataFolder()
    await (await start(dataDir)).stop()
    await expect(startedProcess([dataDir], NOBODY)).rejects.toThrow(
      /can't be read; it belongs to the user with id 0/,
    )
  })
})

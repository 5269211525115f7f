import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { firstClosedFolder, isRoot } from '../../adapters/postgres/server-user.ts'
import { dataFolder } from '../support/embedded.ts'
import { processesNaming } from '../support/process-table.ts'
import { ask, startedSuture } from '../support/suture.ts'

const nobody = { uid: 65_534, gid: 65_534 }
const within = { timeout: 60_000, interval: 25 }
const reachesEverything = isRoot() && !(await firstClosedFolder(dirname(process.execPath), nobody))

it.skipIf(!reachesEverything)(
  'an ordinary user starts everything, and it all runs as that user',
  async () => {
    const dataDir = dataFolder('a user’s own folder')
    mkdirSync(dataDir)
    chownSync(dataDir, nobody.uid, nobody.gid)
    const suture = await startedSuture({ dataDir, env: { SUTURE_PORT: '0', HOME: dataDir }, spawn: nobody })
    expect((await ask(suture.url(), '/health')).status).toBe(200)
    const owners = suture
      .family()
      .map((pid) => (existsSync(`/proc/${pid}`) ? statSync(`/proc/${pid}`).uid : nobody.uid))
    expect(new Set(owners)).toEqual(new Set([nobody.uid]))
    expect(await suture.stop()).toBe(0)
    await vi.waitFor(() => expect(processesNaming(dataDir)).toEqual([]), within)
  },
)

it.skipIf(!isRoot())(
  'root starts below a closed folder too: the banner names where the database is',
  async () => {
    const dataDir = dataFolder()
    chmodSync(dirname(dataDir), 0o700)
    const suture = await startedSuture({ dataDir, env: { SUTURE_PORT: '0', SUTURE_LAB: 'off' } })
    const directory = /embedded PostgreSQL in (\S+)/.exec(suture.stdout())?.[1] ?? ''
    expect(directory).toMatch(/^\/var\/lib\/suture\/[0-9a-f]{16}\/postgres$/)
    expect(existsSync(join(directory, 'data'))).toBe(true)
    expect(readFileSync(join(directory, '..', 'data-dir'), 'utf8')).toBe(`${dataDir}\n`)
    expect(await suture.stop()).toBe(0)
    await vi.waitFor(() => expect(processesNaming(directory)).toEqual([]), within)
  },
)

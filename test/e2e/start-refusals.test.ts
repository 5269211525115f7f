import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { dataFolder } from '../support/embedded.ts'
import { processesNaming } from '../support/process-table.ts'
import { ask, occupy, spawnSuture, startedSuture } from '../support/suture.ts'

const within = { timeout: 60_000, interval: 25 }

it('an occupied port that was asked for is refused, and nothing has been started', async () => {
  const dataDir = dataFolder()
  const { port: taken } = await occupy()
  const refused = spawnSuture({ dataDir, env: { SUTURE_PORT: String(taken) } })
  expect((await refused.ended).code).toBe(1)
  expect(refused.stderr()).toBe(
    `Suture was not started. Port ${taken} on 127.0.0.1 is taken by another program. Stop that program, or set SUTURE_PORT to another port.\n`,
  )
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
  expect(refused.family()).toEqual([])
})

it('an occupied port that was not asked for is left alone: the next free one is taken, and the banner says so', async () => {
  // Whoever else has it, a test or a Suture of one's own, serves as well.
  await occupy(7_500).catch(() => undefined)
  const dataDir = dataFolder()
  const suture = await startedSuture({ dataDir, env: { SUTURE_LAB: 'off' } })
  const port = Number(new URL(suture.url()).port)
  expect(port).toBeGreaterThan(7_500)
  expect(suture.stdout()).toContain(`Port 7500 is taken by another program, so it listens on ${port}.`)
  expect((await ask(suture.url(), '/health')).status).toBe(200)
  expect(await suture.stop()).toBe(0)
})

it('an address that is not of this machine is refused in words', async () => {
  const refused = spawnSuture({
    dataDir: dataFolder(),
    env: { SUTURE_HOST: '192.0.2.1', SUTURE_PORT: '7500' },
  })
  expect((await refused.ended).code).toBe(1)
  expect(refused.stderr()).toContain('192.0.2.1 port 7500 (EADDRNOTAVAIL). Set SUTURE_HOST')
})

it('a second start on the same data is refused with the folder, and the first and its lab run on undisturbed', async () => {
  const dataDir = dataFolder()
  const first = await startedSuture({ dataDir, env: { SUTURE_PORT: '0' } })
  const family = first.family().length
  const labFiles = () => ['lab.json', 'token'].map((name) => readFileSync(join(dataDir, 'lab', name), 'utf8'))
  const before = labFiles()

  // How long the program alone takes to begin on this machine just now.
  const idle = performance.now()
  await spawnSuture({ dataDir, args: ['--help'] }).ended
  const began = performance.now()
  const second = spawnSuture({ dataDir, env: { SUTURE_PORT: '0' } })
  const seen = vi.fn<(pids: number[]) => void>()
  const watching = setInterval(() => seen(second.family()), 20)
  expect((await second.ended).code).toBe(1)
  clearInterval(watching)
  expect(performance.now() - began - (began - idle)).toBeLessThan(20_000)
  expect(second.stderr()).toBe(
    `Suture was not started. Suture is already running on ${dataDir}. Use that one, stop it first, or give this one a data directory of its own.\n`,
  )
  // It did not even begin with a lab, a watchdog or a server of its own.
  expect(seen.mock.calls.flat(2)).toEqual([])
  expect(labFiles()).toEqual(before)
  expect((await ask(first.url(), '/health')).status).toBe(200)
  expect(first.family().length).toBeGreaterThanOrEqual(family - 2)
  expect(await first.stop()).toBe(0)
  await vi.waitFor(() => expect(processesNaming(dataDir)).toEqual([]), within)
})

it('every setting that does not fit is told at once, by name and with a remedy, and a secret is not repeated', async () => {
  const dataDir = dataFolder()
  const refused = spawnSuture({
    dataDir,
    env: {
      SUTURE_PORT: 'http',
      SUTURE_LEASE: '1 fortnight',
      SUTURE_LAB: 'maybe',
      DATABASE_URL: 'mysql://root:hunter2@db',
      SUTURE_CATALOG: 'catalogue.yaml',
    },
  })
  expect((await refused.ended).code).toBe(2)
  const lines = refused.stderr().trim().split('\n')
  expect(lines[0]).toBe('Suture was not started: these settings do not fit.')
  expect(lines.slice(1).map((line) => line.trim().split(':')[0])).toEqual([
    'SUTURE_PORT',
    'SUTURE_LAB',
    'DATABASE_URL',
    'SUTURE_LEASE',
    'SUTURE_CATALOG',
  ])
  expect(refused.stderr()).toContain('expected a whole number from 0 to 65535, found "http"')
  expect(refused.stderr()).toContain('The nearest is SUTURE_CATALOGUE')
  expect(refused.stderr()).not.toContain('hunter2')
  expect(existsSync(dataDir)).toBe(false)
})

it('I6 every problem of every file is told at once with file, line and remedy, before anything starts', async () => {
  const dataDir = dataFolder()
  const folder = join(dataDir, '..', 'files')
  mkdirSync(folder)
  const catalogue = join(dataDir, '..', 'catalogue.yaml')
  writeFileSync(catalogue, 'services:\n  - name: shop\n    timeZone: Mars/Olympus\n    channels: incidents\n')
  writeFileSync(join(folder, 'odd.yaml'), 'name: odd\nversion: 1\nimpact: gigantic\n')
  const start = (env: Record<string, string>) =>
    spawnSuture({ dataDir, env: { SUTURE_LAB: 'off', SUTURE_PORT: '0', ...env } })
  const bad = start({ SUTURE_CATALOGUE: catalogue, SUTURE_PLAYBOOKS: folder })
  const missing = start({
    SUTURE_CATALOGUE: join(folder, 'none.yaml'),
    SUTURE_PLAYBOOKS: join(folder, 'none'),
  })
  expect((await bad.ended).code).toBe(2)
  const said = bad.stderr()
  expect(said).toContain('these files do not fit')
  expect(said).toMatch(/catalogue\.yaml:3:\d+ .*timeZone/)
  expect(said).toMatch(/catalogue\.yaml:4:\d+ .*channels/)
  expect(said).toMatch(/odd\.yaml:3:\d+ impact: /)

  expect((await missing.ended).code).toBe(2)
  expect(missing.stderr()).toMatch(
    /SUTURE_CATALOGUE: \S+none\.yaml cannot be read: there is nothing of that name\. .+\n {2}SUTURE_PLAYBOOKS: \S+none cannot be read/,
  )
  expect(existsSync(dataDir)).toBe(false)
})

it('H9 the lab refuses an address that others can reach', async () => {
  const refused = spawnSuture({ dataDir: dataFolder(), env: { SUTURE_LAB: 'on', SUTURE_HOST: '0.0.0.0' } })
  expect((await refused.ended).code).toBe(2)
  expect(refused.stderr()).toContain('SUTURE_LAB: the lab protects nothing, so it must not listen on 0.0.0.0')
})

it('a role alone is refused without a database that others can reach', async () => {
  const refused = spawnSuture({ dataDir: dataFolder(), args: ['--role', 'worker'] })
  const unknown = spawnSuture({ dataDir: dataFolder(), args: ['--role', 'wroker'] })
  expect((await refused.ended).code).toBe(2)
  expect(refused.stderr()).toContain('DATABASE_URL: it is not set')
  expect((await unknown.ended).code).toBe(2)
  expect(unknown.stderr()).toContain('There is no role wroker. Roles are all, api, bot, worker')
})

import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { isRoot } from '../../adapters/postgres/server-user.ts'
import { hasChromium, launchBrowser, openPage } from '../support/browser.ts'
import { dataFolder, query, removeCluster, serverPid } from '../support/embedded.ts'
import { adminKeyOf, ask, firing, occupy, type Suture, startedSuture } from '../support/suture.ts'

const within = { timeout: 60_000, interval: 50 }
const env = { SUTURE_LAB: 'off', SUTURE_PORT: '0', SUTURE_ALERTMANAGER_SECRET: 'secret' }

const post = (suture: Suture, name: string) =>
  ask(suture.url(), '/v1/alerts/alertmanager', { method: 'POST', key: 'secret', body: firing(name) })

const check = async (suture: Suture, name: string, key: string) => {
  const { json } = await ask(suture.url(), '/v1/health', { key })
  return (json['checks'] as Record<string, { status: string; detail: string }> | undefined)?.[name]
}

interface OpenFailure {
  readonly name: string
  readonly status: string
  readonly detail: string
  readonly since: string | null
}

/** What is told of a check that fails to somebody without a key. */
const openFailure = async (suture: Suture, name: string): Promise<OpenFailure | undefined> =>
  ((await ask(suture.url(), '/health')).json['failing'] as OpenFailure[]).find((each) => each.name === name)

/** Titles of all alerts in the database, as its superuser sees them. */
const storedAlerts = async (dataDir: string): Promise<string[]> => {
  const folder = join(dataDir, 'postgres')
  const { postgres: password } = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8')) as {
    postgres: string
  }
  const port = readFileSync(join(folder, 'port'), 'utf8').trim()
  const rows = await query(
    `postgres://postgres:${password}@127.0.0.1:${port}/suture`,
    'select title from alert',
  )
  return (rows as { title: string }[]).map(({ title }) => title)
}

it('I2 a database that is killed in mid-flight is started again: 503 meanwhile, and no acknowledged alert is lost', async () => {
  const dataDir = dataFolder()
  const suture = await startedSuture({ dataDir, env })
  const acknowledged: string[] = []
  const refused: (string | null)[] = []
  let posting = true
  const sender = (async () => {
    for (let at = 0; posting; at += 1) {
      const { status, headers } = await post(suture, `Alert${at}`)
      if (status === 200) acknowledged.push(`Alert${at}`)
      else if (status === 503) refused.push(headers.get('retry-after'))
      else throw new Error(`answered with ${status}`)
    }
  })()
  for (let kills = 0; kills < 2; kills += 1) {
    const before = acknowledged.length
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(before + 20), within)
    const pid = serverPid(join(dataDir, 'postgres'))
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(serverPid(join(dataDir, 'postgres'))).not.toBe(pid), within)
    const then = acknowledged.length
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(then + 20), within)
  }
  posting = false
  await sender
  expect(refused.length).toBeGreaterThan(0)
  expect(new Set(refused)).toEqual(new Set(['2']))
  expect(await storedAlerts(dataDir)).toEqual(expect.arrayContaining(acknowledged))
  expect(suture.stderr()).toContain('the embedded database is back')
  await vi.waitFor(async () => expect((await ask(suture.url(), '/health')).status).toBe(200), within)
  expect(await suture.stop()).toBe(0)
  await vi.waitFor(() => expect(suture.family()).toEqual([]), within)
})

it('while another program holds the port of a lost database, health says to everybody what fails and since when, the log says why, and it comes back when that ends', async () => {
  const dataDir = dataFolder()
  const suture = await startedSuture({ dataDir, env })
  const key = adminKeyOf(suture)
  const port = Number(readFileSync(join(dataDir, 'postgres', 'port'), 'utf8'))
  const began = Date.now()
  const release = await takeOver(suture.pid, port, serverPid(join(dataDir, 'postgres')))
  await vi.waitFor(async () => {
    expect((await ask(suture.url(), '/health')).status).toBe(503)
    expect(suture.stderr()).toContain(`port ${port} is taken by another program`)
  }, within)
  // No key can be looked up now, so what is open has to say it; what it says stays the same until it is over.
  expect((await ask(suture.url(), '/v1/health', { key })).status).toBe(503)
  const failure = await openFailure(suture, 'database')
  expect(failure).toEqual({
    name: 'database',
    status: 'fail',
    detail: expect.stringMatching(
      /^not reachable since \d\d:\d\d:\d\d UTC; alerts are answered with 503 until it is back$/,
    ) as string,
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  })
  const sinceMs = Date.parse(failure?.since ?? '')
  expect(sinceMs).toBeGreaterThan(began - 1_000)
  expect(sinceMs).toBeLessThanOrEqual(Date.now())
  expect(JSON.stringify((await ask(suture.url(), '/health')).json)).not.toMatch(
    new RegExp(`${port}|127\\.0|PostgreSQL|${dataDir}`),
  )
  expect((await post(suture, 'Refused')).status).toBe(503)
  expect(await openFailure(suture, 'database')).toEqual(failure)
  await release()
  await vi.waitFor(async () => expect((await post(suture, 'Taken')).status).toBe(200), within)
  await vi.waitFor(async () => expect((await check(suture, 'database', key))?.status).toBe('pass'), within)
  expect((await ask(suture.url(), '/health')).json).toMatchObject({ failing: [] })
  expect(await suture.stop()).toBe(0)
})

it.skipIf(!hasChromium)(
  'C3 whoever has the console open sees on its health page what fails while the database is away, and that it is back',
  async () => {
    const dataDir = dataFolder()
    const suture = await startedSuture({ dataDir, env })
    const browser = await launchBrowser()
    onTestFinished(() => browser.close())
    const { page } = await openPage(browser, suture.url())
    await page.getByLabel('API key').fill(adminKeyOf(suture))
    await page.getByLabel('API key').press('Enter')
    await page.getByRole('link', { name: 'Health' }).waitFor()
    const port = Number(readFileSync(join(dataDir, 'postgres', 'port'), 'utf8'))
    const release = await takeOver(suture.pid, port, serverPid(join(dataDir, 'postgres')))
    await vi.waitFor(async () => expect((await ask(suture.url(), '/health')).status).toBe(503), within)

    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByRole('heading', { name: 'Suture needs help' }).waitFor()
    await page.getByText(/^not reachable since \d\d:\d\d:\d\d UTC; alerts are answered with 503/).waitFor()
    // Opened anew, when nobody can be recognised.
    await page.goto(`${suture.url()}/health`)
    await page.getByText(/Database: not reachable since \d\d:\d\d:\d\d UTC/).waitFor()
    await release()
    await page.getByRole('heading', { name: /^Suture (is well|works)/ }).waitFor()
    expect(await suture.stop()).toBe(0)
  },
)

/** Kills the server and is on its port before anybody else: Suture stands still meanwhile. */
const takeOver = async (suture: number, port: number, server: number): Promise<() => Promise<void>> => {
  process.kill(suture, 'SIGSTOP')
  try {
    process.kill(server, 'SIGKILL')
    return (await vi.waitFor(() => occupy(port), { timeout: 60_000, interval: 1 })).release
  } finally {
    process.kill(suture, 'SIGCONT')
  }
}

const small = isRoot() && canMount()

it.skipIf(!small)(
  'a full disk: alerts are answered with 503, health says why, and all goes on when there is room',
  async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'suture-full-')))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192m,mode=711', 'tmpfs', folder])
    const dataDir = join(folder, 'data')
    const filler = join(folder, 'filler')
    onTestFinished(async () => {
      rmSync(filler, { force: true })
      await removeCluster(join(dataDir, 'postgres'), dataDir)
      execFileSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    })
    mkdirSync(dataDir, { mode: 0o755 })
    const suture = await startedSuture({ dataDir, env })
    const key = adminKeyOf(suture)
    const acknowledged: string[] = []
    const send = async (): Promise<number> => {
      const name = `Full${acknowledged.length}`
      const { status, headers } = await post(suture, name)
      if (status === 200) acknowledged.push(name)
      else expect(headers.get('retry-after')).toBe('2')
      return status
    }
    expect(await send()).toBe(200)

    fill(filler)
    await vi.waitFor(async () => expect(await send()).toBe(503), { timeout: 60_000, interval: 0 })
    await vi.waitFor(async () => expect((await ask(suture.url(), '/health')).status).toBe(503), within)

    await vi.waitFor(async () => {
      expect(await check(suture, 'disk', key)).toMatchObject({
        status: 'fail',
        detail: expect.stringContaining('is full: 0 MB') as string,
      })
    }, within)
    expect((await openFailure(suture, 'disk'))?.detail).toMatch(
      /^full since \d\d:\d\d:\d\d UTC; alerts are answered with 503 until there is room$/,
    )

    rmSync(filler)
    await vi.waitFor(async () => expect(await send()).toBe(200), within)
    await vi.waitFor(async () => expect((await ask(suture.url(), '/health')).status).toBe(200), within)
    expect((await check(suture, 'disk', key))?.detail).toContain('MB are free')
    expect(await storedAlerts(dataDir)).toEqual(expect.arrayContaining(acknowledged))
    expect(await suture.stop()).toBe(0)
  },
)

/** Writes until the disk holds no byte more. */
function fill(file: string): void {
  for (const size of [1024 * 1024, 4096]) {
    const block = Buffer.alloc(size)
    try {
      for (;;) appendFileSync(file, block)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}

/** A container may be root and still mount nothing. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'suture-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

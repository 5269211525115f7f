import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { dataFolder } from '../support/embedded.ts'
import { processesNaming } from '../support/process-table.ts'
import { ask, firing, startedSuture } from '../support/suture.ts'

const within = { timeout: 60_000, interval: 25 }
const port = { SUTURE_PORT: '0' }

/** The cookie of somebody of the lab. */
const adaAt = async (url: string): Promise<string> => {
  const began = await fetch(`${url}/v1/lab/persona`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personId: 'person_ada' }),
  })
  return (began.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
}

/** What the self-test finds, by the names of its checks. */
const testsAt = async (url: string): Promise<Record<string, string>> => {
  const cookie = await adaAt(url)
  const me = await fetch(`${url}/v1/me`, { headers: { cookie } })
  const { csrfToken } = (await me.json()) as { csrfToken: string }
  const answer = await fetch(`${url}/v1/self-test`, {
    method: 'POST',
    headers: { cookie, 'x-csrf-token': csrfToken },
  })
  const { checks } = (await answer.json()) as { checks: { name: string; status: string; detail: string }[] }
  return Object.fromEntries(
    checks.map(({ name, status, detail }) => [name, status === 'fail' ? detail : status]),
  )
}

/** Titles of all incidents, as a persona of the lab sees them. */
const titlesAt = async (url: string): Promise<string[]> => {
  const cookie = await adaAt(url)
  const listed = await fetch(`${url}/v1/incidents`, { headers: { cookie } })
  return ((await listed.json()) as { items: { title: string }[] }).items.map(({ title }) => title)
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

it('H9 Q3 one command starts the lab, passes its own tests, says where to look and what to press, and Ctrl-C leaves nothing behind', async () => {
  const dataDir = dataFolder('a folder with spaces')
  const suture = await startedSuture({ dataDir, env: port })
  const said = suture.stdout()
  expect(said).toContain(`Suture is running at ${suture.url()}`)
  expect(said).toContain('This is the lab')
  expect(said).toContain('npm run lab -- break checkout hang')
  expect(said).toContain('Ctrl-C stops it.')
  expect(said).toContain(`Log: ${join(dataDir, 'suture.log')}`)
  expect((await ask(suture.url(), '/health')).json).toEqual({
    status: expect.any(String) as string,
    version: '0.1.0',
    failing: [],
  })
  // Through the real queue, the real watchdog and the real disk.
  expect(await testsAt(suture.url())).toMatchObject({
    database: 'pass',
    clock: 'pass',
    queue: 'pass',
    outbox: 'pass',
    'sealed history': 'pass',
    policy: 'pass',
    watchdog: 'pass',
    console: 'pass',
    'actions on http': 'pass',
    disk: 'pass',
  })
  const family = suture.family()
  // The watchdog, the lab with its three services, PostgreSQL with its backends.
  expect(family.length).toBeGreaterThan(8)
  await vi.waitFor(() => expect(processesNaming(dataDir)).toHaveLength(2), within)

  const began = performance.now()
  expect(await suture.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(30_000)
  expect(suture.stdout()).toContain('finishing what is under way')
  // The terminal is for people: log lines go to the file.
  expect(suture.stderr()).toBe('')
  expect(suture.stdout()).not.toContain('"level"')
  await vi.waitFor(() => expect(suture.family()).toEqual([]), within)
  expect(processesNaming(dataDir)).toEqual([])
  expect(readFileSync(join(dataDir, 'suture.log'), 'utf8')).toContain('"level"')
})

it('a killed Suture is followed by its lab and watchdog; the next start adopts the database with all that was in it', async () => {
  const dataDir = dataFolder()
  const killed = await startedSuture({ dataDir, env: { ...port, SUTURE_GRAFANA_SECRET: 's' } })
  const acknowledged = await ask(killed.url(), '/v1/alerts/grafana', {
    method: 'POST',
    key: 's',
    body: firing('Kept', { service: 'kept-service' }),
  })
  expect([acknowledged.status, acknowledged.json['created']]).toEqual([200, 1])
  killed.family()
  killed.child.kill('SIGKILL')
  await killed.ended
  const others = () => killed.family().filter((pid) => !commandOf(pid).includes('postgres'))
  await vi.waitFor(() => expect(others().map(commandOf)).toEqual([]), within)
  // A new backend of PostgreSQL bears its postmaster's name for a moment.
  await vi.waitFor(() => expect(processesNaming(dataDir)).toHaveLength(1), within)

  const heir = await startedSuture({ dataDir, env: port })
  expect(heir.stdout()).toContain('taken over from a Suture that died')
  expect(await titlesAt(heir.url())).toContain('Kept')
  heir.signal('SIGTERM')
  expect((await heir.ended).code).toBe(0)
  await vi.waitFor(() => expect(processesNaming(dataDir)).toEqual([]), within)
})

it('a second Ctrl-C stops at once, and the next start goes on from there', async () => {
  const dataDir = dataFolder()
  const hurried = await startedSuture({ dataDir, env: port })
  hurried.family()
  // Stopped processes answer nothing: the end of the lab has to be waited for, until somebody presses again.
  const lab = hurried.family().find((pid) => commandOf(pid).includes('supervisor.ts')) ?? 0
  process.kill(lab, 'SIGSTOP')
  hurried.signal('SIGINT')
  // The same press, passed on by npm, is no second one.
  hurried.signal('SIGINT')
  await vi.waitFor(() => expect(hurried.stdout()).toContain('press Ctrl-C again'), within)
  await vi.waitFor(() => {
    if (hurried.child.exitCode === null) hurried.signal('SIGINT')
    expect(hurried.stderr()).toContain('Stopping at once')
  }, within)
  expect((await hurried.ended).code).toBe(130)
  process.kill(lab, 'SIGCONT')
  await vi.waitFor(
    () => expect(hurried.family().filter((pid) => !commandOf(pid).includes('postgres'))).toEqual([]),
    within,
  )
  const next = await startedSuture({ dataDir, env: port })
  expect(await next.stop()).toBe(0)
  await vi.waitFor(() => expect(processesNaming(dataDir)).toEqual([]), within)
})

it('npm start in a terminal: one Ctrl-C is one, though npm passes it on', async () => {
  const dataDir = dataFolder()
  const suture = await startedSuture({ dataDir, env: port, command: ['npm', 'start'] })
  await suture.stop()
  expect(suture.stdout()).toContain('finishing what is under way')
  expect(suture.stderr()).not.toContain('Stopping at once')
  await vi.waitFor(() => expect(suture.family()).toEqual([]), within)
  expect(processesNaming(dataDir)).toEqual([])
})

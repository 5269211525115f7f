import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  type LabUnderTest,
  labDirectory,
  removeDirectory,
  startTestLab,
  stillRunning,
} from './lab-support.ts'

let dir: string
let lab: LabUnderTest | null

beforeEach(async () => {
  dir = await labDirectory()
  lab = null
})
afterEach(async () => {
  await lab?.stop()
  await removeDirectory(dir)
})

const soon = { timeout: 60_000, interval: 50 }

test('starting writes where the lab is, its catalogue, and a token only its owner may read', async () => {
  lab = await startTestLab(dir)
  expect(JSON.parse(await readFile(join(dir, 'lab.json'), 'utf8'))).toEqual({ url: lab.url, pid: lab.pid })
  expect((await stat(join(dir, 'token'))).mode & 0o777).toBe(0o600)
  expect(await readFile(join(dir, 'token'), 'utf8')).toBe(`${lab.token}\n`)
  const { services } = parse(await readFile(lab.cataloguePath, 'utf8')) as {
    services: { probe: { url: string } }[]
  }
  expect(services).toHaveLength(3)
  for (const { probe } of services) expect((await fetch(probe.url)).status).toBe(200)
})

test('stopping leaves no process behind, hung ones included', async () => {
  lab = await startTestLab(dir)
  await lab.post('/services/checkout/break', { fault: 'hang' })
  await lab.post('/services/payments/scale', { delta: 2 })
  const pids = await lab.pids()
  expect(pids).toHaveLength(6)
  await lab.stop()
  await expect.poll(() => stillRunning(pids), soon).toEqual([])
  expect(existsSync(join(dir, 'lab.json'))).toBe(false)
})

test('a kill -9 of the supervisor takes its services with it, hung ones included', async () => {
  lab = await startTestLab(dir)
  await lab.post('/services/checkout/break', { fault: 'hang' })
  const pids = await lab.pids()
  process.kill(lab.pid, 'SIGKILL')
  await expect.poll(() => stillRunning(pids), soon).toEqual([])
})

test('a kill -9 of whoever started the lab takes all of it along', async () => {
  const start = JSON.stringify(new URL('../../lab/start.ts', import.meta.url).href)
  const code = `const { startLab } = await import(${start})
    const lab = await startLab({ dir: process.argv[1], port: 0, log: () => {} })
    const state = await (await fetch(lab.url + '/state')).json()
    console.log(JSON.stringify([lab.pid, ...state.services.flatMap((s) => s.instances.map((i) => i.pid))]))`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (chunk) => resolve(String(chunk))),
  )
  const pids = JSON.parse(line) as number[]
  expect(await stillRunning(pids)).toHaveLength(4)
  parent.kill('SIGKILL')
  await expect.poll(() => stillRunning(pids), soon).toEqual([])
})

test('an occupied port is passed over for the next', async () => {
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  try {
    lab = await startTestLab(dir, { port })
    expect(Number(new URL(lab.url).port)).toBeGreaterThan(port)
  } finally {
    holder.close()
  }
})

test('a second lab on the same directory is refused and says which one runs', async () => {
  lab = await startTestLab(dir)
  await expect(startTestLab(dir)).rejects.toThrow(`a lab already runs on ${dir} (pid ${lab.pid}`)
  expect((await lab.order('checkout')).status).toBe(200)
})

test('a lab that cannot start says why', async () => {
  await expect(startTestLab(dir, { probeIntervalMs: 5 })).rejects.toThrow(
    '--probe-interval-ms must be a whole number from 50 to 60000, not 5',
  )
})

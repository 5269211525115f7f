import { expect, test } from 'vitest'
import { AlreadyRunningError } from '../../adapters/postgres/embedded.ts'
import { dataFolder, query, serverPid, start, startedProcess, startProcess } from '../support/embedded.ts'

test('a second start on the same data is refused by name, and the first goes on', async () => {
  const dataDir = dataFolder()
  const first = await startedProcess([dataDir])
  const pid = serverPid(first.said.directory)

  const refused = await start(dataDir).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(AlreadyRunningError)
  expect(refused).toMatchObject({ dataDir, message: expect.stringContaining(dataDir) as string })
  expect(String(refused)).toMatch(/stop it first, or give this one a data directory of its own/)
  expect(serverPid(first.said.directory)).toBe(pid)
  expect(await query(first.said.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])

  await first.end()
  const next = await start(dataDir)
  expect(next.adopted).toBe(false)
})

test('of four first starts at once one wins, and the others are refused by name', async () => {
  const dataDir = dataFolder()
  const holders = await Promise.all(Array.from({ length: 4 }, () => startProcess([dataDir])))
  const said = holders.map((holder) => holder.said)
  expect(said.filter(({ kind }) => kind === 'up')).toHaveLength(1)
  expect(said.filter((one) => one.kind === 'refused' && one.alreadyRunning)).toHaveLength(3)
})

test('of three starts on a server left by a killed Suture one adopts it, and the others are refused', async () => {
  const dataDir = dataFolder()
  const killed = await startedProcess([dataDir])
  const pid = serverPid(killed.said.directory)
  await killed.killHard()
  const holders = await Promise.all(Array.from({ length: 3 }, () => startProcess([dataDir])))
  const said = holders.map((holder) => holder.said)
  expect(said.filter((one) => one.kind === 'up' && one.adopted)).toHaveLength(1)
  expect(said.filter((one) => one.kind === 'refused' && one.alreadyRunning)).toHaveLength(2)
  expect(serverPid(killed.said.directory)).toBe(pid)
})

test('a start while the first is stopping waits for its end and starts anew', async () => {
  const dataDir = dataFolder()
  const first = await start(dataDir)
  const [, second] = await Promise.all([first.stop(), start(dataDir)])
  expect(second.adopted).toBe(false)
  expect(await query(second.ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

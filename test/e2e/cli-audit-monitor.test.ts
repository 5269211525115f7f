import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { exampleOrigin } from '../../scripts/audit-history.ts'
import { aSigner } from '../../scripts/audit-signer.ts'
import { asOwnerOfAll, keysInHand, sealAll, write } from '../db/seal-world.ts'
import { aHome } from './cli-support.ts'
import { type CliWorld, startCliWorld } from './cli-world.ts'

vi.setConfig({ testTimeout: 60_000 })

let world: CliWorld
let admin: string
let viewer: string
let vkey: string
const keys = keysInHand()

beforeAll(async () => {
  world = await startCliWorld({ here: true })
  admin = (await world.keyOf('Root', ['admin'], ['read', 'admin'])).key
  viewer = (await world.keyOf('Vera', ['viewer'], ['read'])).key
  await grow(300)
  vkey = (await world.as(viewer, 'audit', 'keys')).stdout.trim()
})
afterAll(() => world.close())

const grow = async (entries: number): Promise<void> => {
  await write(world.test.app, entries)
  await sealAll(world.test, keys.source)
}

it('A1 H8 a monitor keeps a checkpoint, and sees each time that the log has only grown', async () => {
  const file = join(aHome(), 'kept.txt')
  const first = await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey)
  expect([first.code, first.stderr]).toEqual([0, ''])
  expect(first.stdout).toMatch(/^\d+ entries of suture\.test\/audit\/lab: the first checkpoint is kept in /)
  const before = readFileSync(file, 'utf8')
  await grow(600)
  const then = await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey)
  expect([then.code, then.stderr]).toEqual([0, ''])
  expect(then.stdout).toMatch(/the first \d+ are those that were kept, and 6\d\d were added\./)
  expect(readFileSync(file, 'utf8')).not.toBe(before)
  await grow(10)
  const all = await world.as(admin, 'audit', 'monitor', file, '--trust', vkey, '--entries', '--json')
  expect(JSON.parse(all.stdout)).toMatchObject({ origin: 'suture.test/audit/lab', entriesChecked: true })
  const again = await world.as(admin, 'audit', 'monitor', file, '--trust', vkey)
  expect(again.stdout).toContain('and 0 were added')
})

it('A1 H8 it ends with 1 and keeps what it had where the key is a stranger’s, the note is forged, or a reader asks for entries', async () => {
  const home = aHome()
  const file = join(home, 'kept.txt')
  const stranger = aSigner(exampleOrigin, 9).key.vkey
  const unknown = await world.as(viewer, 'audit', 'monitor', file, '--trust', stranger)
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringContaining('is signed by no key that you trust'),
  ])
  expect((await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey)).code).toBe(0)
  const kept = readFileSync(file, 'utf8')
  const refused = await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey, '--entries')
  await grow(3)
  const forged = join(home, 'forged.txt')
  writeFileSync(
    forged,
    kept.replace(/^(\S+\n)(\d+)/, (_, origin: string, size: string) => `${origin}${Number(size) - 1}`),
  )
  const lied = await world.as(viewer, 'audit', 'monitor', forged, '--trust', vkey)
  expect([lied.code, lied.stderr]).toEqual([1, expect.stringContaining('has a signature that does not hold')])
  // Nothing was new then, so nothing had to be fetched that a viewer may not have.
  expect(refused.code).toBe(0)
  const entries = await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey, '--entries')
  expect([entries.code, entries.stderr]).toEqual([1, expect.stringContaining('needs the scope admin')])
  expect(readFileSync(file, 'utf8')).toBe(kept)
  expect((await world.as(viewer, 'audit', 'monitor', file)).code).toBe(2)
})

it('A1 H8 a log that was cut off and signed anew is found out', async () => {
  const file = join(aHome(), 'kept.txt')
  await grow(40)
  expect((await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey)).code).toBe(0)
  const kept = readFileSync(file, 'utf8')
  const size = Number(kept.split('\n')[1])
  await asOwnerOfAll(world.test.ownerUrl, async (client) => {
    await client.query('delete from audit_checkpoint where tenant_id = $1 and size = $2', ['lab', size])
    await client.query(
      `delete from audit_leaf where tenant_id = 'lab' and index >= (select max(size) from audit_checkpoint where tenant_id = 'lab')`,
    )
  })
  const cut = await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey)
  expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining('the end of the history is missing')])
  await grow(60)
  const rewritten = await world.as(viewer, 'audit', 'monitor', file, '--trust', vkey)
  expect([rewritten.code, rewritten.stderr]).toEqual([
    1,
    expect.stringContaining('The log tells another history than it did then'),
  ])
  expect(readFileSync(file, 'utf8')).toBe(kept)
})

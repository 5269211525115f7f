import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { makeKey, openSigningKeys } from '../../adapters/files/signing-keys.ts'
import { inTenant } from '../../src/storage/database.ts'
import { standForLeader } from '../../src/storage/leader.ts'
import { testApp, testTenant } from '../support/app.ts'
import { takeExport, verifyFile, vkeysOf } from './seal-verify.ts'
import { sealAll, write } from './seal-world.ts'

const worker = join(import.meta.dirname, '../support/seal-worker.ts')

it('A1 O9 two sealers at once, killed in the middle again and again, leave neither half a batch nor a fork', async () => {
  const world = await testApp()
  const folder = mkdtempSync(join(tmpdir(), 'suture-seal-'))
  const key = join(folder, 'audit-key.pem')
  const running: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of running) child.kill('SIGKILL')
    await world.close()
    rmSync(folder, { recursive: true })
  })
  await makeKey(key)
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [worker, world.appUrl, key], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    running.push(child)
    await once(child.stdout, 'data')
    return child
  }
  const sealed = () =>
    inTenant(world.app.store, testTenant, async (tx) => {
      const row = await tx.db
        .selectFrom('audit_leaf')
        .select((of) => of.fn.countAll<number>().as('leaves'))
        .executeTakeFirstOrThrow()
      return Number(row.leaves)
    })
  await write(world.app, 800)
  let kills = 0
  while (kills < 4) {
    const before = await sealed()
    const pair = await Promise.all([start(), start()])
    await expect.poll(sealed, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before)
    await pause(Math.random() * 40)
    for (const child of pair) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    kills += 1
    const [leaves, size] = await inTenant(world.app.store, testTenant, async (tx) => {
      const rows = await tx.db.selectFrom('audit_leaf').select('index').orderBy('index').execute()
      const head = await tx.db
        .selectFrom('audit_checkpoint')
        .select('size')
        .orderBy('size', 'desc')
        .executeTakeFirst()
      return [rows.map(({ index }) => index), head?.size ?? 0] as const
    })
    // Everything up to the last signature, in its place, and nothing behind it.
    expect(leaves).toEqual(Array.from({ length: size }, (_, at) => at))
    await write(world.app, 150)
  }
  await sealAll(world, openSigningKeys(key))
  const file = await takeExport(world.app)
  expect(verifyFile(file, { pinned: await vkeysOf(world.app) })).toMatchObject({
    ok: true,
    size: await sealed(),
  })
})

it('O9 one process leads; when its connection ends another one does, and who resigns makes room', async () => {
  const world = await testApp()
  const stand = () => standForLeader({ url: world.appUrl, assumeAppRole: false }, 'sealer')
  const [one, other, elsewhere] = [
    stand(),
    stand(),
    standForLeader({ url: 'postgres://127.0.0.1:1/none', assumeAppRole: false }, 'sealer'),
  ]
  try {
    expect([await one.leads(), await other.leads(), await one.leads(), await other.leads()]).toEqual([
      true,
      false,
      true,
      false,
    ])
    // Nobody leads without the database, and nothing is thrown.
    expect(await elsewhere.leads()).toBe(false)
    await one.resign()
    expect([one.led(), await other.leads(), await one.leads()]).toEqual([false, true, false])
    // As the end of its process does, however it ended.
    await other.close()
    await expect.poll(() => one.leads(), { timeout: 5_000, interval: 10 }).toBe(true)
  } finally {
    await Promise.all([one, other, elsewhere].map((each) => each.close()))
    await world.close()
  }
})

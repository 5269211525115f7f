import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, verify } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeKey, nextKeyPath, openSigningKeys } from '../../adapters/files/signing-keys.ts'

const aPlace = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'deeper', 'audit-key.pem')
}

test('A1 a key is made for its owner alone, is not made twice, and signs', async () => {
  const path = aPlace()
  await makeKey(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await expect(makeKey(path)).rejects.toMatchObject({ code: 'EEXIST' })
  const { current, next, place } = await openSigningKeys(path).read()
  expect([next, place]).toEqual([null, path])
  if (current === null) throw new Error('no key was read')
  const message = Buffer.from('checkpoint')
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), current.publicKey])
  const key = { key: der, format: 'der', type: 'spki' } as const
  expect(verify(null, message, key, current.sign(message))).toBe(true)
})

test('A1 a disk that is full leaves no half of a key behind, and the next start makes a whole one', async () => {
  const path = aPlace()
  const make = `import(${JSON.stringify(import.meta.resolve('../../adapters/files/signing-keys.ts'))}).then((m) => m.makeKey(${JSON.stringify(path)}))`
  // A limit of 0 blocks stands for the full disk: a file can be made, and nothing written into it.
  const full = spawnSync('sh', ['-c', 'ulimit -f 0; exec "$0" -e "$1"', process.execPath, make])
  expect(full.status).not.toBe(0)
  expect(existsSync(path)).toBe(false)
  await makeKey(path)
  expect((await openSigningKeys(path).read()).current).not.toBeNull()
  await expect(makeKey(path)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readdirSync(join(path, '..')).filter((name) => !name.includes('draft'))).toEqual(['audit-key.pem'])
})

test('A1 many processes that share the folder make one key, and none of them finds half of it', async () => {
  const path = aPlace()
  const seen = await Promise.all(
    Array.from({ length: 20 }, async () => {
      await makeKey(path).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      })
      return (await openSigningKeys(path).read()).current?.publicKey.join()
    }),
  )
  expect(new Set(seen).size).toBe(1)
  expect(readdirSync(join(path, '..'))).toEqual(['audit-key.pem'])
})

test('A1 a key that others can read, or that is none, is refused in words', async () => {
  const path = aPlace()
  expect(await openSigningKeys(path).read()).toMatchObject({ current: null, next: null })
  await makeKey(path)
  const keys = openSigningKeys(path)
  await keys.read()
  for (const mode of [0o644, 0o604, 0o620]) {
    chmodSync(path, mode)
    await expect(keys.read()).rejects.toThrow(
      `others may read the audit log's key ${path}: its mode is 0${mode.toString(8)}, expected 0600. Run: chmod 600 ${path}`,
    )
  }
  writeFileSync(path, 'not a key')
  chmodSync(path, 0o600)
  await expect(keys.read()).rejects.toThrow(`${path} is no private key in PEM`)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(path, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  await expect(keys.read()).rejects.toThrow('is of the kind ec, expected ed25519')
})

test('A1 a next key is noticed without a start, takes the place of the other, and that one is kept', async () => {
  const path = aPlace()
  await makeKey(path)
  const keys = openSigningKeys(path)
  const before = await keys.read()
  await makeKey(nextKeyPath(path))
  const { next } = await keys.read()
  expect(next?.publicKey).not.toEqual(before.current?.publicKey)
  await keys.promote()
  const after = await keys.read()
  expect([after.current?.publicKey, after.next]).toEqual([next?.publicKey, null])
  expect(existsSync(nextKeyPath(path))).toBe(false)
  expect(readdirSync(join(path, '..')).filter((name) => name.endsWith('.old'))).toHaveLength(1)
})

test('A1 two processes that share the folder and both take the next key over leave it in use, and keep the old one', async () => {
  const path = aPlace()
  await makeKey(path)
  const both = [openSigningKeys(path), openSigningKeys(path)] as const
  const before = await both[0].read()
  await makeKey(nextKeyPath(path))
  const { next } = await both[0].read()
  await both[1].read()
  await both[0].promote()
  await both[1].promote()
  for (const keys of both) {
    const after = await keys.read()
    expect([after.current?.publicKey, after.next]).toEqual([next?.publicKey, null])
  }
  const [old = '', ...more] = readdirSync(join(path, '..')).filter((name) => name.endsWith('.old'))
  expect(more).toEqual([])
  const kept = await openSigningKeys(join(path, '..', old)).read()
  expect(kept.current?.publicKey).toEqual(before.current?.publicKey)
})

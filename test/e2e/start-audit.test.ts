import { chmodSync, copyFileSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { makeKey } from '../../adapters/files/signing-keys.ts'
import { dataFolder } from '../support/embedded.ts'
import { freshDatabase } from '../support/postgres.ts'
import { adminKeyOf, spawnSuture, startedSuture } from '../support/suture.ts'

vi.setConfig({ testTimeout: 120_000 })

it('A1 the first start makes a key for its owner alone and seals within a second; A3 a file has what was sealed; a key that others can read, or another one, is told in words', async () => {
  const dataDir = dataFolder()
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const env = {
    SUTURE_PORT: '0',
    SUTURE_LAB: 'off',
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    SUTURE_SIEM_URL: pathToFileURL(join(dataDir, 'siem.jsonl')).href,
  }
  const key = join(dataDir, 'audit-key.pem')
  const first = await startedSuture({ dataDir, env })
  expect(statSync(key).mode & 0o777).toBe(0o600)
  const admin = adminKeyOf(first)
  const ask = async (url: string, path: string): Promise<unknown> =>
    (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${admin}` } })).json()
  const check = async (url: string, name: string): Promise<unknown> =>
    ((await ask(url, '/v1/health')) as { checks: Record<string, unknown> }).checks[name]
  const audit = (url: string): Promise<unknown> => check(url, 'audit')
  await expect
    .poll(() => audit(first.url()), { timeout: 10_000, interval: 50 })
    .toEqual({ status: 'pass', detail: 'the history is sealed' })
  expect(await ask(first.url(), '/v1/audit/checkpoint')).toMatchObject({ origin: 'suture/audit/main' })
  await expect
    .poll(() => check(first.url(), 'siem'), { timeout: 10_000, interval: 50 })
    .toEqual({ status: 'pass', detail: 'the SIEM has every sealed entry' })
  const lines = readFileSync(join(dataDir, 'siem.jsonl'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    lines.map(
      (_, sequence) =>
        expect.objectContaining({
          metadata: expect.objectContaining({ sequence, log_name: 'suture/audit/main' }) as unknown,
        }) as unknown,
    ),
  )
  const told = (status: string, detail: RegExp) =>
    expect
      .poll(() => audit(first.url()), { timeout: 10_000, interval: 50 })
      .toMatchObject({ status, detail: expect.stringMatching(detail) as string })
  chmodSync(key, 0o644)
  await told('warn', /others may read the audit log's key .*: its mode is 0644, expected 0600/)
  chmodSync(key, 0o600)
  await told('pass', /the history is sealed/)
  copyFileSync(key, `${key}.kept`)
  rmSync(key)
  await makeKey(key)
  await told('warn', /the key in .*audit-key\.pem is suture\/audit\/main\+.* was last signed by/)
  // Put back, it goes on without a start.
  copyFileSync(`${key}.kept`, key)
  await told('pass', /the history is sealed/)
  expect(await first.stop()).toBe(0)

  chmodSync(key, 0o644)
  const refused = spawnSuture({ dataDir, env })
  expect((await refused.ended).code).toBe(1)
  expect(refused.stderr()).toContain('Run: chmod 600')
})

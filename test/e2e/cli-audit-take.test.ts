import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createKey } from '../../src/app/identity/keys.ts'
import { writeAlerts } from '../../src/app/ingest/write-alerts.ts'
import type { Role, Scope } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { createListener } from '../../src/http/listener.ts'
import { sealAll, write } from '../db/seal-world.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { testHttp } from '../support/http.ts'
import { serveHere, suture } from './cli-support.ts'

vi.setConfig({ testTimeout: 90_000 })

it('A2 the history is read, kept, exported and proved from the command line, and what was written verifies offline', async () => {
  const test = await testHttp({})
  const folder = mkdtempSync(join(tmpdir(), 'suture-cli-audit-'))
  onTestFinished(async () => {
    await test.close()
    rmSync(folder, { recursive: true })
  })
  const url = await serveHere(createListener(test.http))
  const keyOf = async (name: string, roles: Role[], scopes: Scope[]): Promise<string> => {
    const created = await createKey(test.app, await test.caller(name, roles), { name: 'cli', scopes })
    if (isRejection(created)) throw new Error(created.detail)
    return created.key
  }
  const [receipt] = await writeAlerts(test.app, [
    { tenantId: testTenant, source: 'alertmanager', alerts: [anAlert({ title: 'Down' })], keptAside: [] },
  ])
  const incident = receipt?.incidents[0] ?? ''
  await write(test.app, 300)
  const admin = await keyOf('Root', ['admin'], ['read', 'admin'])
  const viewer = await keyOf('Vera', ['viewer'], ['read'])
  await sealAll(test)
  const as = (key: string, ...args: string[]) =>
    suture(args, { env: { SUTURE_URL: url, SUTURE_API_KEY: key } })
  const path = (name: string): string => join(folder, name)

  const [kept, keys, exported, proved, log, refused] = await Promise.all([
    as(viewer, 'audit', 'checkpoint'),
    as(viewer, 'audit', 'keys'),
    as(admin, 'audit', 'export'),
    as(viewer, 'audit', 'prove', incident, '--output', path('proof.json')),
    as(viewer, 'audit', 'log', '--incident', incident),
    as(viewer, 'audit', 'export'),
  ])
  expect(
    [kept, keys, exported, proved, log].map(({ code, stderr }) => [code, code === 0 ? '' : stderr]),
  ).toEqual(Array.from({ length: 5 }, () => [0, '']))
  expect(exported.stderr).toMatch(/^\d+ entries of suture\.test\/audit\/lab\.\n$/)
  expect(proved.stderr).toMatch(
    /^The one entry about inc-\d+, proved to stand in the history of \d+ entries that was signed at /,
  )
  expect(statSync(path('proof.json')).mode & 0o777).toBe(0o600)
  expect(log.stdout).toContain('incident_opened')
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('exportAudit needs the scope admin'),
  ])
  writeFileSync(path('audit.txt'), exported.stdout)
  writeFileSync(path('kept.txt'), kept.stdout)
  const vkey = keys.stdout.trim()
  const verified = await Promise.all([
    suture(['audit', 'verify', path('audit.txt'), '--key', vkey, '--checkpoint', path('kept.txt')]),
    suture(['audit', 'verify', path('proof.json'), '--key', vkey]),
    as(viewer, 'audit', 'prove', incident, '--output', path('proof.json')),
    suture(['audit', 'rotate-key', '--key-file', path('audit-key.pem')]),
  ])
  expect(verified.map(({ code }) => code)).toEqual([0, 0, 2, 0])
  expect(readFileSync(path('audit-key.pem.next'), 'utf8')).toContain('PRIVATE KEY')
  const again = await suture(['audit', 'rotate-key', '--key-file', path('audit-key.pem')])
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('has not gone over to it yet')])
})

import { expect } from 'vitest'
import { verifyFile, verifyProofFile } from '../db/seal-verify.ts'
import { sealAll } from '../db/seal-world.ts'
import type { Answer, SignedIn, TestHttp } from '../support/http.ts'

type Ask = (id: string, path: string, options: Parameters<TestHttp['ask']>[2]) => Promise<Answer>

const items = (answer: Answer) => (answer.json as { items: Record<string, string>[] }).items

/** Whoever may read proves; an admin takes it all along, and fetches it as often as it takes. */
export const readProveExport = async (
  t: TestHttp,
  ask: Ask,
  { ada, dan }: { readonly ada: SignedIn; readonly dan: SignedIn },
): Promise<void> => {
  await sealAll(t)
  const [run] = items(await ask('listRuns', '/v1/runs?limit=1', { as: ada }))
  const log = await ask('listAudit', '/v1/audit?event=run_started,refused&limit=5', { as: ada })
  expect(new Set(items(log).map((each) => each['event']))).toEqual(new Set(['run_started', 'refused']))
  for (const [wrong, field] of [
    ['event=nothing', 'event[0]'],
    ['from=yesterday', 'from'],
  ])
    expect((await t.ask('GET', `/v1/audit?${wrong}`, { as: ada })).json).toMatchObject({ field })
  const { size } = (await ask('getAuditCheckpoint', '/v1/audit/checkpoint', { as: ada })).json as {
    size: number
  }
  const [key] = items(await ask('listAuditKeys', '/v1/audit/keys', { as: ada }))
  const proof = (await ask('proveAudit', '/v1/audit/proofs', { as: ada, body: { about: run?.['id'] } }))
    .json as {
    file: string
  }
  expect(verifyProofFile(proof.file, [key?.['vkey'] ?? ''])).toMatchObject({ ok: true })
  const refused = await t.ask('POST', '/v1/audit/exports', { as: ada })
  expect(refused.status).toBe(403)
  const ticket = (await ask('exportAudit', '/v1/audit/exports', { as: dan })).json as {
    href: string
    entries: number
  }
  expect(ticket.entries).toBe(size)
  const first = await ask('fetchAuditExport', ticket.href, { as: dan })
  expect(first.headers.get('content-disposition')).toBe(`attachment; filename="suture-audit-lab-${size}.txt"`)
  expect(verifyFile(Buffer.from(first.text), { pinned: [key?.['vkey'] ?? ''] })).toMatchObject({
    ok: true,
    size,
  })
  const note = (await ask('getLogCheckpoint', '/v1/audit/log/checkpoint', { as: ada })).text
  expect(note.split('\n')[1]).toBe(String(size))
  await ask('getLogTile', '/v1/audit/log/tile/0/000.p/1', { as: ada })
  expect((await ask('getLogEntries', '/v1/audit/log/tile/entries/000.p/1', { as: dan })).text).toContain(
    '"v":1',
  )
  expect((await t.ask('GET', '/v1/audit/log/tile/entries/000.p/1', { as: ada })).status).toBe(403)
  // Fetching changes nothing: it is there as often as it takes.
  expect((await t.ask('GET', ticket.href, { as: dan })).text).toBe(first.text)
}

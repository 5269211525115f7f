import type { App } from '../../src/app/app.ts'
import { exportLog } from '../../src/app/audit/export-log.ts'
import { sha256 } from '../../src/app/audit/sha256.ts'
import { signatureHolds } from '../../src/app/audit/verify-signature.ts'
import { parseVerifierKey } from '../../src/domain/log/note.ts'
import type { Verdict } from '../../src/domain/log/verdict.ts'
import { verifyExport } from '../../src/domain/log/verify-export.ts'
import { verifyProof } from '../../src/domain/log/verify-proof.ts'
import { inTenant } from '../../src/storage/database.ts'
import { readCheckpoint, readKeys } from '../../src/storage/log.repository.ts'
import { testTenant } from '../support/app.ts'

export interface Kept {
  /** Keys that were pinned, and a checkpoint that was kept, by somebody outside. */
  readonly pinned?: readonly string[]
  readonly saved?: string
}

/** The whole file of what is sealed now, as somebody fetches it. */
export const takeExport = async (app: App, size?: number): Promise<Buffer> => {
  const head = await inTenant(app.store, testTenant, (tx) => readCheckpoint(tx))
  const file = await exportLog(app, testTenant, size ?? head?.size ?? 0)
  if (file === null) throw new Error('there is no checkpoint of that size')
  return Buffer.concat(await Array.fromAsync(file))
}

export const vkeysOf = (app: App): Promise<string[]> =>
  inTenant(app.store, testTenant, async (tx) => (await readKeys(tx)).map(({ vkey }) => vkey))

export const noteOf = async (app: App): Promise<string> => {
  const head = await inTenant(app.store, testTenant, (tx) => readCheckpoint(tx))
  return head?.note ?? ''
}

const known = (vkeys: readonly string[]) =>
  vkeys.map((vkey) => {
    const parsed = parseVerifierKey(vkey, sha256)
    if (!parsed.ok) throw new Error(parsed.problem)
    return parsed.value
  })

/** Offline: of the file, and what was kept, alone. */
export const verifyFile = (file: Uint8Array, { pinned = [], saved }: Kept = {}): Verdict => {
  const verifier = verifyExport({ sha256, pinned: known(pinned), ...(saved === undefined ? {} : { saved }) })
  for (const check of verifier.feed(file)) if (!signatureHolds(check)) verifier.refuse(check)
  return verifier.end()
}

export const verifyProofFile = (text: string, pinned: readonly string[]): Verdict => {
  const { verdict, checks, refuse } = verifyProof(Buffer.from(text), { sha256, pinned: known(pinned) })
  const wrong = checks.find((check) => !signatureHolds(check))
  return wrong === undefined ? verdict : refuse(wrong)
}

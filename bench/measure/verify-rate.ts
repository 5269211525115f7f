import { hash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { verifyFile } from '../../cli/verify-file.ts'
import { exportOf, makeHistory } from '../../scripts/audit-history.ts'

/** How fast an export is verified, in bytes of the file a second, beside SHA-256 alone over the same bytes. */
export interface VerifyRate {
  /** As `suture audit verify` does it, from the disk, with every hash, checkpoint and signature. */
  readonly verify: number
  /** All of the file in one call: no message shorter than the file, no tree. */
  readonly wholeFile: number
  /** A call for each entry. */
  readonly eachEntry: number
  readonly entries: number
  readonly bytesPerEntry: number
}

/** In the file. A round writes fewer, so that they come again: what is verified is as long as what Suture writes. */
const inFile = 40_000
const times = 5
/** As many as an export of so few entries has. */
const checkpoints = 100

/** Of entries that Suture itself has written, signed anew as if they were a log of their own. */
export const verifyRate = async (ownerUrl: string, folder: string): Promise<VerifyRate> => {
  const written = await readEntries(ownerUrl)
  const entries = Array.from({ length: inFile }, (_, at) => written[at % written.length] as Uint8Array)
  const file = exportOf(
    makeHistory({ size: entries.length, entries, every: Math.ceil(entries.length / checkpoints) }),
  )
  const path = join(folder, 'verify-rate.txt')
  writeFileSync(path, file)
  const rateOf = (work: () => void): number => file.length / (bestMs(work) / 1_000)
  const rate = {
    verify: rateOf(() => {
      const verdict = verifyFile(path, { pinned: [], saved: null })
      if (!verdict.ok) throw new Error(`expected a sound export, found ${verdict.problem.text}`)
    }),
    wholeFile: rateOf(() => void hash('sha256', file)),
    eachEntry: rateOf(() => {
      for (const entry of entries) hash('sha256', entry)
    }),
    entries: entries.length,
    bytesPerEntry: file.length / entries.length,
  }
  rmSync(path)
  return rate
}

const readEntries = async (ownerUrl: string): Promise<Uint8Array[]> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ bytes: Buffer }>(
      'select bytes from audit_entry order by seq desc limit $1',
      [inFile],
    )
    if (rows.length === 0) throw new Error('there is no entry to be verified')
    return rows.map(({ bytes }) => bytes)
  } finally {
    await client.end()
  }
}

/** The best of a few: whatever else the machine does only makes it longer. */
const bestMs = (work: () => void): number =>
  Math.min(
    ...Array.from({ length: times }, () => {
      const from = performance.now()
      work()
      return performance.now() - from
    }),
  )

import { checkpointLine, endLine, entryLine, headerLine } from '../../domain/log/audit-export.ts'
import { utf8 } from '../../domain/log/bytes.ts'
import { inTenant } from '../../storage/database.ts'
import {
  readCheckpoint,
  readCheckpoints,
  readKeys,
  readOrigin,
  readSealedEntries,
} from '../../storage/log.repository.ts'
import type { App } from '../app.ts'

/** Entries that one transaction reads; none is open between two pieces of the file. */
const entriesAtOnce = 500
/** Checking a signature costs what a hundred entries cost: with more of them a verifier would do little else. */
const entriesPerCheckpoint = 1_000
/** So that tampering with a short history is told closely too. */
const fewCheckpoints = 100

const nothing = Buffer.alloc(0)

/**
 * The first `size` entries of a tenant's log with its checkpoints, in the form of docs/audit-format.md, piece by piece. It is made
 * of what stands in the database and nothing is checked here: whoever verifies the file finds what does not fit. Null when no
 * checkpoint counts exactly so many.
 */
export const exportLog = async (
  { store }: Pick<App, 'store'>,
  tenantId: string,
  size: number,
): Promise<AsyncIterable<Uint8Array> | null> => {
  const found = await inTenant(
    store,
    tenantId,
    async (tx) => {
      const [origin, keys, last] = await Promise.all([readOrigin(tx), readKeys(tx), readCheckpoint(tx, size)])
      const used = keys.filter(({ fromSize }) => fromSize < size)
      if (origin === null || last === null) return null
      const behind = used.map(({ fromSize }) => fromSize)
      const most = Math.max(fewCheckpoints, Math.ceil(size / entriesPerCheckpoint))
      return { origin, used, checkpoints: await readCheckpoints(tx, size, most, behind) }
    },
    { readOnly: true },
  )
  if (found === null) return null
  const { origin, used, checkpoints } = found
  const header = headerLine({
    origin,
    size,
    keys: used.map(({ vkey, fromSize }, at) => ({ vkey, introducedBy: at === 0 ? null : fromSize })),
  })
  const notes = new Map(checkpoints.map((checkpoint) => [checkpoint.size, checkpoint.note]))
  return (async function* () {
    yield utf8(header)
    for (let at = 0; at < size; at += entriesAtOnce) {
      const entries = await inTenant(
        store,
        tenantId,
        (tx) => readSealedEntries(tx, at, Math.min(at + entriesAtOnce, size)),
        { readOnly: true },
      )
      const parts: Uint8Array[] = []
      for (const { index, leafHash, bytes } of entries) {
        parts.push(entryLine(index, leafHash, bytes ?? nothing))
        const note = notes.get(index + 1)
        if (note !== undefined) parts.push(utf8(checkpointLine(note)))
      }
      yield Buffer.concat(parts)
    }
    yield utf8(endLine(size))
  })()
}

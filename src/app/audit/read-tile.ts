import { entryBundle, type Tile, tileWidth } from '../../domain/log/tile.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import {
  readCheckpoint,
  readLeafHashes,
  readSealedEntries,
  readTile,
  readTileRoots,
} from '../../storage/log.repository.ts'
import type { App } from '../app.ts'

/** Parts of the log as whoever mirrors or watches it fetches them: what has been given out once never changes. */

const hashBytes = 32

/** The hashes of a tile, one behind the other: 32 bytes each. */
export const readLogTile = (
  app: Pick<App, 'store'>,
  tenantId: string,
  { level, n, width }: Tile,
): Promise<Uint8Array | Rejection> =>
  reading(app, tenantId, async (tx) => {
    const [head, full] = await Promise.all([readCheckpoint(tx), level > 7 ? null : readTile(tx, level, n)])
    const begin = n * tileWidth
    if (begin + width > hashesAt(head?.size ?? 0, level)) return beyond()
    if (full !== null) return full.subarray(0, width * hashBytes)
    const hashes =
      level === 0
        ? await readLeafHashes(tx, begin, begin + width)
        : await readTileRoots(tx, level - 1, begin, begin + width)
    return hashes.length === width ? Buffer.concat(hashes) : changed(`tile ${n} of level ${level}`)
  })

/** The entries under a tile of level 0, each with its length in two bytes in front. */
export const readLogEntries = (
  app: Pick<App, 'store'>,
  tenantId: string,
  { n, width }: Omit<Tile, 'level'>,
): Promise<Uint8Array | Rejection> =>
  reading(app, tenantId, async (tx) => {
    const begin = n * tileWidth
    const size = (await readCheckpoint(tx))?.size ?? 0
    if (begin + width > size) return beyond()
    const entries = (await readSealedEntries(tx, begin, begin + width)).flatMap(({ bytes }) => bytes ?? [])
    return entries.length === width
      ? entryBundle(entries)
      : changed(`entries ${begin} to ${begin + width - 1}`)
  })

const reading = <T>(app: Pick<App, 'store'>, tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTenant(app.store, tenantId, work, { readOnly: true, eager: true })

/** How many hashes the tiles of a level have together, where the log has so many entries. */
const hashesAt = (size: number, level: number): number => Math.floor(size / tileWidth ** level)

/** Another tenant's log and one that is not so long look alike. */
const beyond = (): Rejection =>
  reject(
    'not_found',
    'The log is not so long, or has no such tile.',
    'GET /v1/audit/log/checkpoint says how long it is; docs/audit-format.md how tiles are named.',
  )

const changed = (what: string): Rejection =>
  reject(
    'unavailable',
    `Of ${what} something is not there any more, although a checkpoint counts it.`,
    'Somebody has changed the database. Compare it with a checkpoint that was kept elsewhere.',
  )

import { type Kysely, sql } from 'kysely'
import type { AuditEvent } from '../domain/audit.ts'
import { mostEntryBytes } from '../domain/log/tile.ts'
import type { Database, Store, Tx } from './database.ts'

/** The sealed history: leaves, tiles and checkpoints of the Merkle log over a tenant's audit entries. */

export interface LogHead {
  readonly size: number
  readonly root: Buffer
  readonly note: string
  /** Hashes of the compact range, one behind the other. */
  readonly frontier: Buffer
  readonly at: Temporal.Instant
}

export interface LogKey {
  readonly vkey: string
  /** The log was this long when the key began to sign. Of every key but the first it is the entry that introduces it, too. */
  readonly fromSize: number
}

/** Null as long as nothing of the tenant was sealed. */
export const readOrigin = async (tx: Tx): Promise<string | null> => {
  const row = await tx.db
    .selectFrom('audit_log')
    .select('origin')
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirst()
  return row?.origin ?? null
}

/** The newest checkpoint; with `size` the one of exactly that size. */
export const readCheckpoint = async (tx: Tx, size?: number): Promise<LogHead | null> => {
  const newest = tx.db
    .selectFrom('audit_checkpoint')
    .select(['size', 'root', 'note', 'frontier', 'at'])
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('size', 'desc')
    .limit(1)
  return (await (size === undefined ? newest : newest.where('size', '=', size)).executeTakeFirst()) ?? null
}

/** Every key that has signed, the first one first. */
export const readKeys = async (tx: Tx): Promise<LogKey[]> =>
  tx.db
    .selectFrom('audit_key')
    .select(['vkey', 'from_size as fromSize'])
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('from_size')
    .execute()

/** Tenants of which entries wait to be sealed. */
export const unsealedTenants = async (db: Kysely<Database>): Promise<string[]> => {
  const { rows } = await sql<{ tenant: string }>`select tenant_id as tenant from unsealed_tenants()`.execute(
    db,
  )
  return rows.map(({ tenant }) => tenant)
}

export interface Unsealed {
  readonly seq: number
  readonly leafHash: Buffer
  /** Whether the bytes make this hash, and are such that an export can hold them. */
  readonly fits: boolean
}

/** Sealed, an entry with a line feed or of more bytes would make every export wrong from then on, for ever. */
const fitting = sql`coalesce(sha256('\\x00'::bytea || e.bytes) = e.leaf_hash
      and length(e.bytes) between 1 and ${sql.lit(mostEntryBytes)} and position('\\x0a'::bytea in e.bytes) = 0, false)`

/** The oldest entries that are not sealed yet. Their bytes stay in the database: PostgreSQL hashes them itself. */
export const readUnsealed = async (tx: Tx, limit: number): Promise<Unsealed[]> => {
  const { rows } = await sql<Unsealed>`select u.seq, coalesce(e.leaf_hash, '') as "leafHash",
      ${fitting} as fits
    from (select seq from audit_unsealed where tenant_id = ${tx.tenantId} order by seq limit ${limit}) u
    left join audit_entry e on e.seq = u.seq and e.tenant_id = ${tx.tenantId}
    order by u.seq`.execute(tx.db)
  return rows
}

/**
 * Puts entries of this time back in line that are neither sealed nor wait for it: somebody has taken them out. Returns how many.
 * What is committed within the last seconds may not be visible in full yet, so `to` is a while ago.
 */
export const putBackInLine = async (
  tx: Tx,
  { from, to }: { readonly from: Temporal.Instant; readonly to: Temporal.Instant },
): Promise<number> => {
  const { numAffectedRows } = await sql`insert into audit_unsealed (seq, tenant_id) select e.seq, e.tenant_id
    from audit_entry e where e.tenant_id = ${tx.tenantId} and e.at >= ${from}::timestamptz and e.at < ${to}::timestamptz
      and not exists (select from audit_leaf l where l.seq = e.seq)
      and not exists (select from audit_unsealed u where u.tenant_id = e.tenant_id and u.seq = e.seq)
    on conflict do nothing`.execute(tx.db)
  return Number(numAffectedRows ?? 0)
}

/** Entries of one event that are not sealed yet, the oldest first. */
export const readUnsealedOf = async (
  tx: Tx,
  event: AuditEvent,
): Promise<(Unsealed & { readonly bytes: Buffer })[]> => {
  const { rows } = await sql<Unsealed & { bytes: Buffer }>`select u.seq, e.leaf_hash as "leafHash", e.bytes,
      ${fitting} as fits
    from audit_entry e join audit_unsealed u on u.seq = e.seq and u.tenant_id = e.tenant_id
    where e.tenant_id = ${tx.tenantId} and e.event = ${event} order by u.seq`.execute(tx.db)
  return rows
}

/** Leaf hashes from index `from` to before `to`, in order. */
export const readLeafHashes = async (tx: Tx, from: number, to: number): Promise<Buffer[]> => {
  const rows = await tx.db
    .selectFrom('audit_leaf')
    .select('leaf_hash')
    .where('tenant_id', '=', tx.tenantId)
    .where('index', '>=', from)
    .where('index', '<', to)
    .orderBy('index')
    .execute()
  return rows.map((row) => row.leaf_hash)
}

/** Roots of the full tiles `from` to before `to` of a level, in order: the hashes of the level above. */
export const readTileRoots = async (tx: Tx, level: number, from: number, to: number): Promise<Buffer[]> => {
  const rows = await tx.db
    .selectFrom('audit_tile')
    .select('root')
    .where('tenant_id', '=', tx.tenantId)
    .where('level', '=', level)
    .where('n', '>=', from)
    .where('n', '<', to)
    .orderBy('n')
    .execute()
  return rows.map((row) => row.root)
}

/** The 256 hashes of a full tile, one behind the other; null when it is not full yet. */
export const readTile = async (tx: Tx, level: number, n: number): Promise<Buffer | null> => {
  const row = await tx.db
    .selectFrom('audit_tile')
    .select('hashes')
    .where('tenant_id', '=', tx.tenantId)
    .where('level', '=', level)
    .where('n', '=', n)
    .executeTakeFirst()
  return row?.hashes ?? null
}

export interface FullTile {
  readonly level: number
  readonly n: number
  readonly hashes: Buffer
  readonly root: Buffer
}

export interface Sealed {
  readonly origin: string
  /** The log was so long before. */
  readonly from: number
  readonly leaves: readonly Pick<Unsealed, 'seq' | 'leafHash'>[]
  readonly tiles: readonly FullTile[]
  readonly checkpoint: Omit<LogHead, 'at'>
  /** A key that signs for the first time. */
  readonly newKey: string | null
}

/**
 * Appends a batch and the checkpoint that covers it, in the one transaction that it is called in. Throws, so that nothing of it
 * happens, when another has sealed meanwhile: a leaf's place can be taken once, and an entry sealed once.
 */
export const appendSealed = async (tx: Tx, sealed: Sealed): Promise<void> => {
  const { origin, from, leaves, tiles, checkpoint, newKey } = sealed
  const tenant = tx.tenantId
  const now = tx.now.toString()
  const seqs = leaves.map((leaf) => leaf.seq)
  if (from === 0)
    await sql`insert into audit_log (tenant_id, origin, created_at) values (${tenant}, ${origin}, ${now}::timestamptz)`.execute(
      tx.db,
    )
  if (newKey !== null)
    await sql`insert into audit_key (tenant_id, from_size, vkey, at)
      values (${tenant}, ${from}, ${newKey}, ${now}::timestamptz)`.execute(tx.db)
  const { rows } = await sql<{ gone: number }>`with gone as (
      delete from audit_unsealed where tenant_id = ${tenant} and seq = any(${seqs}::bigint[]) returning seq)
    select count(*) as gone from gone`.execute(tx.db)
  if (rows[0]?.gone !== leaves.length)
    throw new Error(
      `sealing ${tenant}: ${leaves.length} entries were to be sealed, ${rows[0]?.gone} still waited; another process seals too`,
    )
  await Promise.all([
    sql`insert into audit_leaf (tenant_id, index, seq, leaf_hash)
      select ${tenant}, ${from}::bigint + place - 1, seq, leaf_hash
      from unnest(${seqs}::bigint[], ${leaves.map((leaf) => leaf.leafHash)}::bytea[]) with ordinality as leaf (seq, leaf_hash, place)`.execute(
      tx.db,
    ),
    sql`insert into audit_tile (tenant_id, level, n, hashes, root)
      select ${tenant}, level, n, hashes, root
      from unnest(${tiles.map((tile) => tile.level)}::smallint[], ${tiles.map((tile) => tile.n)}::bigint[],
        ${tiles.map((tile) => tile.hashes)}::bytea[], ${tiles.map((tile) => tile.root)}::bytea[]) as tile (level, n, hashes, root)`.execute(
      tx.db,
    ),
    sql`insert into audit_checkpoint (tenant_id, size, root, note, frontier, at)
      values (${tenant}, ${checkpoint.size}, ${checkpoint.root}, ${checkpoint.note}, ${checkpoint.frontier}, ${now}::timestamptz)`.execute(
      tx.db,
    ),
  ])
}

export interface SealingLag {
  readonly waiting: number
  /** For how long the oldest of them has waited. */
  readonly oldestMs: number
  /** An entry whose bytes do not make its leaf hash: nothing of that tenant is sealed any more. */
  readonly damaged: { readonly tenantId: string; readonly seq: number } | null
}

/** Counts over all tenants; no content. */
export const readSealingLag = async (store: Pick<Store, 'db'>): Promise<SealingLag> => {
  const { rows } = await sql<{
    waiting: number
    oldestMs: number
    tenantId: string | null
    seq: number | null
  }>`select waiting, oldest_ms as "oldestMs", damaged_tenant as "tenantId", damaged_seq as seq
    from sealing_lag(now())`.execute(store.db)
  const [row] = rows
  if (row === undefined) throw new Error('PostgreSQL gave no answer about what waits to be sealed')
  const { waiting, oldestMs, tenantId, seq } = row
  return {
    waiting,
    oldestMs,
    damaged: tenantId === null || seq === null ? null : { tenantId, seq },
  }
}

export interface SealedEntry {
  readonly index: number
  readonly leafHash: Buffer
  /** Null where the entry is gone, which nobody but the owner of the database can bring about. */
  readonly bytes: Buffer | null
}

/** The entries from index `from` to before `to`, in order. */
export const readSealedEntries = (tx: Tx, from: number, to: number): Promise<SealedEntry[]> =>
  tx.db
    .selectFrom('audit_leaf as leaf')
    .leftJoin('audit_entry as entry', (join) =>
      join.onRef('entry.seq', '=', 'leaf.seq').onRef('entry.tenant_id', '=', 'leaf.tenant_id'),
    )
    .select(['leaf.index', 'leaf.leaf_hash as leafHash', 'entry.bytes'])
    .where('leaf.tenant_id', '=', tx.tenantId)
    .where('leaf.index', '>=', from)
    .where('leaf.index', '<', to)
    .orderBy('leaf.index')
    .execute()

/** The first checkpoint that counts more than `size` entries. */
export const readCheckpointBehind = async (tx: Tx, size: number): Promise<LogHead | null> =>
  (await tx.db
    .selectFrom('audit_checkpoint')
    .select(['size', 'root', 'note', 'frontier', 'at'])
    .where('tenant_id', '=', tx.tenantId)
    .where('size', '>', size)
    .orderBy('size')
    .limit(1)
    .executeTakeFirst()) ?? null

/**
 * Checkpoints up to `size`, by size: all of them where there are few, otherwise about `most` spread evenly over the entries, and those
 * that stand behind one of `behind`.
 */
export const readCheckpoints = async (
  tx: Tx,
  size: number,
  most: number,
  behind: readonly number[],
): Promise<{ size: number; note: string }[]> => {
  const { rows } = await sql<{ size: number; note: string }>`with chosen as (
      select max(size) as size from audit_checkpoint where tenant_id = ${tx.tenantId} and size <= ${size}
        group by (size - 1) * ${most} / ${Math.max(size, 1)}
      union
      select (select min(c.size) from audit_checkpoint c where c.tenant_id = ${tx.tenantId} and c.size > key.size and c.size <= ${size})
      from unnest(${behind}::bigint[]) as key (size))
    select c.size, c.note from audit_checkpoint c join chosen on chosen.size = c.size
    where c.tenant_id = ${tx.tenantId} order by c.size`.execute(tx.db)
  return rows
}

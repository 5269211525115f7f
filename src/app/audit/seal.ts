import { sameBytes } from '../../domain/log/bytes.ts'
import { checkpointText, parseCheckpoint } from '../../domain/log/checkpoint.ts'
import {
  appendLeaves,
  type CompactRange,
  compactRange,
  emptyRange,
  rootOf,
} from '../../domain/log/compact-range.ts'
import { introduces, keyEvent } from '../../domain/log/key-chain.ts'
import { hashLength } from '../../domain/log/merkle.ts'
import { type Signer, signatureChecks, signNote, type VerifierKey } from '../../domain/log/note.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import {
  appendSealed,
  type LogHead,
  readCheckpoint,
  readKeys,
  readLeafHashes,
  readOrigin,
  readTileRoots,
  readUnsealed,
  readUnsealedOf,
  type Sealed,
  type Unsealed,
} from '../../storage/log.repository.ts'
import type { App } from '../app.ts'
import type { LogKeys } from '../ports.ts'
import { type CannotSign, chooseSigners, type Signing } from './choose-signers.ts'
import { collectTiles } from './full-tiles.ts'
import { sha256 } from './sha256.ts'
import { signatureHolds } from './verify-signature.ts'

/** What sealing needs to know of its surroundings. */
export interface Sealing {
  readonly keys: LogKeys
  /** The name of a log that begins is `<host>/audit/<tenant>`. */
  readonly host: string
  /** Entries in one transaction; 2,000 when absent. */
  readonly batch?: number
  /** By tenant, how long its log is known to be: it never becomes shorter. Kept by whoever seals, from turn to turn. */
  readonly sizes: Map<string, number>
}

export type SealFinding =
  | { readonly kind: 'sealed'; readonly entries: number; readonly more: boolean }
  /** In words; nothing more of this tenant is sealed until somebody has looked. */
  | { readonly kind: 'refused'; readonly problem: string }

/** A transaction of a few ms, and a checkpoint for a storm of as many entries. */
const usualBatch = 2_000

interface Read {
  readonly origin: string
  readonly head: LogHead | null
  readonly signing: Signing | CannotSign
  readonly waiting: readonly Unsealed[]
}

/**
 * Appends the entries that wait to the tenant's log and signs the checkpoint that covers them. Read, hashed and signed outside of
 * any transaction that writes; leaves, tiles, checkpoint and the end of the waiting are one commit, so that nothing is ever half
 * sealed. Throws when another process has sealed meanwhile: nothing was written then.
 */
export const sealTenant = async (
  app: Pick<App, 'store'>,
  tenantId: string,
  sealing: Sealing,
): Promise<SealFinding> => {
  const limit = sealing.batch ?? usualBatch
  const prepared = await inTenant(
    app.store,
    tenantId,
    async (tx) => prepare(tx, await readAll(tx, sealing, limit), sealing.sizes.get(tenantId) ?? 0),
    { readOnly: true },
  )
  if (prepared === null) return { kind: 'sealed', entries: 0, more: false }
  if ('problem' in prepared) return { kind: 'refused', problem: prepared.problem }
  const { signers, checkpoint, ...batch } = prepared
  const note = signNote(checkpointText({ origin: batch.origin, ...checkpoint }), signers)
  await inTenant(app.store, tenantId, (tx) =>
    appendSealed(tx, { ...batch, checkpoint: { ...checkpoint, note } }),
  )
  sealing.sizes.set(tenantId, checkpoint.size)
  return { kind: 'sealed', entries: batch.leaves.length, more: batch.leaves.length >= limit }
}

/** All but the signature. */
interface Prepared extends Omit<Sealed, 'checkpoint'> {
  readonly checkpoint: Omit<Sealed['checkpoint'], 'note'>
  readonly signers: readonly Signer[]
}

const readAll = async (tx: Tx, { keys, host }: Sealing, limit: number): Promise<Read> => {
  const [origin, head, known, waiting] = await Promise.all([
    readOrigin(tx),
    readCheckpoint(tx),
    readKeys(tx),
    readUnsealed(tx, limit),
  ])
  const name = origin ?? `${host}/audit/${tx.tenantId}`
  const signing = chooseSigners(keys, name, known.at(-1)?.vkey ?? null)
  return { origin: name, head, ...(await withIntroduction(tx, signing, waiting)) }
}

/**
 * The entry that introduces a key is sealed first, under the signature of the key before: whoever trusts that one knows from then
 * on which is next. As long as nobody has written that entry the old key goes on alone.
 */
const withIntroduction = async (
  tx: Tx,
  signing: Signing | CannotSign,
  waiting: readonly Unsealed[],
): Promise<Pick<Read, 'signing' | 'waiting'>> => {
  if ('problem' in signing || signing.replaces === null || signing.newKey === null)
    return { signing, waiting }
  const { newKey, replaces, signers } = signing
  const told = await readUnsealedOf(tx, keyEvent)
  const introduction = told.find(({ bytes }) => introduces(bytes, newKey))
  if (introduction === undefined) {
    const before = signers.filter(({ key }) => key.vkey === replaces)
    // A key that is gone can't go on: nothing is sealed before the new one is introduced.
    return before.length > 0
      ? { signing: { signers: before, newKey: null, replaces: null }, waiting }
      : { signing, waiting: [] }
  }
  return { signing, waiting: [introduction, ...waiting.filter(({ seq }) => seq !== introduction.seq)] }
}

const prepare = async (
  tx: Tx,
  { origin, head, signing, waiting }: Read,
  knownSize: number,
): Promise<Prepared | CannotSign | null> => {
  if ('problem' in signing) return signing
  const from = head?.size ?? 0
  if (from < knownSize)
    return {
      problem: `${origin} had ${knownSize} entries and now has ${from}: somebody has cut it off. Nothing is sealed on top of that; restore it, or compare it with a checkpoint kept elsewhere`,
    }
  const range = head === null ? emptyRange : rangeOf(origin, head, signing)
  if ('problem' in range) return range
  const wrong = waiting.findIndex((entry) => !entry.fits)
  const leaves = wrong === -1 ? waiting : waiting.slice(0, wrong)
  const bad = waiting[wrong]
  // What came before it is sealed first.
  if (bad !== undefined && leaves.length === 0) return { problem: damagedEntry(tx.tenantId, bad.seq) }
  if (leaves.length === 0) return null
  const tiles = collectTiles(from)
  const grown = appendLeaves(
    range,
    leaves.map((leaf) => leaf.leafHash),
    sha256,
    tiles.visit,
  )
  return {
    origin,
    from,
    leaves,
    tiles: await tiles.full((level, begin, end) =>
      level === 0 ? readLeafHashes(tx, begin, end) : readTileRoots(tx, level - 1, begin, end),
    ),
    checkpoint: {
      size: grown.size,
      root: Buffer.from(rootOf(grown, sha256)),
      frontier: Buffer.concat(grown.hashes),
    },
    newKey: signing.newKey,
    signers: signing.signers,
  }
}

export const damagedEntry = (tenantId: string, seq: number): string =>
  `audit entry ${seq} of ${tenantId} is not what was written: its bytes do not make its leaf hash, or are no entry of Suture's, or it is gone. Nothing after it is sealed until somebody has looked (docs/audit.md)`

/**
 * What the log is continued from, held to the signature: whoever can write the database, but has no key, could otherwise put a
 * history of their own there and have the next checkpoint signed over it.
 */
const rangeOf = (
  origin: string,
  head: LogHead,
  { signers, replaces }: Signing,
): CompactRange | CannotSign => {
  const changed = {
    problem: `the last checkpoint of ${origin}, of ${head.size} entries, is not what this key has signed. Nothing is sealed on top of it; compare the log with a checkpoint kept elsewhere`,
  }
  const parsed = parseCheckpoint(head.note)
  if (!parsed.ok || parsed.value.origin !== origin || parsed.value.size !== head.size) return changed
  const hashes = Array.from({ length: head.frontier.length / hashLength }, (_, at) =>
    head.frontier.subarray(at * hashLength, (at + 1) * hashLength),
  )
  let range: CompactRange
  try {
    range = compactRange(head.size, hashes)
  } catch (error) {
    if (error instanceof RangeError) return changed
    throw error
  }
  const root = rootOf(range, sha256)
  if (!sameBytes(root, parsed.value.root) || !sameBytes(root, head.root)) return changed
  const keys: VerifierKey[] = signers.map(({ key }) => key)
  const checks = signatureChecks(parsed.value.note, keys)
  // A lost key cannot be asked any more: it is replaced on purpose, by whoever holds the machine.
  const isLost = replaces !== null && !keys.some((key) => key.vkey === replaces)
  return (isLost && checks.length === 0) || (checks.length > 0 && checks.every(signatureHolds))
    ? range
    : changed
}
